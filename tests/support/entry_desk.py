"""The entry desk whole: intake's api over its own database, a real vault beside it, and what a worker does.

The directory is the sample organisation; the clock is one a test sets; facts of others are applied as the
consumer applies them, route by route, in a worker's transaction.
"""

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import orjson
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # ships no types

from deploy.local.sample.organisation import entries, officer
from services.chassis.calendar import Calendar, local_day
from services.chassis.calling import Caller
from services.chassis.clocks import ClockRules
from services.chassis.database import Pool, open_pool
from services.chassis.facts import Heard
from services.chassis.security.sealing import KeyProvider, Sealer
from services.chassis.security.tokens import Verifier, load_private
from services.intake.adapters import rule_files
from services.intake.adapters.directory_store import PostgresEntries
from services.intake.adapters.exclusion_round import ExclusionWorker
from services.intake.adapters.http import intake_app
from services.intake.adapters.http_desk import Counter
from services.intake.adapters.identity_steps import IdentityWorker
from services.intake.adapters.import_http import import_routes
from services.intake.adapters.register_mapping_file import read_spellings
from services.intake.adapters.stream import ROUTES
from services.intake.adapters.visit_steps import VisitWorker
from services.intake.adapters.work import PostgresUnit, Tools, begin_as_worker
from services.vault.main import serving as vault_serving
from services.vault.settings import VaultSettings
from tests.contract.catalogue import events
from tests.support.installation import REFERENCE, Installation, client_of
from tests.support.link import Link
from tests.support.platform import Platform

ORGAN, OTHER, LOWER = "520100", "520300", "520102"
"""The organ at whose desk a test sits (a prefecture), another of its level, and one below it."""
TODAY = local_day(datetime.now(UTC))
SAID = "SELECT type, data FROM mechanism.outbox WHERE key = $1 ORDER BY position"
PARTS = "SELECT organ, state FROM oracle.report WHERE report_id = $1"
EVERYTHING = """
    SELECT (SELECT count(*) FROM business.report) + (SELECT count(*) FROM business.report_content)
         + (SELECT count(*) FROM business.party) + (SELECT count(*) FROM business.party_name)
         + (SELECT count(*) FROM business.party_link) + (SELECT count(*) FROM business.report_party)
         + (SELECT count(*) FROM business.correction) + (SELECT count(*) FROM business.receipt)
         + (SELECT count(*) FROM mechanism.outbox) + (SELECT count(*) FROM mechanism.idempotency)
"""


