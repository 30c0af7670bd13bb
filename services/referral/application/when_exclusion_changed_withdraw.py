"""intake.exclusion-changed: nothing stays open towards whoever joined the reported side."""

from datetime import date, datetime
from uuid import UUID

from services.referral.application.judge_parts import Occasion, judge_parts
from services.referral.application.ports import Unit
from services.referral.domain.exclusion import Excluded

ACTOR = "intake"


async def when_exclusion_changed_withdraw(
    report_id: UUID, organ: str, excluded: Excluded, at: datetime, today: date, unit: Unit
) -> None:
    """Keep the newer set, then withdraw at once what leads there, each with its incident.

    The parts are locked before the set, as every act does, so that whoever comes second sees the other.
    """
    parts = await unit.referrals.parts_of(report_id)
    if await unit.exclusions.put(report_id, organ, excluded, at):
        await judge_parts(unit, parts, Occasion(ACTOR, at, today))
