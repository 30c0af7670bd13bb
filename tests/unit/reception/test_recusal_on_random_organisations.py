"""Who may not receive, on random organisations: reception's set against referral's.

They differ in one case: when a reported person sits on the deciding body of an organ above ours, reception
leaves our own departments alone, as 8.2 (b) says; referral also shuts those.
"""

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from services.reception.domain import directory as ours
from services.reception.domain.exclusion import excluded_set
from services.reception.domain.values import Party, PartyType, Post
from services.referral.domain import directory as theirs
from services.referral.domain import exclusion as other
from services.referral.domain import values as other_values
from tests.support.random_organisation import TODAY, RandomOrganisation

TRIALS = 300


def seen(from_: theirs.Directory) -> ours.Directory:
    def span(entry: Any) -> Mapping[str, Any]:
        return {"valid_from": entry.valid_from, "valid_to": entry.valid_to}

    return ours.Directory(
        from_.day,
        {
            o.id: ours.Organ(
                o.id, o.level.value, o.superior, o.chief_seat, o.deciding_body,
                successors=o.successors, **span(o),
            )
            for o in from_.organs.values()
        },
        {
            u.id: ours.Unit(u.id, u.organ, u.parent, u.head, successors=u.successors, **span(u))
            for u in from_.units.values()
        },
        {
            s.id: ours.Seat(s.id, s.organ, s.person, Post(s.post.value), s.unit, **span(s))
            for s in from_.seats.values()
        },
        {
            p.id: ours.Person(
                p.id, tuple(ours.Membership(m.unit, m.is_head, **span(m)) for m in p.units)
            )
            for p in from_.persons.values()
        },
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_reception_and_referral_exclude_the_same_seats_and_persons(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(TRIALS // 10):
        made = RandomOrganisation(dice)
        today, earlier = made.directory(TODAY), made.directory(TODAY - timedelta(days=200))
        here, before = seen(today), seen(earlier)
        for _ in range(10):
            organ = dice.choice(sorted(made.organs))
            people = dice.sample(made.people, dice.randint(0, 2))
            units = dice.sample(sorted({*made.units, *made.organs}), dice.randint(0, 2))
            recused = dice.sample(made.people, dice.randint(0, 1))

            mine = excluded_set(
                [Party(PartyType.PERSON, person=p) for p in people]
                + [Party(PartyType.ORGANISATION, unit=u) for u in units],
                (here, before),
                organ,
                recused,
            )
            reference = other.excluded_set(
                [
                    *(other.Reported(other_values.PartyType.PERSON, persons=(p,)) for p in people),
                    *(other.Reported(other_values.PartyType.ORGANISATION, unit=u) for u in units),
                ],
                (today, earlier),
                organ,
                recused,
            )

            seats = {s for s in made.seats if mine.holds_seat(s, here)}
            their_seats = {s for s in made.seats if reference.holds_seat(s, today)}
            bodies = {heir for body in mine.bodies for heir in here.standing_for(body)}
            above = set(here.line_up(organ)) & bodies
            assert seats <= their_seats
            assert above or seats == their_seats
            assert all(organ in here.line_up(seat_of(made, s)) for s in their_seats - seats)
            people_out = {p for p in made.people if mine.holds_officer(p, here)}
            assert above or people_out == {p for p in made.people if reference.holds_officer(p, today)}


def seat_of(made: RandomOrganisation, seat: str) -> str:
    return made.seats[seat].unit or made.seats[seat].organ
