"""W2: the state machine and an independent model of the text agree on every act of everybody.

Breadth first over the product of the two to depth 12, and long random histories.
"""

import random
from collections.abc import Hashable
from functools import cache

from services.review.domain.audit import AssignedCase
from services.review.domain.errors import Refused
from services.review.domain.rounds import DESK_OF
from services.review.domain.seating import Seating
from services.review.domain.values import Check, Desk, OfficerId, People, Reason, ReturnKind, State
from services.review.domain.verdicts import Accept, Minutes, Pass, Return, Sign, Verdict
from tests.support import audit_model as model
from tests.support.review_cases import NEW_DEADLINE, RESULT, TODAY, case_at

CAST = model.Cast(
    handlers=frozenset({"handler"}),
    submitters=frozenset({"submitter"}),
    seats={
        "R1": frozenset({"handler", "reviewer", "both"}),
        "R2": frozenset({"both", "trial", "member"}),
        "R3": frozenset({"another", "member", "second", "chief"}),
        "R4": frozenset({"another", "superior", "reviewer"}),
    },
    chief="chief",
)
WITH_RECUSAL = model.Cast(
    handlers=CAST.handlers,
    submitters=CAST.submitters | {"superior"},
    seats={**CAST.seats, "R3": CAST.seats["R3"] | {"aaron"}},
    chief="chief",
    recused=frozenset({"both", "aaron"}),
)
STEPS = {
    State.SUPPLEMENTING: ("submit",),
    State.R1_PENDING: ("take", "withdraw"),
    State.CHIEF_SIGN_PENDING: ("sign", "return"),
    State.R4_IN_REVIEW: ("accept", "return", "release"),
    State.ACCEPTED: ("submit", "take"),
}


def seated(cast: model.Cast) -> Seating:
    return Seating(
        seats={
            Desk(name): frozenset(OfficerId(officer) for officer in officers)
            for name, officers in cast.seats.items()
        },
        chief=OfficerId(cast.chief),
        recused=frozenset(OfficerId(officer) for officer in cast.recused),
    )


def fresh(cast: model.Cast) -> AssignedCase:
    case = case_at(State.SUPPLEMENTING)
    people = People(
        frozenset(OfficerId(officer) for officer in cast.handlers),
        frozenset(OfficerId(officer) for officer in cast.submitters),
        "supervision",
    )
    return AssignedCase(
        case.id, case.report_id, case.organ, case.handling_organ, case.synthetic, case.ground, case.themes,
        case.opened_on, people=people,
    )  # fmt: skip


def verdict_of(act: model.Act, desk: Desk) -> Verdict:
    minutes = Minutes("议定", frozenset(OfficerId(m) for m in act.present)) if desk is Desk.R3 else None
    if act.kind == "pass":
        return Pass(frozenset(Check), "事实清楚", minutes)
    if act.kind == "sign":
        return Sign()
    if act.kind == "accept":
        return Accept()
    last = desk is Desk.R4
    return Return(
        frozenset({Reason.FACTS_UNCLEAR}),
        State(act.back_to),
        minutes=minutes,
        kind=ReturnKind.MISSING_DOCS if last else None,
        new_due_on=NEW_DEADLINE if last else None,
    )


def after(case: AssignedCase, act: model.Act, seating: Seating) -> AssignedCase | None:
    """The case after the act, or None when it is refused."""
    desk, officer = DESK_OF.get(case.state, Desk.R1), OfficerId(act.actor)
    try:
        match act.kind:
            case "submit":
                return case.submit(officer, RESULT, seating, TODAY)[0]
            case "withdraw":
                return case.withdraw(officer, seating)[0]
            case "take":
                return case.take(desk, officer, seating)
            case "release":
                return case.release(desk, officer)
            case _:
                return case.rule(desk, verdict_of(act, desk), officer, seating, TODAY)[0]
    except Refused:
        return None


def what_matters(case: AssignedCase) -> Hashable:
    """All of an aggregate that can still matter, without its counters."""
    acted = frozenset((ruling.desk, officer) for ruling in case.rulings for officer in ruling.actors)
    standing = frozenset(
        (ruling.desk, ruling.decision)
        for ruling in case.rulings
        if ruling.stands and ruling.submission == case.submission
    )
    return case.state, case.holder, acted, standing


def disagreements(cast: model.Cast, history: tuple[model.Act, ...], case: AssignedCase) -> list[str]:
    where, holder = model.situation(history)
    found = []
    if (case.state, case.holder) != (where, holder):
        found.append(f"{history}: {case.state} {case.holder}, and {where} {holder}")
    return found


@cache
def tries(recusal: bool) -> tuple[model.Act, ...]:
    """What anybody could try."""
    return tuple(model.attempts(WITH_RECUSAL if recusal else CAST))


@cache
def likely(case_at: State, holder: str | None) -> tuple[tuple[model.Act, ...], ...]:
    """What is not nonsense there, by kind."""
    usual = ("take",) if case_at.endswith("PENDING") else ("pass", "pass", "return", "release")
    return tuple(
        tuple(act for act in tries(False) if act.kind == kind and holder in {None, act.actor})
        for kind in STEPS.get(case_at, usual)
    )


def explore(cast: model.Cast, depth: int) -> tuple[int, set[State]]:
    seating, seen, reached = seated(cast), set[Hashable](), {State.SUPPLEMENTING}
    frontier: list[tuple[tuple[model.Act, ...], AssignedCase]] = [((), fresh(cast))]
    for _ in range(depth):
        following = []
        for history, case in frontier:
            for act in tries(cast is WITH_RECUSAL):
                legal, moved = model.legal(cast, history, act), after(case, act, seating)
                assert legal == (moved is not None), f"{act} after {history}: the model says {legal}"
                if moved is None:
                    continue
                longer = (*history, act)
                assert disagreements(cast, longer, moved) == []
                key = model.key(longer), what_matters(moved)
                if key not in seen:
                    seen.add(key)
                    reached.add(moved.state)
                    following.append((longer, moved))
        frontier = following
    return len(seen), reached


def test_everything_anybody_can_try_to_depth_twelve_ends_as_the_model_says() -> None:
    seen, reached = explore(CAST, 12)

    assert seen > 400
    assert reached == set(State) - {State.WITHDRAWN}


def test_so_it_does_with_recused_officers_and_a_member_who_submits() -> None:
    seen, reached = explore(WITH_RECUSAL, 12)

    assert seen > 50
    assert State.R4_PENDING in reached


def test_twenty_thousand_random_histories_end_as_the_model_says() -> None:
    chance, seating, accepted = random.Random(20260302), seated(CAST), 0
    for _ in range(20_000):
        history: tuple[model.Act, ...] = ()
        case = fresh(CAST)
        for _ in range(50):
            among = chance.choice(likely(case.state, case.holder)) if chance.random() < 0.95 else tries(False)
            act = chance.choice(among)
            legal, moved = model.legal(CAST, history, act), after(case, act, seating)
            assert legal == (moved is not None), f"{act} after {history}: the model says {legal}"
            if moved is not None:
                case, history = moved, (*history, act)
                assert disagreements(CAST, history, case) == []
        accepted += case.state is State.ACCEPTED
    assert accepted > 100
