"""The register import whole: intake's api, the worker that registers, and a real vault.

``python -m tests.support.import_office`` works off what waits in a process of its own, which a crash point
may kill; it reads where everything lies from standard input.
"""

import asyncio
import io
import json
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol

import asyncpg
import httpx

from deploy.local.sample.organisation import PLACES, entries
from services.chassis.calendar import Calendar
from services.chassis.calling import Caller
from services.chassis.clocks import ClockRules
from services.chassis.database import Pool, open_pool
from services.chassis.security.sealing import KeyProvider, Sealer
from services.chassis.security.tokens import load_private
from services.intake.adapters import rule_files
from services.intake.adapters.directory_store import PostgresEntries
from services.intake.adapters.identity_steps import IdentityWorker
from services.intake.adapters.import_worker import ImportWorker
from services.intake.adapters.work import Tools
from services.intake.main import serving
from services.intake.settings import IntakeSettings
from services.vault.main import serving as vault_serving
from services.vault.settings import VaultSettings
from tests.support.installation import REFERENCE, Installation, client_of
from tests.support.platform import Platform

ROOT = Path(__file__).resolve().parents[2]
MAPPINGS = ROOT / "services" / "intake" / "rules" / "registers"
MESSAGES = MAPPINGS / "citizen-messages.yaml"
ORGAN = PLACES[0].code
AWAY = "http://127.0.0.1:9"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABLES = """
    SELECT schemaname, tablename FROM pg_tables
     WHERE schemaname IN ('business', 'mechanism', 'public')
     ORDER BY 1, 2
"""
PLACES_OF_ROWS = """
    SELECT count(*) AS rows,
           count(*) FILTER (WHERE report_id IS NOT NULL AND NOT conflict) AS entered,
           count(*) FILTER (WHERE returned_reason IS NOT NULL AND NOT conflict) AS returned,
           count(*) FILTER (WHERE conflict) AS conflicts,
           (SELECT count(*) FROM oracle.report) AS reports
      FROM oracle.import_row
"""
EVERYTHING_WRITTEN = """
    SELECT (SELECT count(*) FROM business.import_run) + (SELECT count(*) FROM business.import_spool)
         + (SELECT count(*) FROM business.import_returned) + (SELECT count(*) FROM business.import_row)
         + (SELECT count(*) FROM business.report) + (SELECT count(*) FROM business.party)
         + (SELECT count(*) FROM mechanism.outbox) + (SELECT count(*) FROM mechanism.idempotency)
"""
NUMBERS = """
    SELECT count(*) = max(serial) AND min(serial) = 1 AND count(*) = count(DISTINCT report_id)
      FROM business.receipt
"""
UNCLEAR = """
    SELECT count(*) FROM oracle.import_row
     WHERE (report_id IS NULL) = (returned_reason IS NULL) OR conflict <> (returned_reason = 'conflict')
"""


