"""What follows when a case ends without a result: because of the reported side, or because it is frozen."""

from datetime import date, datetime

from services.review.application.desk import ENTITY, wind_clocks
from services.review.application.ports import Passage, Unit
from services.review.domain.audit import AssignedCase
from services.review.domain.values import Cause, State

SYSTEM = "review"
HANDLER_ON_REPORTED_SIDE = "HANDLER_ON_REPORTED_SIDE"


async def call_off(unit: Unit, case: AssignedCase, cause: Cause, at: datetime, today: date) -> None:
    """End an open case; nothing happens to one that has ended.

    A case that was never opened (version 0) is kept as withdrawn, so that the assignment leaves a trace.
    """
    after, events = case.call_off(cause)
    if after is case:
        return
    opened = case.version > 0
    passage = Passage(case.state if opened else None, "CALL_OFF" if opened else "OPEN", SYSTEM, at)
    await unit.cases.save(after, passage, at)
    if opened:
        await wind_clocks(unit, case, after, today, ())
    if cause is Cause.EXCLUDED:
        await unit.cases.note_incident(case.id, HANDLER_ON_REPORTED_SIDE, None, at)
    await unit.outbox.add(events)
    await unit.audit.note(
        "call-off", ENTITY, str(case.id), cause=cause, from_state=case.state, to_state=State.WITHDRAWN
    )
