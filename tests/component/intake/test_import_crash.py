"""A worker that is killed in the middle of an import: run again, every row is in exactly one place."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.support.import_office import ROOT, ImportOffice, import_office
from tests.support.platform import Platform
from tests.support.register_files import NUMBER, RECEIVED, sample_rows, workbook

pytestmark = pytest.mark.component
POINTS = ("import.kept_not_registered", "import.registered_not_committed", "import.chunk_committed")


@pytest.fixture
async def office(platform: Platform, tmp_path: Path) -> AsyncIterator[ImportOffice]:
    async with import_office(platform, tmp_path) as opened:
        yield opened


async def work_off(office: ImportOffice, failpoints: str = "") -> int:
    """Work off what waits in a process of its own; how it ended."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.support.import_office",
        stdin=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "FAILPOINTS": failpoints, "PYTHONPATH": str(ROOT)},
    )
    where = {name: str(value) for name, value in asdict(office.where).items()}
    await process.communicate(json.dumps(where).encode())
    assert process.returncode is not None
    return process.returncode


async def test_a_worker_killed_at_each_point_and_run_again_leaves_every_row_in_one_place(
    office: ImportOffice,
) -> None:
    rows = sample_rows(1300)
    rows[20][RECEIVED] = "某年某月"
    rows[700][NUMBER] = rows[10][NUMBER]
    run_id = (await office.send(workbook(rows))).json()["run_id"]

    ends = [await work_off(office, f"{point}=kill") for point in POINTS]
    half = await office.places()
    last = await work_off(office)

    run = await office.run(run_id)
    assert ends == [-signal.SIGKILL] * 3
    assert (half["entered"], half["reports"]) == (500, 500)
    assert last == 0
    assert (run["state"], run["imported"], run["returned"], run["conflict"]) == ("DONE", 1298, 1, 1)
    assert (await office.places())["reports"] == 1298
    assert await office.numbers_run_through()
    assert await office.value("SELECT count(*) FROM oracle.outbox") == 1298
    assert await office.value("SELECT count(DISTINCT aggregate_id) FROM oracle.outbox") == 1298


async def test_what_a_killed_worker_gave_the_vault_is_erased_and_what_is_named_is_confirmed(
    office: ImportOffice,
) -> None:
    await office.send(workbook(sample_rows(300)))

    await work_off(office, "import.kept_not_registered=kill")
    await work_off(office, "import.registered_not_committed=kill")
    await work_off(office)
    while await office.bench.identities().confirm():
        pass
    await office.rows("UPDATE business.identity SET kept_at = kept_at - interval '25 hours'", service="vault")
    erased = await office.bench.identities().erase()

    states = await office.rows(
        "SELECT state, count(*) FROM business.identity GROUP BY 1 ORDER BY 1", service="vault"
    )
    assert erased == 600
    assert [tuple(row) for row in states] == [("CONFIRMED", 300), ("ERASED", 600)]


async def test_two_worker_processes_at_once_enter_each_row_once(office: ImportOffice) -> None:
    file = workbook(sample_rows(1100))
    runs = [(await office.send(file)).json()["run_id"] for _ in range(2)]

    ends = await asyncio.gather(work_off(office), work_off(office))

    done = [await office.run(run_id) for run_id in runs]
    assert list(ends) == [0, 0]
    assert [run["state"] for run in done] == ["DONE", "DONE"]
    assert sum(run["imported"] for run in done) == 1100
    assert (await office.places())["reports"] == 1100
    assert await office.numbers_run_through()