@dataclass(slots=True)
class EntryDesk:
    """The desk with officers of the sample organisation, and what a test may look at from above."""

    client: httpx.AsyncClient
    installation: Installation
    worker: Pool
    vault_rows: asyncpg.Connection
    oracle: asyncpg.Connection
    tools: Tools
    vault: Caller
    link: Link
    clock: list[datetime]
    sequence: dict[str, int] = field(default_factory=dict)

    def who(self, job: str, organ: str = ORGAN) -> dict[str, str]:
        """The header of the officer who holds a job in an organ."""
        found = officer(organ, job)
        return self.installation.staff(
            "intake", *found.roles, sub=found.person, organ=organ, seats=tuple(found.seats)
        )

    async def send(
        self,
        method: str,
        path: str,
        job: str,
        body: Any = None,
        version: int | None = None,
        *,
        key: str = "",
        organ: str = ORGAN,
    ) -> httpx.Response:
        """A write with a key of its own unless one is given."""
        headers = {**self.who(job, organ), "Idempotency-Key": key or secrets.token_hex(8)}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return await self.client.request(method, f"/intake/v1{path}", headers=headers, json=body)

    async def post(
        self, path: str, job: str, body: Any = None, version: int | None = None, **more: str
    ) -> httpx.Response:
        """A POST; without a body an empty object goes."""
        return await self.send("POST", path, job, {} if body is None else body, version, **more)

    async def persistently(self, path: str, job: str, body: Any, organ: str = ORGAN) -> httpx.Response:
        """A full pool says 503: ask again, with the same key."""
        key = secrets.token_hex(8)
        while True:
            answer = await self.post(path, job, body, key=key, organ=organ)
            if answer.status_code != 503:
                return answer

    async def get(self, path: str, job: str, organ: str = ORGAN, **headers: str) -> httpx.Response:
        """A GET, with a reason for whoever asks for one."""
        asked = {**self.who(job, organ), "X-Reason": "reading for a test", **headers}
        return await self.client.get(f"/intake/v1{path}", headers=asked)

    async def entered(self, organ: str = ORGAN, **given: Any) -> str:
        """A report the first clerk entered."""
        answer = await self.post("/reports", "clerk-1", entry(**given), organ=organ)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["report_id"])

    async def confirmed(self, organ: str = ORGAN, **given: Any) -> str:
        """A report that was entered, checked by another and confirmed by the head; version 4."""
        report = await self.entered(organ, **given)
        steps = (("complete", "clerk-1"), ("check", "clerk-2"), ("confirm", "head-1"))
        for version, (step, job) in enumerate(steps, 1):
            answer = await self.post(f"/reports/{report}/{step}", job, version=version, organ=organ)
            assert answer.status_code == 200, answer.text
        return report

    async def tell(self, type_: str, data: Mapping[str, Any]) -> None:
        """Apply a fact of another service as the consumer would."""
        route = ROUTES[type_]
        subject = str(data.get("report_id") or data.get("visit_id") or data["id"])
        self.sequence[subject] = self.sequence.get(subject, 0) + 1
        heard = Heard(
            topic=f"petition.{type_.partition('.')[0]}.tests.v1",
            partition=0,
            offset=0,
            key=subject,
            event_id=uuid4(),
            type=type_,
            source="/test",
            subject=subject,
            sequence=self.sequence[subject],
            time=self.clock[0],
            data=dict(data),
            causation_id=None,
            traceparent=None,
            raw=b"",
            headers=(),
        )
        async with begin_as_worker(self.worker, self.tools, "service-intake") as unit:
            acting = PostgresUnit(unit.connection, self.tools, "service-intake", causation=heard.event_id)
            await route.reaction(route.told(heard), heard, acting)

    async def directory(self, kind: str, id_: str, state: Mapping[str, Any], since: date) -> None:
        """Tell of a change of the directory."""
        told = {"kind": kind, "id": id_, "synthetic": True, "effective_on": since.isoformat(), "state": state}
        await self.tell("referral.directory-changed.v1", told)

    def exclusions(self) -> ExclusionWorker:
        """The worker that computes excluded sets anew."""
        return ExclusionWorker(self.worker, self.tools, lambda: self.clock[0], 1.0)

    def identities(self) -> IdentityWorker:
        """The worker that keeps the vault in step."""
        return IdentityWorker(self.worker, self.tools, self.vault, lambda: self.clock[0], 1.0, 86_400)

    def visits(self, reception: Caller) -> VisitWorker:
        """The worker that fetches what reception signed off."""
        return VisitWorker(self.worker, self.tools, reception, lambda: self.clock[0], 1.0)

    async def said(self, report: str) -> list[str]:
        """The types of the facts said of a report, oldest first."""
        return [row["type"] for row in await self.worker.fetch(SAID, report)]

    async def facts(self, report: str, type_: str) -> list[dict[str, Any]]:
        """What the facts of one type said of a report; each fits its schema."""
        rows = await self.worker.fetch(SAID, report)
        found = [orjson.loads(row["data"]) for row in rows if row["type"] == type_]
        for data in found:
            assert list(Draft202012Validator(events()[type_].schema).iter_errors(data)) == []
        return found

    async def parts(self, report: str) -> dict[str, str]:
        """The state of each part, as the oracle shows it."""
        rows = await self.oracle.fetch(PARTS, UUID(report))
        return {row["organ"]: row["state"] for row in rows}

    async def kept_identities(self) -> dict[str, str]:
        """The state of each reference the vault knows."""
        rows = await self.vault_rows.fetch("SELECT reporter_ref, state FROM business.identity")
        return {str(row["reporter_ref"]): row["state"] for row in rows}

    async def row(self, report: str) -> Mapping[str, Any]:
        """The row of a report."""
        query = "SELECT * FROM business.report WHERE report_id = $1"
        return dict((await self.worker.fetch(query, UUID(report)))[0])

    async def everything(self) -> int:
        """How many rows there are of anything the desk may write, the trail aside."""
        return int(await self.worker.fetchval(EVERYTHING))


