"""review.result-submitted: an assigned part goes into the audit (T24)."""

from datetime import datetime
from uuid import UUID

from services.referral.application.assigned_part import assigned_part
from services.referral.application.ports import Unit
from services.referral.domain.lifecycle import Step
from services.referral.domain.values import State

ACTOR = "review"


async def when_result_submitted_begin_audit(report_id: UUID, organ: str, at: datetime, unit: Unit) -> None:
    """T24. Nothing when it is under audit, or was withdrawn meanwhile. Raises PremiseMissing."""
    part = await assigned_part(unit, report_id, organ)
    if part.state is State.ASSIGNED:
        await unit.referrals.save(part.step(Step.SUBMIT_RESULT), ACTOR, at)
