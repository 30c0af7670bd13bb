"""The worker step after a changed directory: what is open or waiting is judged by it, report by report."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import asyncpg

from services.chassis.calendar import local_day
from services.chassis.database import is_world_fault
from services.referral.adapters.directory_store import SELECT_POSITION
from services.referral.adapters.work import Works
from services.referral.application.sweep_routings import find_misled, judge_by_directory

CHUNK = 200
LOG = logging.getLogger(__name__)
SELECT_SWEPT = "SELECT coalesce(max(position), 0) FROM business.directory_swept"
KEEP_SWEPT = """
      WITH earlier AS (DELETE FROM business.directory_swept WHERE position < $1)
    INSERT INTO business.directory_swept (position) VALUES ($1) ON CONFLICT DO NOTHING
"""


async def sweep_directory(works: Works, now: Callable[[], datetime]) -> int:
    """Judge what the directory may concern, if it changed; returns how many reports were called back.

    The position is kept last, so that a crash on the way begins anew; judging twice changes nothing.
    """
    async with works.begin() as unit:
        position = await unit.connection.fetchval(SELECT_POSITION)
        if await unit.connection.fetchval(SELECT_SWEPT) == position:
            return 0
    misled = 0
    after: tuple[UUID, str] | None = None
    while True:
        async with works.begin() as unit:
            parts = await unit.referrals.unended(after, CHUNK)
            reports = await find_misled(unit, parts, now(), local_day(now()))
        for report_id in reports:
            async with works.begin() as unit:
                await judge_by_directory(report_id, now(), local_day(now()), unit)
        misled += len(reports)
        if len(parts) < CHUNK:
            break
        after = (parts[-1].report_id, parts[-1].organ)
    async with works.begin() as unit:
        await unit.connection.execute(KEEP_SWEPT, position)
    return misled


async def run_directory_sweep(
    works: Works, now: Callable[[], datetime], every_seconds: float, stop: asyncio.Event
) -> None:
    """Sweep until told to stop; a fault of the world is waited out."""
    while not stop.is_set():
        try:
            await sweep_directory(works, now)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as fault:
            if not is_world_fault(fault):
                raise
            LOG.warning("sweep-waits", extra={"cause": type(fault).__name__})
        try:
            await asyncio.wait_for(stop.wait(), every_seconds)
        except TimeoutError:
            continue
