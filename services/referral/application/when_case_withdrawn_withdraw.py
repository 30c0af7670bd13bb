"""review.case-withdrawn: review refused or stopped an assigned case because of the reported side."""

from datetime import datetime
from uuid import UUID

from services.referral.application.assigned_part import assigned_part
from services.referral.application.desk import waive_clocks
from services.referral.application.ports import Unit
from services.referral.domain.values import State
from services.referral.domain.withdrawal import withdraw

ACTOR = "review"
BY_EXCLUSION = "EXCLUDED"


async def when_case_withdrawn_withdraw(
    report_id: UUID, organ: str, handling_organ: str, reason: str, at: datetime, unit: Unit
) -> None:
    """Withdraw the assignment that the case came from, with its incident. Raises PremiseMissing.

    Nothing when it was withdrawn already or leads elsewhere by now; a freeze comes from intake itself.
    """
    part = await assigned_part(unit, report_id, organ)
    routing = part.open_routing()
    assigned = part.state in {State.ASSIGNED, State.UNDER_AUDIT}
    if reason != BY_EXCLUSION or not assigned or routing is None or routing.target.organ != handling_organ:
        return
    after, events = withdraw(part, at)
    await unit.exclusions.note_incident(part, routing, at)
    await waive_clocks(unit, part, handling_organ)
    await unit.referrals.save(after, ACTOR, at)
    await unit.outbox.add(events)
    await unit.audit.note("withdraw", "referral", str(report_id), organ=organ)
