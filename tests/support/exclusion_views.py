"""One excluded set and one directory, as each of the four services that must respect it sees them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.intake.domain import directory as intake_directory
from services.intake.domain import exclusion as intake_exclusion
from services.intake.domain import values as intake_values
from services.reception.domain import directory as reception_directory
from services.reception.domain import exclusion as reception_exclusion
from services.reception.domain import values as reception_values
from services.referral.domain.directory import Directory
from services.referral.domain.exclusion import Excluded, Reported, excluded_set
from services.referral.domain.values import PartyType
from services.review.domain import directory as review_directory
from services.review.domain import exclusion as review_exclusion
from services.review.domain.values import OfficerId

Sets = tuple[frozenset[str], frozenset[str], frozenset[str]]
"""Units with organs, seats, and officers."""
Days = tuple[Directory, ...]


@dataclass(frozen=True, slots=True)
class Members:
    """What one service takes for excluded, asked by id; ``seat`` None where it never asks for one."""

    unit: Callable[[str], bool]
    seat: Callable[[str], bool] | None
    officer: Callable[[str], bool]


def referral(told: Excluded, organ: str, day: Directory) -> Members:
    """As the desk of referral asks."""
    mine = told.sparing(organ)
    return Members(
        lambda id_: mine.holds_unit(id_, day),
        lambda id_: mine.holds_seat(id_, day),
        lambda id_: mine.holds_officer(id_, day),
    )


def intake(told: Excluded, organ: str, day: Directory) -> Members:
    """As intake hides a report from who is on the reported side."""
    seen = of_intake(day)
    mine = intake_exclusion.Excluded(told.units, told.seats, told.officers, spared=organ)
    return Members(
        lambda id_: mine.holds_unit(id_, seen),
        lambda id_: mine.holds_seat(id_, seen),
        lambda id_: mine.holds_officer(id_, seen),
    )


def reception(told: Excluded, organ: str, day: Directory) -> Members:
    """As reception checks its staff."""
    seen = of_reception(day)
    mine = reception_exclusion.Excluded(told.units, told.seats, told.officers, organ)
    return Members(
        lambda id_: mine.holds_unit(id_, seen),
        lambda id_: mine.holds_seat(id_, seen),
        lambda id_: mine.holds_officer(id_, seen),
    )


def review(told: Excluded, organ: str, day: Directory) -> Members:
    """As review clears the seats of a case that ``organ`` assigned; it knows people by their seats."""
    seen = of_review(day)
    officers = frozenset(OfficerId(officer) for officer in told.officers)
    mine = review_exclusion.Excluded(told.units, told.seats, officers)
    people = mine.people(seen, organ)
    return Members(lambda id_: mine.holds_unit(id_, seen, organ), None, lambda id_: id_ in people)


MEMBERS: Mapping[str, Callable[[Excluded, str, Directory], Members]] = {
    "intake": intake,
    "reception": reception,
    "referral": referral,
    "review": review,
}


def computed_by_referral(reported: tuple[Reported, ...], days: Days, organ: str) -> Sets:
    """Referral's own set."""
    found = excluded_set(reported, days, organ)
    return found.units, found.seats, found.officers


def computed_by_intake(reported: tuple[Reported, ...], days: Days, organ: str) -> Sets:
    """The set that intake tells the others."""
    parties = [
        intake_exclusion.Reported(
            intake_values.PartyType(r.party_type.value), r.unit, r.is_unit_head, r.persons
        )
        for r in reported
    ]
    found = intake_exclusion.excluded_set(parties, [of_intake(day) for day in days], organ)
    return found.units, found.seats, found.officers


def computed_by_reception(reported: tuple[Reported, ...], days: Days, organ: str) -> Sets:
    """Reception's set of a visit; there a party picked is one organisation or one person."""
    parties = [
        reception_values.Party(reception_values.PartyType.ORGANISATION, r.unit)
        for r in reported
        if r.party_type is PartyType.ORGANISATION
    ] + [
        reception_values.Party(reception_values.PartyType.PERSON, person=person)
        for r in reported
        for person in r.persons
    ]
    found = reception_exclusion.excluded_set(parties, [of_reception(day) for day in days], organ)
    return found.units, found.seats, found.officers


def of_intake(day: Directory) -> intake_directory.Directory:
    """The directory in intake's words."""
    return intake_directory.Directory(
        day.day,
        {
            o.id: intake_directory.Organ(
                **_named(o, "id superior region areas deciding_body chief_seat"),
                level=intake_values.Level(o.level.value),
                **_span(o),
                successors=o.successors,
            )
            for o in day.organs.values()
        },
        {
            u.id: intake_directory.Unit(
                **_named(u, "id region organ parent head"),
                kind=intake_values.UnitKind(u.kind.value),
                **_span(u),
                successors=u.successors,
            )
            for u in day.units.values()
        },
        {
            s.id: intake_directory.Seat(
                **_named(s, "id organ person unit"), post=intake_values.Post(s.post.value), **_span(s)
            )
            for s in day.seats.values()
        },
        {
            p.id: intake_directory.Person(
                p.id, tuple(intake_directory.Membership(m.unit, m.is_head, **_span(m)) for m in p.units)
            )
            for p in day.persons.values()
        },
    )


def of_reception(day: Directory) -> reception_directory.Directory:
    """The directory in reception's words."""
    return reception_directory.Directory(
        day.day,
        {
            o.id: reception_directory.Organ(
                **_named(o, "id superior chief_seat deciding_body successors"),
                level=o.level.value,
                **_span(o),
            )
            for o in day.organs.values()
        },
        {
            u.id: reception_directory.Unit(**_named(u, "id organ parent head successors"), **_span(u))
            for u in day.units.values()
        },
        {
            s.id: reception_directory.Seat(
                **_named(s, "id organ person unit"), post=reception_values.Post(s.post.value), **_span(s)
            )
            for s in day.seats.values()
        },
        {
            p.id: reception_directory.Person(
                p.id, tuple(reception_directory.Membership(m.unit, m.is_head, **_span(m)) for m in p.units)
            )
            for p in day.persons.values()
        },
    )


def of_review(day: Directory) -> review_directory.Directory:
    """The directory in review's words."""
    return review_directory.Directory(
        day.day,
        {
            o.id: review_directory.Organ(
                o.id, _ups(o.superior), successors=o.successors, chief_seat=o.chief_seat, **_span(o)
            )
            for o in day.organs.values()
        },
        {
            u.id: review_directory.Unit(
                u.id, _ups(u.parent, u.organ), successors=u.successors, organ=u.organ, **_span(u)
            )
            for u in day.units.values()
        },
        {
            s.id: review_directory.Seat(
                s.id,
                organ=s.organ,
                person=None if s.person is None else OfficerId(s.person),
                post=s.post.value,
                unit=s.unit,
                **_span(s),
            )
            for s in day.seats.values()
        },
    )


def _named(entry: object, names: str) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in names.split()}


def _span(entry: Any) -> dict[str, Any]:
    return {"valid_from": entry.valid_from, "valid_to": entry.valid_to}


def _ups(*named: str | None) -> tuple[str, ...]:
    return tuple(up for up in named if up is not None)
