"""The register import: every row in one place, again adds nothing, exact after a kill."""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from deploy.local.sample.corpus import messages, write_register
from services.chassis.calendar import Calendar
from services.chassis.calling import Caller
from services.chassis.clocks import ClockRules
from services.chassis.database import Pool, open_pool
from services.chassis.security.sealing import KeyProvider, Sealer
from services.chassis.security.tokens import load_private
from services.intake.adapters import rule_files
from services.intake.adapters.directory_store import PostgresEntries
from services.intake.adapters.import_worker import ImportWorker
from services.intake.adapters.work import Tools
from services.intake.main import serving
from services.intake.settings import IntakeSettings
from services.vault.main import serving as vault_serving
from services.vault.settings import VaultSettings
from tests.support.installation import REFERENCE, Installation, client_of
from tests.support.platform import Platform

pytestmark = pytest.mark.component
ROOT = Path(__file__).resolve().parents[3]
DATA = Path(os.environ.get("DENGWEN_DATA") or ROOT.parent / "shared" / "data")
REAL = DATA / "citizen-messages.xlsx"
MAPPING = ROOT / "services" / "intake" / "rules" / "registers" / "citizen-messages.yaml"
ORGAN = "520000"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PLACES = """
    SELECT count(*) AS rows,
           count(*) FILTER (WHERE report_id IS NOT NULL AND NOT conflict) AS entered,
           count(*) FILTER (WHERE returned_reason IS NOT NULL AND NOT conflict) AS returned,
           (SELECT count(*) FROM business.report) AS reports
      FROM business.import_row
"""
needs_the_real_register = pytest.mark.skipif(
    not REAL.exists(), reason="the real register is not here: name its folder in DENGWEN_DATA"
)


class Killed(Exception):
    """What a worker that was killed leaves: a transaction that never committed."""


@dataclass
class Office:
    """The api of intake, the worker that registers, and a real vault, all in this process."""

    client: httpx.AsyncClient
    pool: Pool
    worker: ImportWorker
    importer: dict[str, str]

    async def send(self, file: Path, **more: str) -> httpx.Response:
        headers = {**self.importer, "Idempotency-Key": secrets.token_hex(8)}
        return await self.client.post("/intake/v1/imports", files=form(file, **more), headers=headers)

    async def imported(self, file: Path) -> dict[str, Any]:
        sent = await self.send(file)
        assert sent.status_code == 202, sent.text
        while await self.worker.step():
            pass
        run = await self.client.get(f"/intake/v1/imports/{sent.json()['run_id']}", headers=self.importer)
        found: dict[str, Any] = run.json()
        assert found["state"] == "DONE"
        return found

    async def places(self) -> dict[str, int]:
        row = await self.pool.fetchrow(PLACES)
        return dict(row) if row is not None else {}


def form(file: Path, **more: str) -> dict[str, Any]:
    return {
        "register": (file.name, file.read_bytes(), XLSX),
        "mapping": (MAPPING.name, MAPPING.read_bytes(), "application/yaml"),
        **{name: (None, value.encode(), "text/plain") for name, value in more.items()},
    }


@pytest.fixture
async def office(platform: Platform, tmp_path: Path) -> AsyncIterator[Office]:
    install = Installation.make(tmp_path, ("intake", "vault"))
    ours, theirs = await platform.database("intake"), await platform.database("vault")
    async with AsyncExitStack() as stack:
        vault_settings = VaultSettings(**install.settings("vault", platform.dsn(theirs, "vault", "api")))
        vault_app = (await stack.enter_async_context(vault_serving(vault_settings))).app
        key = load_private(tmp_path / "service-intake.pem")
        transport = httpx.ASGITransport(vault_app)
        vault = await stack.enter_async_context(
            Caller("http://vault", key, "intake", "vault", transport=transport)
        )
        pool = await open_pool(platform.dsn(ours, "intake", "worker"), application="test")
        stack.push_async_callback(pool.close)
        async with pool.acquire() as connection, connection.transaction():
            state = {"level": "PROVINCE", "region": ORGAN, "areas": ["52"], "name": "虚构", "synthetic": True}
            await PostgresEntries(connection).put("ORGAN", ORGAN, ORGAN, state, date(2001, 1, 1))
        away = "http://127.0.0.1:9"
        settings = IntakeSettings(
            **install.settings(
                "intake", platform.dsn(ours, "intake", "api"), vault_url=away, reception_url=away
            )
        )
        app = (await stack.enter_async_context(serving(settings))).app
        client = await stack.enter_async_context(client_of(app))
        tools = Tools(
            Sealer(KeyProvider(settings.keys_folder), database="intake"),
            Calendar.read(REFERENCE),
            ClockRules.read(REFERENCE / "clocks.yaml"),
            rule_files.read_rules(REFERENCE),
        )
        worker = ImportWorker(pool, tools, vault, lambda: datetime.now(UTC))
        yield Office(client, pool, worker, install.staff("intake", "importer", sub="importer-1", organ=ORGAN))


