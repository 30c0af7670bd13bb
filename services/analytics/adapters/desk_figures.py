"""Worker step: the office's figures of this moment as metrics: what came, and where it lies.

Counts of the whole installation by closed codes, without an organ: nothing by which one report could be
picked out. A report that left every figure (frozen, superior level) has no row here and is not counted.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import date, datetime

from services.chassis.calendar import local_day
from services.chassis.database import Pool, is_world_fault, transaction
from services.chassis.metrics import PARTS, RECEIPTS

LOG = logging.getLogger(__name__)
COUNT_RECEIPTS = """
    SELECT channel,
           count(*) FILTER (WHERE registered_on = $1) AS today,
           count(*) FILTER (WHERE registered_on BETWEEN $1 - 6 AND $1) AS seven_days,
           count(*) FILTER (WHERE registered_on BETWEEN $1 - 29 AND $1) AS thirty_days,
           count(*) AS ever
      FROM business.receipt
     GROUP BY channel
"""
COUNT_PARTS = "SELECT state, count(*) AS parts FROM business.part GROUP BY state"
WITHIN = ("today", "seven_days", "thirty_days", "ever")
LEAST_PAUSE_SECONDS = 15.0
SHARE_OF_TIME = 20
"""Counting may take a twentieth of the time: where it takes long, it is done less often."""


async def measure(pool: Pool, today: date) -> None:
    """Count once; ``today`` is the local day."""
    async with transaction(pool) as connection:
        receipts = await connection.fetch(COUNT_RECEIPTS, today)
        parts = await connection.fetch(COUNT_PARTS)
    RECEIPTS.clear()
    for row in receipts:
        for within in WITHIN:
            RECEIPTS.labels(row["channel"], within).set(row[within])
    PARTS.clear()
    for row in parts:
        PARTS.labels(row["state"]).set(row["parts"])


async def keep_measured(pool: Pool, now: Callable[[], datetime], stop: asyncio.Event) -> None:
    """Count until told to stop; when the world is away, the next look will do."""
    while not stop.is_set():
        begun = time.monotonic()
        try:
            await measure(pool, local_day(now()))
        except Exception as fault:  # house rule waived: sorted in the next line, all else is raised
            if not is_world_fault(fault):
                raise
            LOG.warning("figures-wait", extra={"cause": type(fault).__name__})
        pause = max(LEAST_PAUSE_SECONDS, SHARE_OF_TIME * (time.monotonic() - begun))
        try:
            await asyncio.wait_for(stop.wait(), pause)
        except TimeoutError:
            continue
