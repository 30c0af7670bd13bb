"""review.result-returned: the submitter supplements; a return inside the audit moves nothing here (T26)."""

from datetime import datetime
from uuid import UUID

from services.referral.application.assigned_part import assigned_part
from services.referral.application.ports import Unit
from services.referral.domain.lifecycle import Step
from services.referral.domain.values import State

ACTOR = "review"
TO_SUBMITTER = "SUPPLEMENTING"


async def when_result_returned_end_audit(
    report_id: UUID, organ: str, back_to: str, at: datetime, unit: Unit
) -> None:
    """T26. Nothing when it was withdrawn meanwhile. Raises PremiseMissing."""
    part = await assigned_part(unit, report_id, organ)
    if part.state is State.UNDER_AUDIT and back_to == TO_SUBMITTER:
        await unit.referrals.save(part.step(Step.RETURN_RESULT), ACTOR, at)
