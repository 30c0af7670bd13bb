"""The referral service whole: its api in this process, its worker on the real broker and database."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import orjson
import pytest

from services.chassis.broker import Broker
from services.chassis.calendar import local_day
from services.chassis.database import Pool, open_pool
from services.chassis.facts import headers_of, new_event_id
from services.referral.adapters.stream import TOPICS
from services.referral.main import serving, working
from services.referral.settings import ReferralSettings
from tests.support.eventually import eventually
from tests.support.installation import Installation, client_of
from tests.support.platform import Platform
from tests.support.referral_offices import PROVINCE, offices

REPORTS, EXCLUSIONS, CASES = TOPICS
OWN = ("petition.referral.reports.v1", "petition.referral.directory.v1")
TODAY = local_day(datetime.now(UTC))


def party(**given: Any) -> dict[str, Any]:
    """A reported person under a province-managed unit, unless said otherwise."""
    person = {"party": str(uuid4()), "party_type": "PERSON", "authority": "PROVINCIAL", "region": PROVINCE}
    return person | given


def classification(report_id: UUID, organ: str = PROVINCE, **given: Any) -> dict[str, Any]:
    """The data of ``intake.report-classified``: an initial accusation against a province-managed person."""
    return {
        "report_id": str(report_id),
        "organ": organ,
        "synthetic": True,
        "version": 1,
        "received_on": TODAY.isoformat(),
        "channel": "LETTER",
        "source": "SELF_RECEIVED",
        "name_status": "ANONYMOUS",
        "reporter_count": 1,
        "nature": "N1",
        "occurrence": "INITIAL",
        "violations": ["V4"],
        "themes": ["T_LIVELIHOOD"],
        "oos_kinds": [],
        "has_oos_part": False,
        "oos_impact": False,
        "study_reasons": [],
        "urgency": "NORMAL",
        "taxonomy_version": "2026.1",
        "imported": False,
        "parties": [party()],
    } | given


@dataclass
class House:
    """One running service with what a test needs to speak to it."""

    installation: Installation
    client: httpx.AsyncClient
    broker: Broker
    pool: Pool
    platform: Platform
    database: str
    sequences: dict[tuple[str, str], int] = field(default_factory=dict)

    def who(
        self, word: str, *roles: str, organ: str = PROVINCE, seats: tuple[str, ...] = ()
    ) -> dict[str, str]:
        """The header of the person who holds the seat ``word`` of an organ."""
        held = seats or (f"{organ}-{word}",)
        return self.installation.staff("referral", *roles, sub=f"P-{organ}-{word}", organ=organ, seats=held)

    def head(self, organ: str = PROVINCE) -> dict[str, str]:
        """The petition head of an organ."""
        return self.who("head", "petition-head", organ=organ)

    def handler(self, organ: str = PROVINCE) -> dict[str, str]:
        """The handler in the supervision department of an organ."""
        return self.who("handler", "handler", organ=organ)

    async def tell(
        self, topic: str, kind: str, data: dict[str, Any], *, subject: str | None = None, **twist: Any
    ) -> UUID:
        """Say a fact as its owner would; ``event_id`` and ``sequence`` may be given."""
        name = subject or str(data["report_id"])
        following = self.sequences.get((topic, name), 0) + 1
        sequence = int(twist.get("sequence", following))
        self.sequences[topic, name] = max(sequence, following - 1)
        event_id: UUID = twist.get("event_id") or new_event_id()
        headers = headers_of(event_id, kind, "/test", name, sequence, datetime.now(UTC), None)
        producer = await self.broker.producer()
        try:
            await producer.send_and_wait(
                self.broker.on_wire(topic),
                orjson.dumps(data),
                key=str(data["report_id"]).encode(),
                headers=headers,
            )
        finally:
            await producer.stop()
        return event_id

    async def classified(self, organ: str = PROVINCE, **given: Any) -> UUID:
        """A report that was just classified, with its part open at the desk."""
        report_id = given.pop("report_id", None) or uuid4()
        await self.tell(REPORTS, "intake.report-classified.v1", classification(report_id, organ, **given))
        await self.until(
            "SELECT count(*) = 1 FROM part WHERE report_id = $1 AND organ = $2", report_id, organ
        )
        return UUID(str(report_id))

    async def excluded(self, report_id: UUID, version: int = 1, **sets: list[str]) -> None:
        """Intake's excluded set, told; returns when it stands."""
        told = {f"excluded_{name}": sets.get(name, []) for name in ("units", "seats", "officers")}
        data = {"report_id": str(report_id), "organ": PROVINCE, "synthetic": True, "version": version}
        await self.tell(EXCLUSIONS, "intake.exclusion-changed.v1", data | told, sequence=version)
        await self.until(
            "SELECT count(*) = 1 FROM exclusion WHERE report_id = $1 AND version = $2", report_id, version
        )

    async def reviewed(self, kind: str, report_id: UUID, **given: Any) -> None:
        """A fact of review about the case of a report."""
        data = {"case_id": "c-1", "report_id": str(report_id), "organ": PROVINCE, "synthetic": True}
        await self.tell(CASES, f"review.{kind}.v1", data | given, subject=f"case-{report_id}")

    async def until(self, query: str, *args: Any) -> None:
        """Return when the query is true."""

        async def holds() -> bool:
            return bool(await self.pool.fetchval(query, *args))

        await eventually(holds)

    async def post(
        self,
        path: str,
        who: dict[str, str],
        body: Any = None,
        version: int | None = None,
        key: str | None = None,
    ) -> httpx.Response:
        """A write with a key of its own."""
        headers = who | {"Idempotency-Key": key or secrets.token_hex(8)}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return await self.client.post(f"/referral/v1{path}", headers=headers, json=body)

    async def meeting(self, who: dict[str, str], members: list[str]) -> httpx.Response:
        """A meeting of the office today, which the clerk records."""
        recorder = f"P-{PROVINCE}-clerk"
        held = {"held_on": TODAY.isoformat(), "tier": "OFFICE", "present": members, "recorder": recorder}
        return await self.post("/meetings", who, held)

    async def act(self, report_id: UUID, verb: str, who: dict[str, str], body: Any = None) -> httpx.Response:
        """One act upon the version that now stands."""
        version = await self.pool.fetchval(
            "SELECT max(version) FROM part WHERE report_id = $1 AND state <> 'TRANSFERRED'", report_id
        )
        return await self.post(f"/reports/{report_id}/{verb}", who, body, version)

    async def get(self, path: str, who: dict[str, str]) -> httpx.Response:
        """A read."""
        return await self.client.get(f"/referral/v1{path}", headers=who)

    async def state(self, report_id: UUID, organ: str = PROVINCE) -> str:
        """The state of a part."""
        return str(
            await self.pool.fetchval(
                "SELECT state FROM part WHERE report_id = $1 AND organ = $2", report_id, organ
            )
        )

    async def said(self, report_id: UUID) -> list[str]:
        """The types said of a report, in order."""
        rows = await self.pool.fetch(
            "SELECT type, sequence FROM mechanism.outbox WHERE subject = $1 "
            "UNION ALL SELECT type, sequence FROM mechanism.outbox_archive WHERE subject = $1 ORDER BY 2",
            str(report_id),
        )
        return [row["type"].removeprefix("referral.").removesuffix(".v1") for row in rows]

    @asynccontextmanager
    async def as_role(self, login: str) -> AsyncIterator[asyncpg.Connection]:
        """A bare connection as one of the service's roles."""
        connection = await asyncpg.connect(self.platform.dsn(self.database, "referral", login))
        try:
            yield connection
        finally:
            await connection.close()


