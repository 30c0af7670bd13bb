"""The rules of a session and a visit, without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from services.reception.adapters.rule_files import read_rules
from services.reception.domain.errors import (
    ChangeTooLate,
    NoticeTooLate,
    NotTheLeader,
    PointMissing,
    RepresentativesNeeded,
    SlotsMalformed,
    VisitNotAt,
)
from services.reception.domain.session import NEXT as SESSION_NEXT
from services.reception.domain.session import NoticeRule, Session, SessionState, SessionStep
from services.reception.domain.values import Form, Party, PartyType, Point, Staff
from services.reception.domain.visit import NEXT, Group, Step, Visit, VisitState
from tests.support.installation import REFERENCE

RULES = read_rules(REFERENCE)
STAFF = Staff("seat-leader", "seat-recorder")
HELD = date(2026, 10, 8)
OPENS = datetime(2026, 10, 8, 1, tzinfo=UTC)
ID = UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7")


def session_of(minutes: int = 60, length: int = 20, state: SessionState = SessionState.PLANNED) -> Session:
    closes = OPENS + timedelta(minutes=minutes)
    return Session(ID, "520100", True, HELD, OPENS, closes, length, "室", Form.RECEIVE, STAFF, state)


def visit_at(state: VisitState, *points: Point) -> Visit:
    return Visit(
        ID, "520100", True, Form.DUTY, STAFF, Group(1), (), HELD, state=state, points=frozenset(points)
    )


def test_slots_fill_the_session_and_the_rest_is_left() -> None:
    slots = session_of(minutes=65).slots()

    assert [slot.number for slot in slots] == [1, 2, 3]
    assert slots[-1].ends_at == OPENS + timedelta(minutes=60)


@pytest.mark.parametrize(("minutes", "length"), [(60, 0), (0, 10), (-10, 10), (5, 10), (61 * 10, 10)])
def test_slots_that_cannot_be_are_refused(minutes: int, length: int) -> None:
    with pytest.raises(SlotsMalformed):
        session_of(minutes, length).slots()


def test_the_notice_counts_plain_days_through_a_holiday_week() -> None:
    rule = RULES.notice

    assert rule == NoticeRule(2, 1)
    assert session_of().publish(HELD - timedelta(days=2), rule)[0].state is SessionState.PUBLISHED
    with pytest.raises(NoticeTooLate):
        session_of().publish(HELD - timedelta(days=1), rule)


def test_a_change_on_the_day_itself_is_too_late() -> None:
    given = session_of(state=SessionState.PUBLISHED)

    with pytest.raises(ChangeTooLate):
        given.cancel(HELD, RULES.notice)


@pytest.mark.parametrize("group", [Group(6), Group(40, 6), Group(3, 4), Group(40, 0)], ids=str)
def test_more_than_five_are_asked_for_representatives(group: Group) -> None:
    with pytest.raises(RepresentativesNeeded):
        group.check()


def test_five_may_come_and_five_may_speak_for_many() -> None:
    Group(5).check()
    Group(400, 5).check()


def test_every_state_of_a_visit_and_of_a_session_can_be_reached() -> None:
    begun = {VisitState.BOOKED, VisitState.WALK_IN}

    assert begun | set(NEXT.values()) == set(VisitState)
    assert {SessionState.PLANNED, *SESSION_NEXT.values()} == set(SessionState)


@pytest.mark.parametrize("state", VisitState)
@pytest.mark.parametrize("step", Step)
def test_no_step_leads_where_the_table_does_not(state: VisitState, step: Step) -> None:
    given = visit_at(state, *Point)

    if (state, step) in NEXT:
        assert given.step(step, RULES.stages).state is NEXT[state, step]
    else:
        with pytest.raises(VisitNotAt):
            given.step(step, RULES.stages)


@pytest.mark.parametrize("step", [SessionStep.OPEN, SessionStep.CLOSE, SessionStep.REPORT])
def test_a_cancelled_session_stays_so(step: SessionStep) -> None:
    assert (SessionState.CANCELLED, step) not in SESSION_NEXT


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (VisitState.REGISTERED, Step.SORT),
        (VisitState.SORTED, Step.BRIEF),
        (VisitState.WAITING, Step.BEGIN_TALK),
        (VisitState.IN_TALK, Step.ANSWER),
        (VisitState.ANSWERED, Step.SIGN_OFF),
        (VisitState.SIGNED_OFF, Step.ENTER),
        (VisitState.ENTERED, Step.FOLLOW_UP),
        (VisitState.FOLLOWED_UP, Step.FEED_BACK),
        (VisitState.FED_BACK, Step.CLOSE),
    ],
)
def test_each_step_forward_needs_every_point_before_it(state: VisitState, step: Step) -> None:
    needed = RULES.stages.needed(step.value)

    assert needed
    for missing in needed:
        with pytest.raises(PointMissing):
            visit_at(state, *(set(Point) - {missing})).step(step, RULES.stages)


def test_all_eighteen_points_but_the_notice_stand_before_some_step() -> None:
    needed = {point for points in RULES.stages.before.values() for point in points}

    assert set(Point) - needed == {Point.PT02}


def test_a_corrected_record_must_be_confirmed_again() -> None:
    given = visit_at(VisitState.IN_TALK, Point.PT09, Point.PT11)
    told = Party(PartyType.PERSON, person="p")

    written = given.write([told, told])

    assert Point.PT11 not in written.points
    assert written.parties == (told,)


def test_another_leader_does_not_sign() -> None:
    given = visit_at(VisitState.ANSWERED, *Point)

    with pytest.raises(NotTheLeader):
        given.sign_off({"seat-other"}, RULES.stages)


def test_a_talk_taken_over_by_others_begins_anew() -> None:
    given = visit_at(VisitState.IN_TALK, *Point)

    taken_over = given.with_staff(replace(STAFF, leader_seat="seat-other"))

    assert taken_over.state is VisitState.WAITING
    assert {Point.PT07, Point.PT08} & taken_over.points == set()
