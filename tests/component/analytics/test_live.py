"""The Faust stream from the topic to the database: counted once, kept through a restart."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from services.analytics.main import streaming
from services.chassis.lifecycle import Working, run_jobs
from tests.component.analytics.conftest import Bureau, report
from tests.support import told_facts as told
from tests.support.eventually import eventually

pytestmark = pytest.mark.component
SUM = """
    SELECT coalesce(sum(count), 0) FROM live_window WHERE grain = $1 AND dimension = $2 AND code = $3
"""


@asynccontextmanager
async def watching(bureau: Bureau) -> AsyncIterator[Working]:
    """Let the stream process's jobs run."""
    stop = asyncio.Event()
    async with streaming(bureau.settings) as work:
        running = asyncio.create_task(run_jobs(work, stop, 20))
        try:
            yield work
        finally:
            stop.set()
            await running


async def test_windows_count_each_fact_once_through_copies_a_freeze_and_a_restart(bureau: Bureau) -> None:
    said = bureau.mouth.fact
    reports = [report() for _ in range(12)]
    facts = [said("intake.report-registered.v1", told.registered(one)) for one in reports]
    facts += [
        said("intake.report-classified.v1", told.classified(one, region_of_conduct="520102"))
        for one in reports[:5]
    ]

    async def counts(letters: int, accusations: int) -> bool:
        found = [
            await bureau.worker.fetchval(SUM, grain, dimension, code)
            for grain in ("minute", "hour")
            for dimension, code in (("channel", "LETTER"), ("nature", "N1"), ("region", "520102"))
        ]
        return found == [letters, accusations, accusations] * 2

    async with watching(bureau) as work:
        await eventually(work.health.checks["stream"], 30)
        await bureau.mouth.say(*facts, *facts[:8])
        await eventually(lambda: counts(12, 5), 30)

    await bureau.worker.execute("DELETE FROM live_window")
    more = [
        said("intake.report-registered.v1", told.registered(report())),
        said("intake.report-frozen.v1", told.of_part(reports[0])),
        facts[0],
    ]
    await bureau.mouth.say(*more)
    async with watching(bureau):
        await eventually(lambda: counts(12, 4), 40)

    since = datetime.now(UTC)
    live = await bureau.ask("/live", grain="hour")
    assert {window["code"]: window["count"] for window in live["windows"]} == {
        "LETTER": 12, "N1": 4, "520102": 4,
    }  # fmt: skip
    assert datetime.fromisoformat(live["since"]) < since
