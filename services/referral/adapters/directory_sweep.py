"""The worker step after a changed directory: what is open or waiting is judged by it, report by report."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

import asyncpg

from services.chassis.calendar import local_day
from services.chassis.database import is_world_fault
from services.referral.adapters.directory_store import SELECT_POSITION
from services.referral.adapters.work import Works
from services.referral.application.sweep_routings import judge_by_directory

LOG = logging.getLogger(__name__)
SELECT_SWEPT = "SELECT coalesce(max(position), 0) FROM business.directory_swept"
KEEP_SWEPT = """
      WITH earlier AS (DELETE FROM business.directory_swept WHERE position < $1)
    INSERT INTO business.directory_swept (position) VALUES ($1) ON CONFLICT DO NOTHING
"""


async def sweep_directory(works: Works, now: Callable[[], datetime]) -> int:
    """Judge every report that the directory may concern, if it changed; returns how many were judged.

    The position is kept last, so that a crash on the way begins anew; judging twice changes nothing.
    """
    async with works.begin() as unit:
        position = await unit.connection.fetchval(SELECT_POSITION)
        if await unit.connection.fetchval(SELECT_SWEPT) == position:
            return 0
        reports = await unit.referrals.routed()
    for report_id in reports:
        async with works.begin() as unit:
            await judge_by_directory(report_id, now(), local_day(now()), unit)
    async with works.begin() as unit:
        await unit.connection.execute(KEEP_SWEPT, position)
    return len(reports)


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
