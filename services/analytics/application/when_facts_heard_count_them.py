"""What follows from facts: they are kept, and the rows of their reports are what the fold says."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.analytics.application.ports import EntryRow, ExclusionRow, FactRow, SessionRow, Unit, VisitRow
from services.analytics.domain.facts import Told, in_order
from services.analytics.domain.report import fold_all

Heard = FactRow | EntryRow | ExclusionRow | VisitRow | SessionRow


@dataclass(frozen=True, slots=True)
class FactsHeard:
    """Facts in the order in which they came; within one aggregate that is the order of its sequence."""

    heard: Sequence[Heard]


async def when_facts_heard_count_them(command: FactsHeard, unit: Unit) -> None:
    """Count facts of any kind, a batch at a time; a fact counted before changes nothing."""
    entries = [row for row in command.heard if isinstance(row, EntryRow)]
    exclusions = [row for row in command.heard if isinstance(row, ExclusionRow)]
    visits = [row for row in command.heard if isinstance(row, VisitRow)]
    sessions = [row for row in command.heard if isinstance(row, SessionRow)]
    if entries:
        await unit.surroundings.save_entries(entries)
    if exclusions:
        await unit.surroundings.save_exclusions(exclusions)
    if visits:
        await unit.surroundings.save_visits(visits)
    if sessions:
        await unit.surroundings.save_sessions(sessions)
    facts = [row for row in command.heard if isinstance(row, FactRow)]
    if facts:
        await _count(facts, unit)


async def _count(rows: Sequence[FactRow], unit: Unit) -> None:
    told: dict[UUID, list[Told]] = {}
    earlier = await unit.facts.told_of({row.report_id for row in rows})
    for report, facts in earlier.items():
        told[report] = list(facts)
    for row in rows:
        told.setdefault(row.report_id, []).append(row.told)
    adding = asyncio.ensure_future(unit.facts.add(rows))
    await asyncio.sleep(0)  # so that the facts are being written while the figures are folded
    try:
        reports = {report: fold_all(one.fact for one in in_order(facts)) for report, facts in told.items()}
    finally:
        await adding
    await unit.rows.save(reports, unit.codes)
    await unit.facts.hide([report for report, figures in reports.items() if figures.frozen])
