"""Worker step: after a change of the directory, or of the day, all excluded sets are computed anew."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from services.chassis.calendar import local_day
from services.chassis.database import Pool, is_world_fault
from services.intake.adapters.work import Tools, begin_as_worker
from services.intake.application.ports import Moment
from services.intake.application.sweep_exclusions import sweep_exclusions

LOG = logging.getLogger(__name__)
SELECT_ROUND = "SELECT heard, computed, computed_on FROM business.exclusion_round"
SELECT_CONCERNED = """
    SELECT DISTINCT p.report_id
      FROM business.report_party p
     WHERE p.report_id > $1
       AND (p.unit IS NOT NULL
            OR EXISTS (SELECT FROM business.party_link l WHERE l.party_id = p.party_id AND l.until IS NULL))
       AND NOT EXISTS (SELECT FROM business.frozen f WHERE f.report_id = p.report_id)
     ORDER BY p.report_id
     LIMIT $2
"""
END_ROUND = "UPDATE business.exclusion_round SET computed = $1, computed_on = $2"
FIRST = UUID(int=0)
MOST_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class ExclusionWorker:
    """Computes round after round; ``now`` gives the instant in UTC."""

    pool: Pool
    tools: Tools
    now: Callable[[], datetime]
    every_seconds: float

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; a database that is away is waited out."""
        while not stop.is_set():
            try:
                await self.step()
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as fault:
                if not is_world_fault(fault):
                    raise
                LOG.warning("exclusions-wait", extra={"cause": type(fault).__name__})
            try:
                await asyncio.wait_for(stop.wait(), self.every_seconds)
            except TimeoutError:
                continue

    async def step(self) -> int:
        """One round when one is due; how many sets changed. What is heard meanwhile makes the next."""
        at = self.now()
        moment = Moment(at, local_day(at))
        async with begin_as_worker(self.pool, self.tools) as unit:
            row = await unit.connection.fetchrow(SELECT_ROUND)
        if row["heard"] == row["computed"] and row["computed_on"] == moment.today:
            return 0
        changed, last = 0, FIRST
        while True:
            async with begin_as_worker(self.pool, self.tools) as unit:
                rows = await unit.connection.fetch(SELECT_CONCERNED, last, MOST_AT_ONCE)
                reports = [r["report_id"] for r in rows]
                changed += await sweep_exclusions(reports, moment, unit)
                if not reports:
                    await unit.connection.execute(END_ROUND, row["heard"], moment.today)
                    return changed
                last = reports[-1]
