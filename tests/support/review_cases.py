"""Builders of assigned cases, said in the words of the audit."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.review.domain.audit import AssignedCase
from services.review.domain.seating import Seating
from services.review.domain.values import (
    CaseId,
    Check,
    Desk,
    Ground,
    OfficerId,
    Outcome,
    Paper,
    People,
    Reason,
    Result,
    ReturnKind,
    State,
    Substantiation,
)
from services.review.domain.verdicts import Accept, Minutes, Pass, Return, Ruling, Sign, Verdict

TODAY = date(2026, 3, 2)
NEW_DEADLINE = date(2026, 4, 1)
CASE = CaseId(UUID(int=1))
REPORT = UUID(int=2)
HANDLER, SUBMITTER, CHIEF = OfficerId("handler"), OfficerId("submitter"), OfficerId("chief")
REVIEWER, TRIAL, SUPERIOR = OfficerId("reviewer"), OfficerId("trial"), OfficerId("superior")
MEMBERS = tuple(OfficerId(f"member-{n}") for n in range(1, 4))
RESULT = Result(
    Substantiation.PARTLY_TRUE,
    Outcome.EDUCATION,
    1,
    frozenset({Paper.CHECK_REPORT, Paper.REPORTED_PERSON_VIEWS, Paper.ORGAN_OPINION}),
)
SEATS: Mapping[Desk, Iterable[OfficerId]] = {
    Desk.R1: (HANDLER, REVIEWER, SUPERIOR),
    Desk.R2: (TRIAL, REVIEWER),
    Desk.R3: (*MEMBERS, CHIEF),
    Desk.R4: (SUPERIOR,),
}


def seating(*, recused: Iterable[OfficerId] = ()) -> Seating:
    """Everybody in the usual seats."""
    return Seating(
        seats={desk: frozenset(officers) for desk, officers in SEATS.items()},
        chief=CHIEF,
        recused=frozenset(recused),
        staff=frozenset({HANDLER, SUBMITTER, REVIEWER, TRIAL, CHIEF, *MEMBERS}),
        units=frozenset({"supervision"}),
    )


def case_at(state: State, holder: OfficerId | None = None) -> AssignedCase:
    """A case that lies in ``state`` in its first submission, without the rulings that led there."""
    started = state is not State.SUPPLEMENTING
    return AssignedCase(
        CASE, REPORT, "520000", "520100", True, Ground.A2, ("livelihood",), TODAY,
        state=state,
        people=People(frozenset({HANDLER}), frozenset({SUBMITTER}), "supervision"),
        submission=int(started),
        result=RESULT if started else None,
        holder=holder,
        entries=int(started),
    )  # fmt: skip


def having_ruled(case: AssignedCase, *rulings: Ruling) -> AssignedCase:
    """The case with these rulings behind it."""
    return replace(case, rulings=rulings)


def minutes(present: Iterable[OfficerId] = MEMBERS, recused: Iterable[OfficerId] = ()) -> Minutes:
    """Minutes of a meeting with these members."""
    return Minutes("议定同意", frozenset(present), frozenset(recused))


def passing(desk: Desk) -> Verdict:
    """What the desk says when it lets the result go on, with everything it must bring."""
    match desk:
        case Desk.CHIEF:
            return Sign()
        case Desk.R4:
            return Accept()
        case _:
            return Pass(frozenset(Check), "事实清楚", minutes() if desk is Desk.R3 else None)


def returning(desk: Desk, back_to: State = State.SUPPLEMENTING) -> Return:
    """What the desk says when it sends the result back, with everything it must bring."""
    return Return(
        frozenset({Reason.EVIDENCE_THIN}),
        back_to,
        minutes=minutes() if desk is Desk.R3 else None,
        kind=ReturnKind.SUPPLEMENT_CHECK if desk is Desk.R4 else None,
        new_due_on=NEW_DEADLINE if desk is Desk.R4 else None,
    )
