"""A study meeting: who takes part, who must speak, and what it may decide."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from services.referral.domain import errors
from services.referral.domain.exclusion import Excluded
from services.referral.domain.meeting import (
    ItemDecision,
    Meeting,
    Tier,
    decide_item_of,
    refuse_strangers,
    refuse_untimely,
)
from services.referral.domain.recusal import Recusal, RecusalGround, refuse_own
from services.referral.domain.referral import Referral, Study, Target
from services.referral.domain.values import Nature, Occurrence, State, StudyDecision, Way
from tests.unit.referral.provinces import NOW, REPORT, TODAY, directory, matter, part

D = directory()
MEETING = Meeting(uuid4(), "p", TODAY, Tier.OFFICE, ("P-head", "P-deputy", "P-handler"), (), "P-head")
ALL = ItemDecision(StudyDecision.ACCEPT_MOVE, ("P-head", "P-deputy", "P-handler"))


def queued(**more: object) -> Referral:
    return part(State.UNDER_COLLECTIVE_STUDY, study=Study(("COMPLEX",)), **more)


def decided(item: ItemDecision, before: Referral | None = None, excluded: Excluded | None = None) -> Referral:
    return decide_item_of(MEETING, item, before or queued(), None, excluded or Excluded(), D)[0]


def test_every_member_present_states_a_view() -> None:
    after = decided(ALL)

    assert after.study is not None
    assert (after.state, after.study.decision) == (State.UNDER_COLLECTIVE_STUDY, StudyDecision.ACCEPT_MOVE)
    for spoke in (("P-head", "P-deputy"), ("P-head", "P-deputy", "P-handler", "P-chief"), ()):
        with pytest.raises(errors.OpinionMissing):
            decided(replace(ALL, spoke=spoke))


def test_a_member_on_the_reported_side_must_leave_and_two_must_stay() -> None:
    reported = Excluded(officers=frozenset({"P-handler"}))
    left = replace(ALL, spoke=("P-head", "P-deputy"), recused=("P-handler",))

    with pytest.raises(errors.MemberExcluded):
        decided(ALL, excluded=reported)
    assert decided(left, excluded=reported).study is not None
    with pytest.raises(errors.OpinionMissing):
        decided(replace(left, spoke=("P-head",), recused=("P-handler", "P-deputy")), excluded=reported)
    with pytest.raises(errors.MemberExcluded):
        decided(replace(left, executor="P-handler"), excluded=reported)


def test_who_left_was_there_and_who_carries_it_out_is_known() -> None:
    assert decided(replace(ALL, executor="P-head")).study is not None
    for stranger in ({"executor": "19955550123"}, {"recused": ("ZHANGSAN",)}):
        with pytest.raises(errors.MemberUnknown):
            decided(replace(ALL, **stranger))


def test_an_item_is_deferred_once_and_decided_once() -> None:
    later = decided(replace(ALL, decision=StudyDecision.DEFER))

    with pytest.raises(errors.DeferredTwice):
        decided(replace(ALL, decision=StudyDecision.DEFER), later)
    with pytest.raises(errors.IllegalStep):
        decided(ALL, decided(ALL, later))
    with pytest.raises(errors.IllegalStep):
        decided(ALL, part())


def test_nothing_is_kept_that_is_no_repeat_or_has_substance() -> None:
    for decision in (StudyDecision.RETAIN_REPEAT, StudyDecision.RETAIN_NO_SUBSTANCE):
        with pytest.raises(errors.StudyDecisionMissing):
            decided(replace(ALL, decision=decision))
    kept = replace(ALL, decision=StudyDecision.RETAIN_NO_SUBSTANCE)
    assert decided(kept, queued(matter=matter(nature=Nature.NO_SUBSTANCE))).study is not None
    again = replace(ALL, decision=StudyDecision.RETAIN_REPEAT)
    assert decided(again, queued(matter=matter(occurrence=Occurrence.REPEAT))).study is not None


def test_a_meeting_never_chooses_the_reported_side() -> None:
    with pytest.raises(errors.RouteToReportedSide):
        decide_item_of(MEETING, ALL, queued(), Target(Way.LOCAL, "a"), Excluded(frozenset({"a"})), D)


def test_a_meeting_is_of_people_with_seats_and_lies_between_receipt_and_today() -> None:
    refuse_strangers(MEETING, D)
    for wrong in (
        replace(MEETING, present=("P-head", "P-stranger")),
        replace(MEETING, absent=("P-head",)),
        replace(MEETING, recorder="P-stranger"),
    ):
        with pytest.raises(errors.MemberUnknown):
            refuse_strangers(wrong, D)
    for day in (TODAY + timedelta(days=1), TODAY - timedelta(days=1)):
        with pytest.raises(errors.MeetingNotHeld):
            refuse_untimely(replace(MEETING, held_on=day), TODAY, TODAY)


def test_nobody_decides_on_an_own_recusal() -> None:
    asked = Recusal(uuid4(), "p", REPORT, "P-handler", RecusalGround.INTEREST, "P-head", NOW)

    refuse_own(asked, "P-deputy")
    for who in ("P-handler", "P-head"):
        with pytest.raises(errors.OwnRecusal):
            refuse_own(asked, who)
