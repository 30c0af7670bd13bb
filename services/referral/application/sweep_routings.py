"""What a changed directory starts: open routings and waiting parts are judged by it (domain.md 8.2)."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from services.referral.application.desk import whole_side
from services.referral.application.judge_parts import Occasion, judge_parts
from services.referral.application.ports import Unit
from services.referral.domain.exclusion import Excluded
from services.referral.domain.referral import Referral
from services.referral.domain.withdrawal import judge_anew

ACTOR = "directory"


async def find_misled(unit: Unit, parts: Sequence[Referral], at: datetime, today: date) -> list[UUID]:
    """The reports whose parts the directory of today would stop or call back; nothing is written."""
    reports = [part.report_id for part in parts]
    told = await unit.exclusions.of_many(reports)
    recused = await unit.recusals.officers_of_many(reports)
    days = {part.matter.received_on for part in parts} | {today}
    on = {day: await unit.entries.on(day) for day in sorted(days)}
    found = []
    for part in parts:
        directories = (on[today], on[part.matter.received_on])
        out = recused.get(part.report_id, ())
        side = whole_side(part, told.get(part.report_id, Excluded()), out, directories)
        if judge_anew(part, side, on[today], at)[0].passages:
            found.append(part.report_id)
    return found


async def judge_by_directory(report_id: UUID, at: datetime, today: date, unit: Unit) -> int:
    """Judge one report for good, its parts locked; returns how many routings were withdrawn."""
    parts = await unit.referrals.parts_of(report_id)
    return await judge_parts(unit, parts, Occasion(ACTOR, at, today))
