"""The decision order of domain rules 8.2 and its settled cases, one sentence each."""

from dataclasses import replace
from datetime import date

import pytest

from services.referral.domain.directory import Departments, Membership, Organ, Person, Seat, Unit
from services.referral.domain.exclusion import Excluded
from services.referral.domain.jurisdiction import decide
from services.referral.domain.values import Authority, Kind, Level, Nature, Occurrence, Post, UnitKind, Way
from tests.support.jurisdiction_cases import trials
from tests.unit.referral.provinces import TODAY, body, directory, organ, person, proposal

A, V, H = Authority.PREFECTURE, Authority.VERTICAL, Authority.HOST_PARTY_GROUP


@pytest.mark.parametrize(
    ("parties", "kind", "target"),
    [
        ((person(),), Kind.MOVE, ("p", "p-room")),
        ((person(A),), Kind.TRANSFER, ("a", None)),
        ((person(Authority.COUNTY, region="520102"),), Kind.TRANSFER, ("a", None)),
        ((person(A, region="520302"),), Kind.TRANSFER, ("b", None)),
        ((person(H, "host"),), Kind.MOVE, ("p", "team")),
        ((person(V, "branch"),), Kind.MOVE, ("p", "line")),
        ((person(Authority.CENTRAL),), Kind.SUPERIOR_LEVEL, (None, None)),
        ((person(unit="p", is_unit_head=True),), Kind.SUPERIOR_LEVEL, (None, None)),
        ((person(unit="p-room"),), Kind.MOVE, ("p", "p-inner")),
        ((body("host"),), Kind.MOVE, ("p", "p-room")),
    ],
)
def test_one_party_alone_goes_its_way(
    parties: tuple[object, ...], kind: Kind, target: tuple[str | None, str | None]
) -> None:
    found = proposal(*parties)  # type: ignore[arg-type]  # pytest hands parameters over untyped

    assert (found.kind, (found.target_organ, found.target_unit)) == (kind, target)


def test_the_strictest_result_decides_for_the_whole_report() -> None:
    assert proposal(person(), person(Authority.CENTRAL)).kind is Kind.SUPERIOR_LEVEL
    assert proposal(person(unit="p-room"), person()).way is Way.INTERNAL
    assert proposal(person(Authority.UNKNOWN), person()).kind is Kind.STUDY
    assert proposal(person(), person(V, "branch")).target_unit == "p-room"


def test_two_lower_organs_are_ours_and_two_line_organs_are_studied() -> None:
    other = Unit("branch-2", UnitKind.HOST_UNIT, "520000", line_target="line-above")

    assert proposal(person(A), person(A, region="520302")).target_unit == "p-room"
    two = proposal(person(V, "branch"), person(V, "branch-2"), where=directory(other))
    assert two.kind is Kind.STUDY
    assert proposal(person(V, "branch"), person(A)).kind is Kind.STUDY


def test_two_teams_or_room_and_team_are_the_room() -> None:
    assert proposal(person(H, "host"), person()).target_unit == "p-room"


def test_a_person_of_ours_in_a_host_unit_is_the_rooms_and_the_team_is_informed() -> None:
    found = proposal(person(unit="host"))

    assert (found.way, found.informed) == (Way.ROOM, ("team",))


def test_a_party_outside_our_area_of_whatever_level_is_studied() -> None:
    assert proposal(person(A, region="530100")).kind is Kind.STUDY
    assert proposal(person(region="530100")).kind is Kind.STUDY


def test_what_is_unknown_never_goes_down() -> None:
    assert proposal(person(A, region=None)).kind is Kind.STUDY
    assert proposal(person(H)).kind is Kind.STUDY
    assert proposal(person(V)).kind is Kind.STUDY
    assert proposal().kind is Kind.STUDY


def test_an_excluded_lower_organ_climbs_to_us_and_an_excluded_team_to_the_room() -> None:
    assert proposal(person(A), excluded=Excluded(frozenset({"a"}))).target_unit == "p-room"
    assert proposal(person(H, "host"), excluded=Excluded(frozenset({"team"}))).target_unit == "p-room"


def test_an_excluded_line_organ_climbs_and_where_nothing_is_above_it_is_studied() -> None:
    climbed = proposal(person(V, "branch"), excluded=Excluded(frozenset({"line"})))
    nowhere = proposal(person(V, "branch"), excluded=Excluded(frozenset({"line", "line-above"})))

    assert climbed.target_unit == "line-above"
    assert nowhere.kind is Kind.STUDY


