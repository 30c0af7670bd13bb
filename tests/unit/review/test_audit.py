"""The acts of the closed table, one by one, with what each must bring."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from services.review.domain.audit import AssignedCase
from services.review.domain.errors import (
    Barred,
    ChecklistIncomplete,
    FourFormWrong,
    IllegalDecision,
    MinutesMissing,
    NotSeated,
    NotTaken,
    NotTheChief,
    NotTheSubmitter,
    OpinionMissing,
    PapersMissing,
    QuorumMissing,
    ReasonMissing,
    Refused,
    ReturnIncomplete,
    StrangerInMinutes,
)
from services.review.domain.events import (
    CaseAccepted,
    CaseWithdrawn,
    ChiefSigned,
    ResultReturned,
    ResultSubmitted,
    ResultWithdrawn,
    RoundPassed,
)
from services.review.domain.rounds import DESK_OF, NEXT
from services.review.domain.values import (
    CLOSED,
    Cause,
    Check,
    Decision,
    Desk,
    OfficerId,
    Outcome,
    Paper,
    Reason,
    ReturnKind,
    State,
)
from services.review.domain.verdicts import Minutes, Pass, Return, Ruling, Sign, Verdict
from tests.support.review_cases import (
    CHIEF,
    HANDLER,
    MEMBERS,
    RESULT,
    REVIEWER,
    SUBMITTER,
    SUPERIOR,
    TODAY,
    TRIAL,
    case_at,
    having_ruled,
    minutes,
    passing,
    returning,
    seating,
)

HOLDERS = {Desk.R1: REVIEWER, Desk.R2: TRIAL, Desk.R3: MEMBERS[0], Desk.CHIEF: CHIEF, Desk.R4: SUPERIOR}
IN_REVIEW = {
    Desk.R1: State.R1_IN_REVIEW,
    Desk.R2: State.R2_IN_REVIEW,
    Desk.R3: State.R3_IN_REVIEW,
    Desk.CHIEF: State.CHIEF_SIGN_PENDING,
    Desk.R4: State.R4_IN_REVIEW,
}


def taken(desk: Desk) -> AssignedCase:
    return case_at(IN_REVIEW[desk], None if desk is Desk.CHIEF else HOLDERS[desk])


def ruled(case: AssignedCase, desk: Desk, verdict: Verdict) -> AssignedCase:
    return case.rule(desk, verdict, HOLDERS[desk], seating(), TODAY)[0]


def brought_to(desk: Desk, case: AssignedCase | None = None) -> AssignedCase:
    """A case that everybody passed, up to the desk, which has taken it."""
    case = case or case_at(State.SUPPLEMENTING)
    case, _ = case.submit(SUBMITTER, RESULT, seating(), TODAY)
    for here in Desk:
        if here is not Desk.CHIEF:
            case = case.take(here, HOLDERS[here], seating())
        if here is desk:
            break
        case = ruled(case, here, passing(here))
    return case


TRIES: dict[Decision, Callable[[AssignedCase, Desk], object]] = {
    Decision.SUBMIT: lambda case, _: case.submit(SUBMITTER, RESULT, seating(), TODAY),
    Decision.WITHDRAW: lambda case, _: case.withdraw(SUBMITTER, seating()),
    Decision.TAKE: lambda case, desk: case.take(desk, HOLDERS[desk], seating()),
    Decision.RELEASE: lambda case, desk: case.release(desk, HOLDERS[desk]),
    Decision.PASS: lambda case, desk: ruled(
        case, desk, Pass(frozenset(Check), "事实清楚", minutes() if desk is Desk.R3 else None)
    ),
    Decision.RETURN: lambda case, desk: ruled(case, desk, returning(desk)),
    Decision.SIGN: lambda case, desk: ruled(case, desk, Sign()),
    Decision.ACCEPT: lambda case, desk: ruled(case, desk, passing(Desk.R4)),
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("decision", Decision)
def test_what_is_not_in_the_table_is_refused_and_what_is_in_it_is_done(
    state: State, decision: Decision
) -> None:
    desk = DESK_OF.get(state, Desk.R1)
    given = case_at(state, HOLDERS[desk] if state.endswith("IN_REVIEW") else None)

    if (state, decision) in NEXT:
        TRIES[decision](given, desk)
    else:
        with pytest.raises(IllegalDecision):
            TRIES[decision](given, desk)


def test_every_state_can_be_reached_and_only_ends_lead_nowhere() -> None:
    led_to = {state for ways in NEXT.values() for state in ways}

    assert led_to == set(State) - {State.WITHDRAWN}
    assert {state for state, _ in NEXT} == set(State) - CLOSED


def test_a_result_gets_the_next_number_and_goes_to_the_first_round() -> None:
    given = replace(case_at(State.SUPPLEMENTING), submission=2)

    after, events = given.submit(SUBMITTER, RESULT, seating(), TODAY)

    assert (after.state, after.submission, after.entries) == (State.R1_PENDING, 3, 1)
    assert events == [ResultSubmitted(given.matter, 3, TODAY)]


def test_only_a_registered_submitter_who_is_not_recused_hands_in() -> None:
    given = case_at(State.SUPPLEMENTING)

    with pytest.raises(NotTheSubmitter):
        given.submit(HANDLER, RESULT, seating(), TODAY)
    with pytest.raises(NotTheSubmitter):
        given.submit(SUBMITTER, RESULT, seating(recused={SUBMITTER}), TODAY)


@pytest.mark.parametrize(
    ("result", "refusal"),
    [
        (replace(RESULT, papers=frozenset({Paper.CHECK_REPORT})), PapersMissing),
        (replace(RESULT, four_form=5), FourFormWrong),
        (replace(RESULT, outcome=Outcome.NONE), FourFormWrong),
    ],
)
def test_an_incomplete_result_is_refused(result: object, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        case_at(State.SUPPLEMENTING).submit(SUBMITTER, result, seating(), TODAY)  # type: ignore[arg-type]


def test_a_result_nobody_took_can_be_withdrawn_and_leaves_its_number_behind() -> None:
    given = case_at(State.R1_PENDING)

    after, events = given.withdraw(SUBMITTER, seating())

    assert (after.state, after.submission) == (State.SUPPLEMENTING, 1)
    assert events == [ResultWithdrawn(given.matter, 1)]
    assert after.submit(SUBMITTER, RESULT, seating(), TODAY)[0].submission == 2


def test_a_round_is_taken_from_a_seat_of_it_and_released_by_who_took_it() -> None:
    given = case_at(State.R1_PENDING)

    with pytest.raises(NotSeated):
        given.take(Desk.R1, TRIAL, seating())
    held = given.take(Desk.R1, REVIEWER, seating())
    with pytest.raises(NotTaken):
        held.release(Desk.R1, TRIAL)

    assert held.release(Desk.R1, REVIEWER) == given


def test_no_round_is_taken_before_its_turn() -> None:
    with pytest.raises(IllegalDecision):
        case_at(State.R1_PENDING).take(Desk.R2, TRIAL, seating())


@pytest.mark.parametrize("officer", [HANDLER, SUPERIOR])
def test_who_handles_the_case_or_acted_in_another_round_of_an_earlier_submission_is_barred(
    officer: OfficerId,
) -> None:
    earlier = Ruling(1, Desk.R4, Decision.RETURN, SUPERIOR, frozenset({SUPERIOR}))
    given = having_ruled(replace(case_at(State.R1_PENDING), submission=2), earlier)

    with pytest.raises(Barred):
        given.take(Desk.R1, officer, seating())


def test_releasing_is_no_act_in_the_sense_of_the_bar() -> None:
    given = case_at(State.R1_PENDING).take(Desk.R1, REVIEWER, seating())

    after = given.release(Desk.R1, REVIEWER)

    assert not after.barred(REVIEWER, Desk.R2, seating())


def test_who_acted_in_a_round_may_act_in_it_again_in_a_later_submission() -> None:
    given = ruled(brought_to(Desk.R1), Desk.R1, returning(Desk.R1))

    assert brought_to(Desk.R1, given).holder == REVIEWER


@pytest.mark.parametrize(
    ("desk", "verdict", "refusal"),
    [
        (Desk.R1, Pass(frozenset({Check.COMPLETE})), ChecklistIncomplete),
        (Desk.R2, Pass(), OpinionMissing),
        (Desk.R2, Pass(opinion="  "), OpinionMissing),
        (Desk.R3, Pass(), MinutesMissing),
        (Desk.R3, Return(frozenset({Reason.FACTS_UNCLEAR})), MinutesMissing),
        (Desk.R3, Pass(minutes=minutes(MEMBERS[:2])), QuorumMissing),
        (Desk.R3, Pass(minutes=minutes((*MEMBERS, TRIAL))), StrangerInMinutes),
        (Desk.R3, Pass(minutes=minutes(MEMBERS, recused=MEMBERS[:1])), StrangerInMinutes),
        (Desk.R1, Return(frozenset()), ReasonMissing),
        (Desk.CHIEF, Return(frozenset()), ReasonMissing),
        (Desk.R4, Return(frozenset({Reason.FACTS_UNCLEAR})), ReturnIncomplete),
        (Desk.R4, replace(returning(Desk.R4), new_due_on=TODAY), ReturnIncomplete),
        (Desk.R1, replace(returning(Desk.R1), kind=ReturnKind.MISSING_DOCS), ReturnIncomplete),
        (Desk.R1, replace(returning(Desk.R1), back_to=State.R2_PENDING), IllegalDecision),
    ],
)
def test_a_verdict_without_what_belongs_to_it_is_refused(
    desk: Desk, verdict: Verdict, refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        ruled(taken(desk), desk, verdict)


def test_recusals_minuted_in_the_meeting_lower_the_quorum_and_hold_for_the_whole_case() -> None:
    stepped_back = MEMBERS[2]
    verdict = Pass(minutes=Minutes("议定", frozenset({*MEMBERS[:2]}), frozenset({stepped_back})))

    after = ruled(taken(Desk.R3), Desk.R3, verdict)

    assert after.state is State.CHIEF_SIGN_PENDING
    assert after.barred(stepped_back, Desk.R3, seating())


def test_every_member_present_is_an_actor_of_the_third_round() -> None:
    after = ruled(taken(Desk.R3), Desk.R3, passing(Desk.R3))

    assert after.rulings[-1].actors == frozenset(MEMBERS)


def test_a_member_who_handles_the_case_may_not_be_noted_as_present() -> None:
    case = taken(Desk.R3)
    given = replace(case, people=replace(case.people, submitters=frozenset({MEMBERS[1]})))

    with pytest.raises(Barred):
        ruled(given, Desk.R3, passing(Desk.R3))


def test_the_chief_may_preside_in_the_third_round_and_sign() -> None:
    presided = Pass(minutes=minutes((*MEMBERS, CHIEF)))
    given = ruled(taken(Desk.R3), Desk.R3, presided)

    after, events = given.rule(Desk.CHIEF, Sign(), CHIEF, seating(), TODAY)

    assert after.state is State.R4_PENDING
    assert events == [ChiefSigned(given.matter, 1)]


def test_nobody_but_the_chief_signs_and_not_one_who_acted_in_another_round() -> None:
    given = taken(Desk.CHIEF)
    acted = having_ruled(given, Ruling(1, Desk.R2, Decision.PASS, CHIEF, frozenset({CHIEF})))

    with pytest.raises(NotTheChief):
        given.rule(Desk.CHIEF, Sign(), MEMBERS[0], seating(), TODAY)
    with pytest.raises(Barred):
        acted.rule(Desk.CHIEF, Sign(), CHIEF, seating(), TODAY)


def test_who_did_not_take_the_round_does_not_decide_it() -> None:
    with pytest.raises(NotTaken):
        taken(Desk.R1).rule(Desk.R1, passing(Desk.R1), SUPERIOR, seating(), TODAY)


def test_a_passed_round_leads_to_the_next_and_says_so() -> None:
    given = taken(Desk.R1)

    after, events = given.rule(Desk.R1, passing(Desk.R1), REVIEWER, seating(), TODAY)

    assert (after.state, after.holder, after.entries) == (State.R2_PENDING, None, 2)
    assert events == [RoundPassed(given.matter, 1, Desk.R1)]


def test_a_return_to_the_second_round_takes_the_standing_of_its_pass() -> None:
    given = brought_to(Desk.R3)

    after = ruled(given, Desk.R3, returning(Desk.R3, State.R2_PENDING))

    assert after.state is State.R2_PENDING
    assert [(r.desk, r.stands) for r in after.rulings] == [
        (Desk.R1, True),
        (Desk.R2, False),
        (Desk.R3, True),
    ]


def test_the_second_verdict_of_a_desk_takes_the_place_of_its_first() -> None:
    back = ruled(brought_to(Desk.R3), Desk.R3, returning(Desk.R3, State.R2_PENDING))
    again = ruled(back.take(Desk.R2, TRIAL, seating()), Desk.R2, passing(Desk.R2))

    after = ruled(again.take(Desk.R3, MEMBERS[0], seating()), Desk.R3, passing(Desk.R3))

    standing = [(r.submission, r.desk) for r in after.rulings if r.stands]
    assert len(standing) == len(set(standing)) == 3


@pytest.mark.parametrize("desk", Desk)
def test_a_return_to_the_submitter_leaves_no_pass_standing(desk: Desk) -> None:
    given = brought_to(desk)

    after, events = given.rule(desk, returning(desk), HOLDERS[desk], seating(), TODAY)

    assert after.state is State.SUPPLEMENTING
    assert [r.decision for r in after.rulings if r.stands] == [Decision.RETURN]
    assert [type(event) for event in events] == [ResultReturned]


def test_a_return_of_the_fourth_round_means_all_rounds_again() -> None:
    given = ruled(brought_to(Desk.R4), Desk.R4, returning(Desk.R4))

    after, _ = given.submit(SUBMITTER, RESULT, seating(), TODAY)

    assert after.state is State.R1_PENDING


def test_missing_documents_come_back_at_the_fourth_round_when_the_setting_says_so() -> None:
    for_papers = replace(returning(Desk.R4), kind=ReturnKind.MISSING_DOCS)

    given, _ = brought_to(Desk.R4).rule(
        Desk.R4, for_papers, SUPERIOR, seating(), TODAY, missing_docs_resume=True
    )
    after, _ = given.submit(SUBMITTER, RESULT, seating(), TODAY)

    assert after.state is State.R4_PENDING
    assert {r.desk for r in after.rulings if r.stands} == set(Desk)


def test_other_returns_of_the_fourth_round_go_through_all_rounds_whatever_the_setting() -> None:
    given, _ = brought_to(Desk.R4).rule(
        Desk.R4, returning(Desk.R4), SUPERIOR, seating(), TODAY, missing_docs_resume=True
    )

    assert given.submit(SUBMITTER, RESULT, seating(), TODAY)[0].state is State.R1_PENDING


def test_an_accepted_case_says_its_result_and_is_closed() -> None:
    given = brought_to(Desk.R4)

    after, events = given.rule(Desk.R4, passing(Desk.R4), SUPERIOR, seating(), TODAY)

    assert after.state is State.ACCEPTED
    assert events == [CaseAccepted(given.matter, 1, TODAY, RESULT)]
    assert after.call_off(Cause.FROZEN) == (after, [])


@pytest.mark.parametrize("state", sorted(set(State) - CLOSED))
def test_an_open_case_can_be_called_off_wherever_it_lies(state: State) -> None:
    given = case_at(state, REVIEWER if state.endswith("IN_REVIEW") else None)

    after, events = given.call_off(Cause.EXCLUDED)

    assert (after.state, after.holder) == (State.WITHDRAWN, None)
    assert events == [CaseWithdrawn(given.matter, Cause.EXCLUDED)]


def test_an_excluded_officer_loses_the_round_he_holds_and_another_takes_it() -> None:
    given = taken(Desk.R1)

    after = given.vacate(frozenset({REVIEWER}))

    assert (after.state, after.holder) == (State.R1_PENDING, None)
    assert given.vacate(frozenset({TRIAL})) is given


def test_a_new_deadline_lies_after_today() -> None:
    soonest = replace(returning(Desk.R4), new_due_on=TODAY + timedelta(days=1))

    assert ruled(taken(Desk.R4), Desk.R4, soonest).state is State.SUPPLEMENTING