def approval(organ: str = PROVINCE, word: str = "deputy", on: date = TODAY) -> dict[str, str]:
    """The approval of an organ's deputy."""
    return {"seat": f"{organ}-{word}", "approved_on": on.isoformat()}


def move_body() -> dict[str, Any]:
    """What a move needs."""
    return {"approval": approval(), "case_management_told": True}


@pytest.fixture(scope="module")
async def house(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The service at work, its directory loaded."""
    prefix = f"t{secrets.token_hex(4)}."
    platform.make_topics([prefix + topic for topic in (*TOPICS, *OWN)])
    database = await platform.database("referral")
    installation = Installation.make(Path(tmp_path_factory.mktemp("keys")), ("referral",))
    broker = platform.broker(prefix)

    def settings(login: str) -> ReferralSettings:
        return ReferralSettings(
            **installation.settings(
                "referral",
                platform.dsn(database, "referral", login),
                kafka_bootstrap=broker.bootstrap,
                kafka_username=broker.username,
                kafka_password=broker.password,
                kafka_prefix=prefix,
                directory_sweep_seconds=0.1,
            )
        )

    pool = await open_pool(platform.dsn(database, "referral", "worker"), application="test")
    stop = asyncio.Event()
    async with (
        serving(settings("api")) as served,
        working(settings("worker")) as work,
        client_of(served.app) as client,
        asyncio.TaskGroup() as jobs,
    ):
        for job in work.jobs.values():
            jobs.create_task(_run(job, stop))
        house = House(installation, client, broker, pool, platform, database)
        answer = await client.put(
            "/referral/v1/directory",
            headers=installation.staff("referral", "directory-keeper") | {"Idempotency-Key": "load"},
            json={"entries": offices()},
        )
        assert answer.status_code == 200, answer.text
        try:
            yield house
        finally:
            stop.set()
    await pool.close()


async def _run(job: Any, stop: asyncio.Event) -> None:
    await job(stop)
