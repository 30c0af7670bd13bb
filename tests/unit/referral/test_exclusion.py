"""The excluded set of domain rules 8.2, (a) to (d), with history and subtrees."""

from datetime import date, timedelta

from services.referral.domain.directory import Directory, Membership, Person, Seat, Unit
from services.referral.domain.exclusion import Excluded, Reported, excluded_set
from services.referral.domain.values import Level, PartyType, Post, UnitKind
from tests.unit.referral.provinces import TODAY, directory, organ

PERSON, BODY = PartyType.PERSON, PartyType.ORGANISATION
ENDED = TODAY - timedelta(days=10)


def of(*reported: Reported, where: Directory | None = None, organ_id: str = "p") -> Excluded:
    return excluded_set(reported, [where or directory()], organ_id)


def test_a_reported_organisation_and_a_headed_unit_are_out_with_their_subtree() -> None:
    below = Unit("host-below", UnitKind.HOST_UNIT, parent="host")

    assert of(Reported(BODY, "host"), where=directory(below)).units == {"host", "host-below"}
    assert of(Reported(PERSON, "host", True)).units == {"host"}
    assert {"a", "c", "a-room", "c-room"} <= of(Reported(BODY, "a")).units


def test_mere_employment_excludes_the_person_and_not_the_unit() -> None:
    found = of(Reported(PERSON, "host", False, ("P-x",)))

    assert found == Excluded(officers=frozenset({"P-x"}), reported=frozenset({"P-x"}))


def test_an_organ_on_whose_deciding_body_a_reported_person_sits_is_out_but_for_ours() -> None:
    sits = organ("a", Level.PREFECTURE, "p", "5201", deciding_body=("P-x",))
    ours = organ("p", Level.PROVINCE, None, "52", deciding_body=("P-x", "p-deputy"))

    found = of(Reported(PERSON, None, False, ("P-x",)), where=directory(sits, ours))

    assert {"a", "c"} <= found.units
    assert not {"p", "p-room", "b"} & found.units


def test_a_deciding_body_may_be_named_by_seats() -> None:
    seat = Seat("a-member", "a", "P-x", Post.MEMBER)
    sits = organ("a", Level.PREFECTURE, "p", "5201", deciding_body=("a-member",))

    assert "a" in of(Reported(PERSON, None, False, ("P-x",)), where=directory(seat, sits)).units


def test_in_our_own_organ_the_departments_a_person_leads_are_out() -> None:
    leads = Seat("p-leads", "p", "P-x", Post.DEPUTY, "p-room")

    found = of(Reported(PERSON, None, False, ("P-x",)), where=directory(leads))

    assert (sorted(found.units), sorted(found.seats)) == (["p-room"], ["p-leads"])


def test_headship_counts_on_each_of_the_days() -> None:
    once = Person("P-x", (Membership("host", True, valid_to=ENDED),))
    now, then = directory(), directory(day=date(2025, 1, 6))
    before = Directory(then.day, then.organs, then.units, then.seats, {"P-x": once})
    reported = [Reported(PERSON, None, False, ("P-x",))]

    assert excluded_set(reported, [now], "p").units == frozenset()
    assert excluded_set(reported, [now, before], "p").units == {"host"}


def test_what_moved_below_a_unit_headed_once_is_out_too() -> None:
    moved = Unit("moved", UnitKind.HOST_UNIT, parent="host")
    then = directory(day=date(2025, 1, 6))
    heads = Person("P-x", (Membership("host", True, valid_to=ENDED),))
    before = Directory(then.day, then.organs, then.units, then.seats, {"P-x": heads})

    found = excluded_set([Reported(PERSON, None, False, ("P-x",))], [before, directory(moved)], "p")

    assert found.units == {"host", "moved"}


def test_who_stands_for_the_deciding_organ_is_spared_with_it() -> None:
    merged = organ("a", Level.PREFECTURE, "p", "5201", valid_to=ENDED, successors=("n",))
    heir = organ("n", Level.PREFECTURE, "p", "5201", deciding_body=("P-x",))
    leads = Seat("n-leads", "n", "P-x", Post.DEPUTY, "n-room")
    units = [Unit(f"n-{word}", UnitKind.DEPARTMENT, organ="n") for word in ("room", "case")]
    where = directory(merged, heir, leads, *units)

    ours = of(Reported(PERSON, None, False, ("P-x",)), where=where, organ_id="a")
    others = of(Reported(PERSON, None, False, ("P-x",)), where=where, organ_id="p")

    assert [u for u in ("n", "n-case", "n-room") if ours.holds_unit(u, where)] == ["n-room"]
    assert {"n", "n-case", "n-room"} <= others.units


def test_the_heir_of_a_headed_unit_is_out_with_it() -> None:
    gone = Unit("host", UnitKind.HOST_UNIT, valid_to=ENDED, successors=("h1",))
    heads = Person("P-x", (Membership("host", True),))
    now = directory(gone, Unit("h1", UnitKind.HOST_UNIT))
    where = Directory(now.day, now.organs, now.units, now.seats, {"P-x": heads})

    assert of(Reported(PERSON, None, False, ("P-x",)), where=where).units == {"host", "h1"}


def test_what_is_excluded_above_the_deciding_organ_leaves_its_branch_out() -> None:
    sits = organ("p", Level.PROVINCE, None, "52", deciding_body=("P-x",))
    handler = Seat("a-handler", "a", "P-h", Post.OFFICER, "a-room")
    where = directory(sits, handler)

    found = of(Reported(PERSON, None, False, ("P-x",)), where=where, organ_id="a")

    assert [unit for unit in ("p", "p-room", "b", "a", "a-room", "c") if found.holds_unit(unit, where)] == [
        "p",
        "p-room",
        "b",
    ]
    assert not found.holds_officer("P-h", where)
    assert found.holds_officer("P-handler", where)


def test_an_heir_of_an_excluded_unit_and_what_moved_below_it_are_excluded_too() -> None:
    gone = Unit("host", UnitKind.HOST_UNIT, valid_to=ENDED, successors=("h1", "h2"))
    heirs = [Unit(name, UnitKind.HOST_UNIT) for name in ("h1", "h2")]
    child = Unit("below", UnitKind.HOST_UNIT, parent="h2")
    where, told = directory(gone, *heirs, child), Excluded(frozenset({"host"}))

    assert all(told.holds_unit(unit, where) for unit in ("host", "h1", "h2", "below"))
    assert not told.holds_unit("team", where)


def test_a_seat_is_excluded_by_itself_its_person_or_its_unit() -> None:
    where = directory()

    for told in (
        Excluded(seats=frozenset({"p-handler"})),
        Excluded(officers=frozenset({"P-handler"})),
        Excluded(units=frozenset({"p-room"})),
    ):
        assert told.holds_seat("p-handler", where)
        assert told.holds_officer("P-handler", where)
        assert not told.holds_officer("P-deputy", where)
    assert of(where=where) == Excluded()
    assert excluded_set([], [where], "p", ["P-y"]).officers == {"P-y"}