def seeded(folder: Path, count: int = 1200) -> Path:
    file = folder / "seeded.xlsx"
    write_register(file, list(messages(count, 7, date(2019, 1, 1), date(2019, 6, 30))))
    return file


async def test_the_same_file_again_adds_nothing(office: Office, tmp_path: Path) -> None:
    file = seeded(tmp_path)

    first, again = await office.imported(file), await office.imported(file)

    assert (first["imported"], first["known"]) == (1200, 0)
    assert (again["imported"], again["known"]) == (0, 1200)
    assert (await office.places())["reports"] == 1200


async def test_a_dry_run_counts_the_same_and_writes_nothing(office: Office, tmp_path: Path) -> None:
    dry = await office.send(seeded(tmp_path, 50), dry_run="true")

    assert (dry.status_code, dry.json()["rows"], dry.json()["returned"]) == (200, 50, 0)
    assert await office.places() == {"rows": 0, "entered": 0, "returned": 0, "reports": 0}


async def test_a_worker_killed_in_a_chunk_leaves_it_whole_for_the_next(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.send(seeded(tmp_path))
    await office.worker.step()

    async def die(name: str) -> None:
        if name == "import.registered_not_committed":
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("services.intake.adapters.import_worker.crash_point", die)
        with pytest.raises(Killed):
            await office.worker.step()
    half = await office.places()
    while await office.worker.step():
        pass

    assert half["entered"] == half["reports"] == 500
    assert await office.places() == {"rows": 1200, "entered": 1200, "returned": 0, "reports": 1200}


async def test_a_file_that_is_no_workbook_is_refused_whole(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "no.xlsx"
    file.write_bytes(b"PK\x03\x04 not a workbook")

    refused = await office.send(file)

    assert (refused.status_code, refused.json()["code"]) == (422, "no-workbook")
    assert (await office.places())["rows"] == 0


async def test_only_an_importer_may_import(office: Office, tmp_path: Path) -> None:
    nobody = {"register": ("a.xlsx", seeded(tmp_path, 3).read_bytes(), XLSX)}

    refused = await office.client.post("/intake/v1/imports", files=nobody)

    assert refused.status_code == 401


@needs_the_real_register
async def test_each_row_of_the_real_register_is_in_exactly_one_place_and_ten_spoiled_ones_come_back(
    office: Office, tmp_path: Path
) -> None:
    counts = await office.imported(REAL)
    spoiled = await office.imported(_with_ten_spoiled(tmp_path / "spoiled.xlsx"))

    assert counts["rows"] == counts["imported"] + counts["returned"] + counts["conflict"] == 2816
    assert (spoiled["imported"], spoiled["conflict"]) == (0, 0)
    assert spoiled["returned"] == counts["returned"] + 10
    assert (await office.places())["reports"] == counts["imported"]


def _with_ten_spoiled(file: Path) -> Path:
    """The real register with the dates of ten rows made unreadable."""
    rows = CalamineWorkbook.from_path(str(REAL)).get_sheet_by_index(0).to_python()
    head = rows[0]
    place, spoiled = head.index("留言时间"), 0
    book = xlsxwriter.Workbook(str(file), {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("Sheet1")
    for number, row in enumerate(rows):
        cells = list(row)
        if number and number % 250 == 0 and spoiled < 10:
            cells[place], spoiled = "某年某月", spoiled + 1
        for column, cell in enumerate(cells):
            if isinstance(cell, str | int | float) and not isinstance(cell, bool):
                sheet.write(number, column, cell)
            elif cell is not None:
                sheet.write(number, column, str(cell))
    book.close()
    assert spoiled == 10
    return file