class _Waits(Protocol):
    async def step(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Where:
    """What a worker process needs to find: its databases as its roles see them, and its keys."""

    intake: str
    vault: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Bench:
    """A worker's parts, and the vault in the same process that it calls."""

    pool: Pool
    tools: Tools
    vault: Caller

    def importer(self) -> ImportWorker:
        """The worker that registers what waits."""
        return ImportWorker(self.pool, self.tools, self.vault, lambda: datetime.now(UTC))

    def identities(self, grace_seconds: int = 86_400) -> IdentityWorker:
        """The worker that keeps the vault in step."""
        return IdentityWorker(
            self.pool, self.tools, self.vault, lambda: datetime.now(UTC), 1.0, grace_seconds
        )


@asynccontextmanager
async def bench(where: Where) -> AsyncIterator[Bench]:
    """The parts of a worker, gone with the block."""
    install = Installation(where.folder, {})
    tools = Tools(
        Sealer(KeyProvider(where.folder / "keys"), database="intake"),
        Calendar.read(REFERENCE),
        ClockRules.read(REFERENCE / "clocks.yaml"),
        rule_files.read_rules(REFERENCE),
        lambda: datetime.now(UTC),
    )
    key = load_private(where.folder / "service-intake.pem")
    async with vault_serving(VaultSettings(**install.settings("vault", where.vault))) as served:
        transport = httpx.ASGITransport(served.app)
        async with Caller("http://vault", key, "intake", "vault", transport=transport) as vault:
            pool = await open_pool(where.intake, application="import-test")
            try:
                yield Bench(pool, tools, vault)
            finally:
                await pool.close()


@dataclass
class ImportOffice:
    """Everything an import passes through, and a look from above at what it left."""

    client: httpx.AsyncClient
    bench: Bench
    where: Where
    install: Installation
    platform: Platform
    databases: dict[str, str]

    @property
    def worker(self) -> ImportWorker:
        """The worker that registers what waits."""
        return self.bench.importer()

    def importer(self, *, organ: str = ORGAN) -> dict[str, str]:
        """The header of an importer of an organ."""
        return self.install.staff("intake", "importer", sub=f"{organ}-importer", organ=organ)

    async def send(
        self, file: Path | bytes, mapping: Path | bytes = MESSAGES, *, key: str = "", **more: str
    ) -> httpx.Response:
        """Send a register with its mapping and further parts."""
        headers = {**self.importer(), "Idempotency-Key": key or secrets.token_hex(8)}
        parts = form(_content(file), _content(mapping), **more)
        return await self.client.post("/intake/v1/imports", files=parts, headers=headers)

    async def imported(
        self, file: Path | bytes, mapping: Path | bytes = MESSAGES, **more: str
    ) -> dict[str, Any]:
        """Send a register, work off what waits, and return the counts of the run."""
        sent = await self.send(file, mapping, **more)
        assert sent.status_code == 202, sent.text
        await worked_off(self.worker)
        run = await self.run(sent.json()["run_id"])
        assert run["state"] == "DONE"
        return run

    async def run(self, run_id: str) -> dict[str, Any]:
        """The counts of a run as the api tells them; they always add up."""
        answer = await self.client.get(f"/intake/v1/imports/{run_id}", headers=self.importer())
        found: dict[str, Any] = answer.json()
        places = ("imported", "known", "returned", "conflict", "waiting")
        assert sum(found[place] for place in places) == found["rows"]
        return found

    async def returned(self, run_id: str) -> list[dict[str, Any]]:
        """Every row a run gave back, page by page."""
        rows: list[dict[str, Any]] = []
        more: dict[str, str] = {}
        while True:
            path = f"/intake/v1/imports/{run_id}/returned"
            page = (await self.client.get(path, params=more, headers=self.importer())).json()
            rows += page["rows"]
            if page["next_cursor"] is None:
                return rows
            more = {"cursor": page["next_cursor"]}

    async def rows(self, sql: str, *given: object, service: str = "intake") -> list[Any]:
        """A query from above."""
        connection = await asyncpg.connect(self.platform.server.dsn(self.databases[service]))
        try:
            return list(await connection.fetch(sql, *given))
        finally:
            await connection.close()

    async def value(self, sql: str, *given: object, service: str = "intake") -> Any:
        """The one value of a query from above."""
        return (await self.rows(sql, *given, service=service))[0][0]

    async def places(self) -> dict[str, int]:
        """Where all rows are, through the oracle; no row is in two places or in none."""
        assert await self.value(UNCLEAR) == 0
        return dict((await self.rows(PLACES_OF_ROWS))[0])

    async def written(self) -> int:
        """How many rows there are of anything an import may write."""
        return int(await self.value(EVERYTHING_WRITTEN))

    async def numbers_run_through(self) -> bool:
        """Whether the numbers of all receipts are 1 to n, one a report."""
        return bool(await self.value(NUMBERS))

    async def raw(self, service: str) -> dict[str, bytes]:
        """Every table of a service's database as bytes."""
        connection = await asyncpg.connect(self.platform.server.dsn(self.databases[service]))
        found = {}
        try:
            for schema, table in await connection.fetch(TABLES):
                file = io.BytesIO()
                whole = f'SELECT * FROM "{schema}"."{table}"'
                await connection.copy_from_query(whole, output=file, format="binary")
                found[f"{schema}.{table}"] = file.getvalue()
        finally:
            await connection.close()
        return found


def _content(file: Path | bytes) -> bytes:
    return file if isinstance(file, bytes) else file.read_bytes()


def form(register: bytes, mapping: bytes, **more: str) -> dict[str, Any]:
    """The parts of the form."""
    return {
        "register": ("register.xlsx", register, XLSX),
        "mapping": ("mapping.yaml", mapping, "application/yaml"),
        **{name: (None, value.encode(), "text/plain") for name, value in more.items()},
    }


async def worked_off(worker: _Waits) -> None:
    """Return when nothing waits."""
    while await worker.step():
        pass


@asynccontextmanager
async def import_office(platform: Platform, folder: Path) -> AsyncIterator[ImportOffice]:
    """An office with the sample organisation's directory, gone with the block."""
    install = Installation.make(folder, ("intake", "vault"))
    databases = {service: await platform.database(service) for service in ("intake", "vault")}
    where = Where(
        platform.dsn(databases["intake"], "intake", "worker"),
        platform.dsn(databases["vault"], "vault", "api"),
        folder,
    )
    dsn = platform.dsn(databases["intake"], "intake", "api")
    settings = IntakeSettings(**install.settings("intake", dsn, vault_url=AWAY, reception_url=AWAY))
    async with bench(where) as parts, serving(settings) as served, client_of(served.app) as client:
        async with parts.pool.acquire() as connection, connection.transaction():
            store = PostgresEntries(connection)
            for entry in entries():
                state = {**entry.state, "synthetic": entry.synthetic}
                since = date.fromisoformat(entry.effective_on)
                await store.put(entry.kind, entry.id, entry.organ, state, since)
        yield ImportOffice(client, parts, where, install, platform, databases)


async def _work_off(where: Where) -> None:
    async with bench(where) as parts:
        await worked_off(parts.importer())


if __name__ == "__main__":
    told = json.loads(sys.stdin.read())
    asyncio.run(_work_off(Where(told["intake"], told["vault"], Path(told["folder"]))))