def entry(**given: Any) -> dict[str, Any]:
    """A report as a clerk enters it, complete as it stands."""
    return {
        "superior_level": False,
        "arrival": {"received_on": TODAY.isoformat(), "channel": "LETTER"},
        "content": {
            "text": "反映某单位违规发放补贴（虚构样例）。",
            "title": "违规发放补贴（虚构）",
            "summary": "反映某单位违规发放补贴（虚构）。",
            "allegations": [{"what": "违规发放补贴（虚构）", "where": "某单位"}],
        },
        "classification": {"nature": "N1", "violations": ["V3-08"], "primary_violation": "V3-08"},
        "parties": [party()],
    } | given


def elements(**given: Any) -> dict[str, Any]:
    """The body that puts the elements anew."""
    whole = entry(**given)
    return {name: value for name, value in whole.items() if name not in {"superior_level", "parties"}}


def party(**given: Any) -> dict[str, Any]:
    """A reported person whom the organ may handle."""
    return {"party_type": "PERSON", "name": "贺兰舟", "authority": "PREFECTURE", "region": ORGAN} | given


@asynccontextmanager
async def entry_desk(platform: Platform, folder: Path) -> AsyncIterator[EntryDesk]:
    """A desk with the sample organisation's directory, gone with the block."""
    install = Installation.make(folder, ("intake", "vault", "reception"))
    name, vault_name = await platform.database("intake"), await platform.database("vault")
    keys = KeyProvider(folder / "keys")
    clock = [datetime.now(UTC)]
    tools = Tools(
        Sealer(keys, database="intake"),
        Calendar.read(REFERENCE),
        ClockRules.read(REFERENCE / "clocks.yaml"),
        rule_files.read_rules(REFERENCE),
        lambda: clock[0],
    )
    async with AsyncExitStack() as stack:
        api = await _pool(stack, platform.dsn(name, "intake", "api"))
        worker = await _pool(stack, platform.dsn(name, "intake", "worker"))
        vault_dsn = platform.dsn(vault_name, "vault", "api")
        vault_rows = await asyncpg.connect(platform.server.dsn(vault_name))
        stack.push_async_callback(vault_rows.close)
        oracle = await asyncpg.connect(platform.dsn(name, "intake", "oracle"))
        stack.push_async_callback(oracle.close)
        served = await stack.enter_async_context(
            vault_serving(VaultSettings(**install.settings("vault", vault_dsn)))
        )
        link = Link(served.app)
        key = load_private(folder / "service-intake.pem")
        vault = await stack.enter_async_context(Caller("http://vault", key, "intake", "vault", link))
        secret = keys.secret("idempotency")
        app = intake_app(
            Counter(api, tools, secret, vault, lambda: clock[0]),
            Verifier.read(folder / "tokens.json", "intake"),
            rule_files.permissions(),
            api,
            import_routes(api, tools, read_spellings(REFERENCE), lambda: clock[0], secret),
            rule_files.read_code_lists(REFERENCE),
        )
        client = await stack.enter_async_context(client_of(app))
        await _tell_directory(worker)
        yield EntryDesk(client, install, worker, vault_rows, oracle, tools, vault, link, clock)


async def _pool(stack: AsyncExitStack, dsn: str) -> Pool:
    pool = await open_pool(dsn, application="test")
    stack.push_async_callback(pool.close)
    return pool


async def _tell_directory(pool: Pool) -> None:
    async with pool.acquire() as connection, connection.transaction():
        store = PostgresEntries(connection)
        for told in entries():
            state = {**told.state, "synthetic": told.synthetic}
            await store.put(told.kind, told.id, told.organ, state, date.fromisoformat(told.effective_on))
