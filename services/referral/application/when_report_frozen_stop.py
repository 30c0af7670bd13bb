"""intake.report-frozen: the report stops everywhere, and nobody reads it any more."""

from datetime import datetime
from uuid import UUID

from services.referral.application.desk import waive_clocks
from services.referral.application.ports import Unit
from services.referral.domain.withdrawal import freeze

ACTOR = "intake"


async def when_report_frozen_stop(report_id: UUID, at: datetime, unit: Unit) -> None:
    """Freeze every part, withdraw the open routing, stop the clocks; parts yet to come are frozen too."""
    await unit.referrals.mark_frozen(report_id, at)
    for part in await unit.referrals.parts_of(report_id):
        routing = part.open_routing()
        after, events = freeze(part, at)
        if not after.passages:
            continue
        await waive_clocks(unit, part, routing.target.organ if routing is not None else None)
        await unit.referrals.save(after, ACTOR, at)
        await unit.outbox.add(events)
        await unit.audit.note("freeze", "referral", str(report_id), organ=part.organ)
