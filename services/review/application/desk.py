"""The desk at which a case is acted upon: the case, who sits where, and what follows an act everywhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.review.application.ports import About, Passage, Unit
from services.review.domain.audit import AssignedCase
from services.review.domain.errors import CaseChanged, NotSeated
from services.review.domain.events import Event, ResultReturned
from services.review.domain.rounds import DESK_OF
from services.review.domain.seating import Seating, seating_of
from services.review.domain.values import CaseId, Decision, Desk, State

RESULT_DUE = "D12"
"""The three months for a result, rule art. 21; its pre-warning is D14."""
ENTITY = "case"


@dataclass(frozen=True, slots=True)
class OpenDesk:
    """What an act needs, read in its transaction, the excluded set locked before the case."""

    case: AssignedCase
    seating: Seating


async def open_desk(unit: Unit, about: About, *, above: bool = False) -> OpenDesk:
    """The case at the version the actor saw; ``above`` when it is the assigning organ's turn to act.

    Raises CaseUnknown, CaseChanged, NotSeated (the actor is of the other organ), PremiseMissing.
    """
    excluded = await unit.exclusions.of_case(about.case_id)
    case = await unit.cases.get(about.case_id)
    if case.version != about.version:
        raise CaseChanged
    if about.actor.organ != (case.organ if above else case.handling_organ):
        raise NotSeated
    directory = await unit.entries.on(about.today, (case.organ, case.handling_organ))
    seating = seating_of(case.organ, case.handling_organ, case.people.handling_unit, directory, excluded)
    return OpenDesk(case, seating)


async def close_desk(
    unit: Unit,
    about: About,
    before: AssignedCase,
    after: AssignedCase,
    decision: Decision,
    events: Iterable[Event] = (),
) -> AssignedCase:
    """Save what an act changed, wind the clocks, say the facts and note the act; returns the saved case."""
    passage = Passage(before.state, decision, about.actor.id, about.at)
    saved = await unit.cases.save(after, passage, about.at)
    told = list(events)
    await wind_clocks(unit, before, after, about.today, told)
    await unit.outbox.add(told)
    await unit.audit.note(
        decision.lower(),
        ENTITY,
        str(after.id),
        submission=after.submission,
        from_state=before.state,
        to_state=after.state,
    )
    return saved


async def wind_clocks(
    unit: Unit, before: AssignedCase, after: AssignedCase, today: date, events: Iterable[Event]
) -> None:
    """Start and end the clocks of the rounds (D16) and of the result (D12).

    The result's clock is met when the result goes up to the fourth round (rule art. 21, 23); a return from
    there begins another, with the day that was set.
    """
    left, entered = DESK_OF.get(before.state), DESK_OF.get(after.state)
    if left in ROUNDS and (left is not entered or before.entries != after.entries):
        clock = ROUNDS[left], round_entity(before.id, before.entries)
        if after.state is State.WITHDRAWN or before.state.endswith("PENDING"):
            await unit.clocks.waive(*clock)
        else:
            await unit.clocks.meet(*clock, today)
    if entered in ROUNDS and before.entries != after.entries:
        organ = after.organ if entered is Desk.R4 else after.handling_organ
        await unit.clocks.start(ROUNDS[entered], round_entity(after.id, after.entries), organ, today)
    if after.state is State.R4_PENDING and left is not Desk.R4:
        await unit.clocks.meet(RESULT_DUE, result_entity(before), today)
    if after.state is State.WITHDRAWN:
        await unit.clocks.waive(RESULT_DUE, result_entity(before))
    for event in events:
        if isinstance(event, ResultReturned) and event.new_due_on is not None:
            entity = result_entity(after)
            await unit.clocks.appoint(RESULT_DUE, entity, after.handling_organ, today, event.new_due_on)


ROUNDS = {
    Desk.R1: "D16-R1",
    Desk.R2: "D16-R2",
    Desk.R3: "D16-R3",
    Desk.R4: "D16-R4",
}


def round_entity(case_id: CaseId, entry: int) -> str:
    """The name under which the clock of one entry into a round runs."""
    return f"{case_id}/{entry}"


def result_entity(case: AssignedCase) -> str:
    """The name under which the present clock of the result runs: the first one, then one a return of R4."""
    returns = sum(r.desk is Desk.R4 and r.decision is Decision.RETURN for r in case.rulings)
    return f"{case.id}/R4-{returns}" if returns else str(case.id)
