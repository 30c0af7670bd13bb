"""What a changed directory starts: open routings and waiting parts are judged by it (domain.md 8.2)."""

from datetime import date, datetime
from uuid import UUID

from services.referral.application.judge_parts import Occasion, judge_parts
from services.referral.application.ports import Unit

ACTOR = "directory"


async def judge_by_directory(report_id: UUID, at: datetime, today: date, unit: Unit) -> int:
    """Judge one report by the directory of today; returns how many routings were withdrawn."""
    parts = await unit.referrals.parts_of(report_id)
    return await judge_parts(unit, parts, Occasion(ACTOR, at, today))
