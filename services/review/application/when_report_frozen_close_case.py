"""intake.report-frozen: found to be superior-level; nothing goes on and nobody reads until it is sealed."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from services.review.application.calling_off import call_off
from services.review.application.ports import Unit
from services.review.domain.values import Cause


async def when_report_frozen_close_case(report_id: UUID, at: datetime, today: date, unit: Unit) -> None:
    """Hide the report's cases and call off the open one; an assignment still to come is refused by this."""
    known = await unit.exclusions.of(report_id, at)
    await unit.exclusions.put(report_id, replace(known, frozen=True), at)
    case = await unit.cases.open_of(report_id)
    if case is not None:
        await call_off(unit, case, Cause.FROZEN, at, today)