def test_a_climb_ends_at_an_organ_and_passes_over_departments_and_watched_units() -> None:
    shut = Excluded(frozenset({"line"}))
    watched = Unit("line", UnitKind.LINE_ORGAN, "520000", parent="host")
    ours = Unit("line", UnitKind.LINE_ORGAN, "520000", parent="p-case")

    assert proposal(person(V, "branch"), excluded=shut, where=directory(watched)).kind is Kind.STUDY
    assert proposal(person(V, "branch"), excluded=shut, where=directory(ours)).target_unit == "p-room"


def test_an_excluded_team_named_for_a_line_system_is_the_rooms() -> None:
    branch = Unit("branch", UnitKind.HOST_UNIT, "520000", line_target="team")
    found = proposal(person(V, "branch"), excluded=Excluded(frozenset({"team"})), where=directory(branch))

    assert (found.way, found.target_unit) == (Way.ROOM, "p-room")


def test_an_excluded_superior_leaves_out_the_branch_of_the_deciding_organ() -> None:
    above, lower = Excluded(frozenset({"p", "p-room", "b"})), person(Authority.COUNTY, region="520102")
    also_ours = Excluded(frozenset({"p", "a"}))

    assert proposal(person(A), excluded=above, deciding_organ="a").target_unit == "a-room"
    assert proposal(lower, excluded=above, deciding_organ="a").target_organ == "c"
    assert proposal(person(A), excluded=also_ours, deciding_organ="a").kind is Kind.STUDY


def test_own_staff_go_to_the_chiefs_desk_when_internal_supervision_is_reported() -> None:
    found = proposal(person(unit="p-room"), excluded=Excluded(frozenset({"p-inner"})))

    assert (found.way, found.target_seat) == (Way.CHIEF_DESK, "p-chief")


def test_a_chiefs_seat_that_has_ended_is_no_desk() -> None:
    ended = Seat("p-chief", "p", "P-chief", Post.CHIEF, valid_to=date(2026, 1, 1))
    inner = Excluded(frozenset({"p-inner"}))

    assert proposal(person(unit="p-room"), excluded=inner, where=directory(ended)).kind is Kind.STUDY


def test_a_repeat_of_our_level_is_kept_also_after_a_climb() -> None:
    again = Occurrence.REPEAT

    assert proposal(person(), occurrence=again).kind is Kind.RETAIN_REPEAT
    climbed = proposal(person(A), occurrence=again, excluded=Excluded(frozenset({"a"})))
    assert climbed.kind is Kind.RETAIN_REPEAT
    assert proposal(person(A), occurrence=again).kind is Kind.TRANSFER


@pytest.mark.parametrize(
    ("nature", "kind"),
    [
        (Nature.APPEAL, Kind.APPEAL),
        (Nature.SUGGESTION, Kind.SUGGESTION),
        (Nature.OUT_OF_SCOPE, Kind.ADVISE_OR_FORWARD),
        (Nature.NO_SUBSTANCE, Kind.STUDY),
    ],
)
def test_other_natures_go_their_way_after_rules_one_to_three(nature: Nature, kind: Kind) -> None:
    assert proposal(person(), nature=nature).kind is kind
    assert proposal(person(Authority.CENTRAL), nature=nature).kind is Kind.SUPERIOR_LEVEL
    assert proposal(person(unit="p-room"), nature=nature).way is Way.INTERNAL


def test_out_of_scope_with_social_impact_is_studied() -> None:
    assert proposal(person(), nature=Nature.OUT_OF_SCOPE, oos_impact=True).kind is Kind.STUDY


def test_a_merged_organ_is_its_successor_and_a_split_one_is_studied() -> None:
    merged = organ("a", Level.PREFECTURE, "p", "5201", valid_to=date(2026, 1, 1), successors=("n",))
    heir = organ("n", Level.PREFECTURE, "p", "5201")
    room = Unit("host", UnitKind.HOST_UNIT, "520000", valid_to=date(2026, 1, 1), successors=("h1", "h2"))
    halves = [Unit(name, UnitKind.HOST_UNIT, "520000", stationed_team="team") for name in ("h1", "h2")]

    assert proposal(person(A), where=directory(merged, heir)).target_organ == "n"
    elsewhere = replace(merged, successors=("b",))
    assert proposal(person(A), where=directory(elsewhere)).target_organ == "b"
    split = proposal(person(H, "host"), where=directory(room, *halves))
    assert split.kind is Kind.STUDY


