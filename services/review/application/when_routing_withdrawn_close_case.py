"""referral.routing-withdrawn: the routing behind a case was closed without its end; so is the case."""

from datetime import date, datetime
from uuid import UUID

from services.review.application.calling_off import call_off
from services.review.application.ports import Unit
from services.review.domain.values import Cause


async def when_routing_withdrawn_close_case(
    report_id: UUID, organ: str, cause: Cause, at: datetime, today: date, unit: Unit
) -> None:
    """Call off the open case that ``organ`` assigned; nothing when there is none."""
    await unit.exclusions.of(report_id, at)
    case = await unit.cases.open_of(report_id)
    if case is not None and case.organ == organ:
        await call_off(unit, case, cause, at, today)
