"""review.case-accepted: the assigned report is concluded, which referral alone says (T25)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.referral.application.assigned_part import assigned_part
from services.referral.application.ports import Unit
from services.referral.domain.errors import PremiseMissing
from services.referral.domain.handling import conclude_assigned
from services.referral.domain.values import State

ACTOR = "review"


@dataclass(frozen=True, slots=True)
class Accepted:
    """What review said of the accepted result."""

    report_id: UUID
    organ: str
    accepted_on: date
    substantiation: str | None
    outcome: str | None
    four_form: int | None


async def when_case_accepted_conclude(told: Accepted, at: datetime, unit: Unit) -> None:
    """Conclude. Nothing when it was withdrawn or is concluded. Raises PremiseMissing."""
    part = await assigned_part(unit, told.report_id, told.organ)
    if part.state is State.ASSIGNED:
        raise PremiseMissing
    if part.state is not State.UNDER_AUDIT:
        return
    found = (told.substantiation, told.outcome, told.four_form)
    after, events = conclude_assigned(part, told.accepted_on, found, at)
    await unit.referrals.save(after, ACTOR, at)
    await unit.outbox.add(events)
    await unit.audit.note("conclude-assigned", "referral", str(part.report_id), organ=part.organ)