def test_intakes_set_may_tell_of_our_chief_or_staff_reported_under_another_unit() -> None:
    staff = Seat("p-room-head", "p", "P-x", Post.HEAD, "p-room")
    chief = Excluded(seats=frozenset({"p-chief"}), officers=frozenset({"P-chief"}))
    member = Excluded(seats=frozenset({"p-room-head"}), officers=frozenset({"P-x"}))

    assert proposal(person(A), excluded=chief).kind is Kind.SUPERIOR_LEVEL
    assert proposal(person(A), excluded=member, where=directory(staff)).way is Way.INTERNAL


def test_a_member_of_our_deciding_body_is_own_staff_by_name_alone_and_a_recused_one_is_no_party() -> None:
    body_by_name = organ("p", Level.PROVINCE, None, "52", deciding_body=("P-x",))
    reported = Excluded(officers=frozenset({"P-x"}), reported=frozenset({"P-x"}))
    recused = Excluded(officers=frozenset({"P-x"}))

    assert proposal(person(A), excluded=reported, where=directory(body_by_name)).way is Way.INTERNAL
    assert proposal(person(A), excluded=recused, where=directory(body_by_name)).way is Way.LOCAL
    assert proposal(person(A), excluded=reported).way is Way.LOCAL


@pytest.mark.parametrize(
    ("place", "kind", "way"),
    [
        (Membership("p-room"), Kind.MOVE, Way.INTERNAL),
        (Membership("team"), Kind.MOVE, Way.INTERNAL),
        (Membership("p", is_head=True), Kind.SUPERIOR_LEVEL, None),
        (Membership("host"), Kind.TRANSFER, Way.LOCAL),
        (Membership("p-room", valid_to=date(2026, 1, 1)), Kind.TRANSFER, Way.LOCAL),
    ],
)
def test_a_place_in_our_house_makes_own_staff_and_its_head_our_chief(
    place: Membership, kind: Kind, way: Way | None
) -> None:
    where = replace(directory(), persons={"P-x": Person("P-x", (place,))})
    reported = Excluded(officers=frozenset({"P-x"}), reported=frozenset({"P-x"}))

    found = proposal(person(A), excluded=reported, where=where)

    assert (found.kind, found.way) == (kind, way)


@pytest.mark.parametrize(
    ("line", "kind", "target"),
    [
        ("c", Kind.TRANSFER, "c"),
        ("p", Kind.STUDY, None),
        ("b", Kind.STUDY, None),
        ("a", Kind.MOVE, "a"),
        ("line", Kind.MOVE, "a"),
    ],
)
def test_a_line_target_that_is_a_commission_gets_it_only_below_us(
    line: str, kind: Kind, target: str | None
) -> None:
    branch = Unit("branch", UnitKind.HOST_UNIT, "520100", line_target=line)

    found = proposal(person(V, "branch"), where=directory(branch), deciding_organ="a")

    assert (found.kind, found.target_organ) == (kind, target)


def test_without_a_supervision_department_the_report_is_studied() -> None:
    bare = replace(organ("p", Level.PROVINCE, None, "52"), departments=Departments())

    assert proposal(person(), where=directory(bare)).kind is Kind.STUDY


def test_the_generator_asks_about_every_kind_and_every_way() -> None:
    asked = [(trial, decide(trial.case, trial.directory)) for trial in trials(7, 2000)]

    assert {decision.kind for _, decision in asked} == set(Kind)
    assert {decision.way for _, decision in asked} == {None, *Way}
    assert max(len(trial.case.parties) for trial, _ in asked) == 4
    assert max(len(trial.directory.units) for trial, _ in asked) <= 300
    ended = [o for t, _ in asked for o in t.directory.organs.values() if isinstance(o, Organ) and o.valid_to]
    assert any(entry.successors for entry in ended)


def test_no_proposal_ever_leads_to_the_reported_side() -> None:
    for trial in trials(11, 1000):
        found = decide(trial.case, trial.directory)
        excluded = trial.case.excluded.sparing(trial.case.deciding_organ)

        for target in (found.target_unit, *found.informed):
            assert not excluded.holds_unit(target, trial.directory), trial.number
        assert not excluded.holds_seat(found.target_seat, trial.directory), trial.number
        if found.kind is Kind.TRANSFER:
            assert not excluded.holds_unit(found.target_organ, trial.directory), trial.number
    assert trial.directory.day == TODAY
