"""What the office and the handlers may do with a part, and what is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from services.referral.domain import errors, events, handling, handover, screening
from services.referral.domain.approval import check_approval
from services.referral.domain.directory import Seat, Unit
from services.referral.domain.exclusion import Excluded
from services.referral.domain.handling import Conclusion, Outcome, Substantiation
from services.referral.domain.jurisdiction import Decision
from services.referral.domain.lifecycle import Step
from services.referral.domain.referral import Referral, Study, Target
from services.referral.domain.triage import permit, studied_target, target_of
from services.referral.domain.values import (
    Approval,
    Disposal,
    Kind,
    Level,
    Nature,
    Post,
    State,
    StudyDecision,
    StudyReason,
    UnitKind,
    Way,
)
from services.referral.domain.withdrawal import freeze, judge_anew
from tests.unit.referral.provinces import NOW, TODAY, directory, matter, organ, part, person, routing

D = directory()
NOBODY = Excluded()
SIGNED = routing(signed_by_seat="p-handler", signed_at=NOW)


def test_a_report_is_handed_over_once() -> None:
    moved = handover.hand_over(part(), routing(), NOBODY, D, Step.ACCEPT, Step.MOVE)

    assert (moved.state, moved.open_routing()) == (State.MOVED, routing())
    with pytest.raises(errors.AlreadyRouted):
        handover.hand_over(moved, routing(), NOBODY, D, Step.ACCEPT, Step.MOVE)


@pytest.mark.parametrize(
    "excluded",
    [
        Excluded(frozenset({"p-room"})),
        Excluded(frozenset({"p"})),
        Excluded(frozenset({"p-case"})),
        Excluded(officers=frozenset({"P-named"})),
    ],
)
def test_nothing_is_handed_to_the_reported_side_nor_told_to_it(excluded: Excluded) -> None:
    to = routing(told_unit="p-case", officers=("P-named",))

    with pytest.raises(errors.RouteToReportedSide):
        handover.hand_over(part(), to, excluded, D, Step.ACCEPT, Step.MOVE)


def test_a_move_without_the_notice_to_case_management_is_refused() -> None:
    with pytest.raises(errors.CaseManagementNotTold):
        handover.told_of_move(part(), NOBODY, D, told=False)
    assert handover.told_of_move(part(), NOBODY, D, told=True) == ("p-case", None)


def test_where_case_management_is_reported_the_chief_is_told() -> None:
    reported = Excluded(frozenset({"p-case"}))

    assert handover.told_of_move(part(), reported, D, told=True) == (None, "p-chief")
    with pytest.raises(errors.CaseManagementNotTold):
        handover.told_of_move(part(), replace(reported, seats=frozenset({"p-chief"})), D, told=True)


def test_the_receiver_signs_once_and_nothing_is_disposed_of_before() -> None:
    moved = part(State.MOVED, routing=routing())

    with pytest.raises(errors.NotSignedFor):
        handling.decide_disposal(moved, Disposal.CLOSED)
    signed = handover.sign_for_move(moved, "p-handler", NOW)
    assert handling.decide_disposal(signed, Disposal.CLOSED)[0].state is State.DISPOSAL_DECIDED
    with pytest.raises(errors.IllegalStep):
        handover.sign_for_move(signed, "p-handler", NOW)


def test_a_transfer_ends_with_the_receivers_signature_or_comes_back() -> None:
    sent = part(State.TRANSFER_PENDING, routing=routing(Target(Way.LOCAL, "a")))

    signed, said = handover.sign_for_transfer(sent, "a", "a-seat", TODAY, NOW)
    back, _ = handover.refuse_transfer(sent, "NOT_COMPETENT", NOW)

    assert (signed.state, signed.open_routing()) == (State.TRANSFERRED, None)
    assert said == [events.TransferSignedFor(sent.report_id, "a", False, "p", TODAY)]
    assert (back.state, back.open_routing()) == (State.UNDER_TRIAGE, None)


def test_a_held_clue_needs_a_later_day_and_comes_back_to_a_disposal() -> None:
    decided = part(State.DISPOSAL_DECIDED, routing=SIGNED, disposal=Disposal.HELD)

    for wrong in (None, TODAY):
        with pytest.raises(errors.RecheckDateMissing):
            handling.hold(decided, wrong, TODAY)
    held = handling.hold(decided, TODAY + timedelta(days=1), TODAY)
    again, _ = handling.decide_disposal(held, Disposal.CLOSED)
    assert (held.state, again.state, again.recheck_on) == (State.HELD, State.DISPOSAL_DECIDED, None)


@pytest.mark.parametrize(
    ("disposal", "act"),
    [
        (Disposal.HELD, handling.begin_verification),
        (Disposal.CLOSED, handling.begin_verification),
        (Disposal.CLOSED, lambda p: handling.hold(p, TODAY + timedelta(days=1), TODAY)),
        (Disposal.HELD, lambda p: handling.conclude(p, Conclusion(TODAY), TODAY, NOW)),
        (Disposal.TALK_OR_INQUIRY, lambda p: handling.conclude(p, Conclusion(TODAY), TODAY, NOW)),
    ],
)
def test_what_follows_a_disposal_is_what_was_decided(
    disposal: Disposal, act: Callable[[Referral], object]
) -> None:
    with pytest.raises(errors.IllegalStep):
        act(part(State.DISPOSAL_DECIDED, routing=SIGNED, disposal=disposal))


@pytest.mark.parametrize(
    "end",
    [
        Conclusion(TODAY + timedelta(days=1)),
        Conclusion(TODAY - timedelta(days=1)),
        Conclusion(TODAY, Substantiation.UNFOUNDED, Outcome.PARTY_SANCTION),
        Conclusion(TODAY, Substantiation.TRUE, Outcome.NONE, 1),
        Conclusion(TODAY, None, Outcome.EDUCATION),
    ],
)
def test_a_conclusion_that_does_not_hold_is_refused(end: Conclusion) -> None:
    with pytest.raises(errors.ConclusionNotAllowed):
        handling.conclude(part(State.IN_VERIFICATION, routing=SIGNED), end, TODAY, NOW)


def test_a_case_under_audit_is_concluded_by_review_alone() -> None:
    audited = part(State.UNDER_AUDIT, routing=routing(Target(Way.LOCAL, "a")))

    with pytest.raises(errors.IllegalStep):
        handling.conclude(audited, Conclusion(TODAY), TODAY, NOW)
    after, said = handling.conclude_assigned(audited, TODAY, ("TRUE", "EDUCATION", 1), NOW)
    assert (after.state, after.open_routing()) == (State.CONCLUDED, None)
    assert said == [events.ReportConcluded(audited.report_id, "p", False, TODAY, "TRUE", "EDUCATION", 1)]


def approve(seat: str = "p-deputy", on: date = TODAY, actor: str = "P-head", held: str = "p-head") -> None:
    check_approval(Approval(seat, on), "p", (actor, frozenset({held})), TODAY, D, NOBODY)


def test_only_another_persons_deputy_or_chief_seat_of_the_organ_approves() -> None:
    approve()
    approve("p-chief")
    for seat in ("p-handler", "p-head", "nobody"):
        with pytest.raises(errors.ApprovalMissing):
            approve(seat)
    with pytest.raises(errors.ApprovalMissing):
        approve(held="p-deputy")
    with pytest.raises(errors.ApprovalMissing):
        approve(actor="P-deputy")


def test_an_approval_older_than_the_report_or_of_tomorrow_is_refused() -> None:
    for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
        with pytest.raises(errors.ApprovalOutOfTime):
            approve(on=day)


def test_an_act_the_order_does_not_propose_needs_the_meeting() -> None:
    to_move = Decision(Kind.MOVE, Way.ROOM, "p", "p-room")

    permit(part(), Step.ACCEPT, to_move)
    with pytest.raises(errors.NotAsDecided):
        permit(part(), Step.TRANSFER, to_move)
    with pytest.raises(errors.StudyDecisionMissing):
        permit(part(), Step.RETAIN_NO_SUBSTANCE, Decision(Kind.STUDY))
    with pytest.raises(errors.SuperiorLevel):
        permit(part(), Step.ACCEPT, Decision(Kind.SUPERIOR_LEVEL))


@pytest.mark.parametrize(("channel", "step"), [("LETTER", Step.ADVISE), ("PHONE", Step.FORWARD)])
def test_out_of_scope_goes_the_way_of_its_channel(channel: str, step: Step) -> None:
    told = part(matter=matter(channel=channel, nature=Nature.OUT_OF_SCOPE))

    with pytest.raises(errors.ChannelWrong):
        permit(told, step, Decision(Kind.ADVISE_OR_FORWARD))


def test_a_meeting_that_accepts_against_a_proposed_transfer_means_our_own_room() -> None:
    studied = part(State.UNDER_COLLECTIVE_STUDY, study=Study((), uuid4(), StudyDecision.ACCEPT_MOVE))

    assert target_of(studied, Decision(Kind.TRANSFER, Way.LOCAL, "a"), D) == Target(Way.ROOM, "p", "p-room")


def test_a_meeting_may_transfer_one_level_down_and_move_to_a_desk_of_ours_only() -> None:
    assert studied_target(StudyDecision.TRANSFER, "a", part(), D) == Target(Way.LOCAL, "a")
    assert studied_target(StudyDecision.ACCEPT_MOVE, "team", part(), D) == Target(Way.GROUP, "p", "team")
    for decision, chosen in [
        (StudyDecision.TRANSFER, "c"),
        (StudyDecision.ASSIGN, None),
        (StudyDecision.ACCEPT_MOVE, "a-room"),
        (StudyDecision.ACCEPT_MOVE, "host"),
    ]:
        with pytest.raises(errors.NotAsDecided):
            studied_target(decision, chosen, part(), D)


def test_what_a_meeting_of_a_merged_organ_chose_belongs_to_who_stands_for_it() -> None:
    merged = organ("p", Level.PROVINCE, None, "52", valid_to=date(2026, 1, 1), successors=("n",))
    heir = organ("n", Level.PROVINCE, None, "52")
    where = directory(merged, heir, Unit("n-room", UnitKind.DEPARTMENT, organ="n"))

    assert studied_target(StudyDecision.TRANSFER, "a", part(), where) == Target(Way.LOCAL, "a")
    assert studied_target(StudyDecision.ACCEPT_MOVE, "n-room", part(), where) == Target(
        Way.ROOM, "n", "n-room"
    )
    assert studied_target(StudyDecision.ACCEPT_MOVE, "team", part(), where) == Target(Way.GROUP, "n", "team")


def test_a_decision_of_a_meeting_falls_when_the_report_is_another_one() -> None:
    study = Study((), uuid4(), StudyDecision.RETAIN_NO_SUBSTANCE)
    studied = part(State.UNDER_COLLECTIVE_STUDY, matter=matter(nature=Nature.NO_SUBSTANCE), study=study)

    newer = screening.reclassify(studied, matter(version=2))
    same = screening.reclassify(newer, matter(version=2, nature=Nature.APPEAL))

    assert newer.study is not None
    assert newer.study.decision is None
    assert same == newer


def test_whoever_joins_the_reported_side_loses_the_routing_and_only_then() -> None:
    moved = part(State.MOVED, routing=routing(officers=("P-named",)))

    for excluded in (Excluded(frozenset({"p-room"})), Excluded(officers=frozenset({"P-named"}))):
        after, said = judge_anew(moved, excluded, D, NOW)
        assert (after.state, after.open_routing()) == (State.UNDER_TRIAGE, None)
        assert said == [events.RoutingWithdrawn(moved.report_id, "p", False, "EXCLUDED")]
    assert judge_anew(moved, Excluded(frozenset({"a"})), D, NOW) == (moved, [])


def test_a_routing_whose_notice_went_to_the_reported_side_falls_too() -> None:
    told = part(State.MOVED, routing=routing(told_unit="p-case"))

    after, said = judge_anew(told, Excluded(frozenset({"p-case"})), D, NOW)

    assert (after.state, after.open_routing()) == (State.UNDER_TRIAGE, None)
    assert [type(event) for event in said] == [events.RoutingWithdrawn]


def test_a_frozen_part_stays_frozen() -> None:
    frozen, said = freeze(part(State.MOVED, routing=routing()), NOW)

    assert (frozen.state, frozen.open_routing(), len(said)) == (State.FROZEN, None, 1)
    assert freeze(frozen, NOW) == (frozen, [])


def test_a_part_of_a_frozen_report_or_a_superior_party_opens_stopped() -> None:
    stopped, nothing = screening.open_part(part(), NOBODY, D, NOW, frozen=True)
    above = part(matter=matter(parties=(person(unit="p", is_unit_head=True),)))
    suspected, said = screening.open_part(above, NOBODY, D, NOW, frozen=False)

    assert (stopped.state, nothing) == (State.FROZEN, [])
    assert (suspected.state, said) == (
        State.FROZEN, [events.SuperiorLevelSuspected(above.report_id, "p", False)],
    )  # fmt: skip


def test_an_imported_report_of_an_earlier_day_has_no_clock() -> None:
    assert part().clocked
    assert part(matter=matter(imported=True)).clocked
    assert not part(matter=matter(imported=True, received_on=TODAY - timedelta(days=1))).clocked


def test_queueing_names_its_reasons_once_and_stops_before_the_superior() -> None:
    twice = (StudyReason.COMPLEX, StudyReason.COMPLEX)

    queued, said = screening.queue(part(), twice, Decision(Kind.MOVE))

    assert said == [events.ReportQueuedForStudy(queued.report_id, "p", False, ("COMPLEX",))]
    with pytest.raises(errors.SuperiorLevel):
        screening.queue(part(), twice, Decision(Kind.SUPERIOR_LEVEL))


def test_a_deputy_seat_that_ended_approves_nothing() -> None:
    gone = Seat("p-gone", "p", "P-gone", Post.DEPUTY, valid_to=TODAY - timedelta(days=1))

    with pytest.raises(errors.ApprovalMissing):
        check_approval(
            Approval("p-gone", TODAY), "p", ("P-head", frozenset()), TODAY, directory(gone), NOBODY
        )
