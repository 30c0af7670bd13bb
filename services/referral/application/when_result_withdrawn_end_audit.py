"""review.result-withdrawn: the submitter took its result back before round 1, and supplements it (T26)."""

from datetime import datetime
from uuid import UUID

from services.referral.application.ports import Unit
from services.referral.application.when_result_returned_end_audit import (
    TO_SUBMITTER,
    when_result_returned_end_audit,
)


async def when_result_withdrawn_end_audit(report_id: UUID, organ: str, at: datetime, unit: Unit) -> None:
    """As a return to the submitter. Raises PremiseMissing."""
    await when_result_returned_end_audit(report_id, organ, TO_SUBMITTER, at, unit)
