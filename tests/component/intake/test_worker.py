"""The two processes as they are put together, on the real broker: facts in, facts out, each once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import orjson
import pytest
from aiokafka import AIOKafkaProducer

from deploy.local.sample.organisation import entries, officer
from services.chassis.broker import Broker
from services.chassis.facts import headers_of, new_event_id
from services.chassis.lifecycle import run_jobs
from services.intake.adapters.stream import TOPICS
from services.intake.main import serving, working
from services.intake.settings import IntakeSettings
from tests.support.entry_desk import LOWER, ORGAN, TODAY, entry, party
from tests.support.eventually import eventually
from tests.support.installation import Installation, client_of
from tests.support.platform import Platform

pytestmark = pytest.mark.component
DIRECTORY, REFERRAL, REVIEW, VISITS = TOPICS
OWN = ("petition.intake.reports.v1", "petition.intake.exclusions.v1")
AWAY = "http://127.0.0.1:9"
SENT = "SELECT type, data FROM mechanism.outbox_archive WHERE key = $1 ORDER BY position"
PARTS = "SELECT organ, state FROM oracle.report WHERE report_id = $1::text::uuid"
ENTRIES = "SELECT count(*) FROM business.directory_entry"
WHOLE_WAY = [
    "report-registered",
    "exclusion-changed",
    "report-classified",
    "report-registered",
    "report-classified",
]
APPLIED = "SELECT count(*), count(DISTINCT (topic, aggregate_id, sequence)) FROM oracle.applied"


class Teller:
    """Says facts as their owners do, each of a subject under its next number."""

    def __init__(self, broker: Broker, producer: AIOKafkaProducer) -> None:
        self._broker, self._producer = broker, producer
        self._last: dict[tuple[str, str], int] = {}

    async def tell(self, topic: str, kind: str, subject: str, data: dict[str, Any], times: int = 1) -> None:
        """One fact, delivered as often as said."""
        sequence = self._last[topic, subject] = self._last.get((topic, subject), 0) + 1
        headers = headers_of(new_event_id(), kind, "/x", subject, sequence, datetime.now(UTC), None)
        for _ in range(times):
            await self._producer.send_and_wait(
                self._broker.on_wire(topic), orjson.dumps(data), subject.encode(), headers=headers
            )


@dataclass
class Service:
    """Both processes at work, and what a test may look at from above."""

    install: Installation
    client: httpx.AsyncClient
    teller: Teller
    above: asyncpg.Connection

    async def post(self, path: str, job: str, body: Any, version: int | None = None) -> Any:
        found = officer(ORGAN, job)
        who = self.install.staff("intake", *found.roles, sub=found.person, organ=ORGAN, seats=found.seats)
        match = {} if version is None else {"If-Match": f'"{version}"'}
        headers = {**who, **match, "Idempotency-Key": uuid4().hex}
        answer = await self.client.post(f"/intake/v1{path}", json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json()

    async def confirmed(self, **given: Any) -> str:
        report = str((await self.post("/reports", "clerk-1", entry(**given)))["report_id"])
        steps = (("complete", "clerk-1"), ("check", "clerk-2"), ("confirm", "head-1"))
        for version, (step, job) in enumerate(steps, 1):
            await self.post(f"/reports/{report}/{step}", job, {}, version)
        return report

    async def learn_the_directory(self) -> None:
        told = list(entries())
        for one in told:
            data = {
                "kind": one.kind, "id": one.id, "synthetic": True,
                "effective_on": one.effective_on, "state": dict(one.state),
            }  # fmt: skip
            await self.teller.tell(DIRECTORY, "referral.directory-changed.v1", one.id, data)

        async def known() -> bool:
            return bool(await self.above.fetchval(ENTRIES) == len(told))

        await eventually(known, 60)

    async def sent(self, report: str) -> list[str]:
        types = [row["type"] for row in await self.above.fetch(SENT, report)]
        return [type_.removeprefix("intake.").removesuffix(".v1") for type_ in types]

    async def parts(self, report: str) -> dict[str, str]:
        return {row["organ"]: row["state"] for row in await self.above.fetch(PARTS, report)}


@pytest.fixture
async def service(platform: Platform, tmp_path: Path) -> AsyncIterator[Service]:
    """Api and worker on a database and topics of their own; both stop in order afterwards."""
    install, prefix = Installation.make(tmp_path, ("intake",)), f"i{uuid4().hex[:8]}."
    database, broker = await platform.database("intake"), platform.broker(prefix)
    platform.make_topics([prefix + topic for topic in (*TOPICS, *OWN)])

    def settings(login: str) -> IntakeSettings:
        given = install.settings("intake", platform.dsn(database, "intake", login))
        kafka = {
            "kafka_bootstrap": f"127.0.0.1:{platform.kafka_port}",
            "kafka_username": "admin",
            "kafka_password": platform.admin_password,
            "kafka_prefix": prefix,
        }
        return IntakeSettings(**given, **kafka, vault_url=AWAY, reception_url=AWAY)

    above, producer = await asyncpg.connect(platform.server.dsn(database)), await broker.producer()
    stop = asyncio.Event()
    async with (
        working(settings("worker")) as work,
        serving(settings("api")) as served,
        client_of(served.app) as client,
    ):
        running = asyncio.create_task(run_jobs(work, stop, 10))
        yield Service(install, client, Teller(broker, producer), above)
        stop.set()
        assert await running is None
    await producer.stop()
    await above.close()


async def test_a_report_goes_out_and_its_transfer_comes_back_each_fact_once(service: Service) -> None:
    await service.learn_the_directory()
    report = await service.confirmed(parties=[party(persons=[f"{ORGAN}-case-1"])])
    about = {"report_id": report, "organ": ORGAN, "synthetic": True}
    signed = {**about, "organ": LOWER, "from_organ": ORGAN, "signed_on": TODAY.isoformat()}

    await service.teller.tell(REFERRAL, "referral.report-transferred.v1", report, about, times=3)
    await service.teller.tell(REFERRAL, "referral.transfer-signed-for.v1", report, signed, times=3)

    async def followed() -> bool:
        return await service.parts(report) == {ORGAN: "TRANSFERRED", LOWER: "UNDER_TRIAGE"}

    async def told_all() -> bool:
        return len(await service.sent(report)) == len(WHOLE_WAY)

    await eventually(followed, 60)
    await eventually(told_all, 60)
    applied, distinct = tuple(await service.above.fetchrow(APPLIED) or ())
    assert sorted(await service.sent(report)) == sorted(WHOLE_WAY)
    assert applied == distinct
    assert await service.above.fetchval("SELECT count(*) FROM mechanism.dead_letter") == 0


async def test_an_entry_of_the_directory_that_cannot_be_read_becomes_a_dead_letter_alone(
    service: Service,
) -> None:
    await service.learn_the_directory()
    broken = {
        "kind": "ORGAN", "id": "broken", "synthetic": True, "effective_on": "2020-01-01",
        "state": {"level": "MOON", "region": ORGAN},
    }  # fmt: skip

    await service.teller.tell(DIRECTORY, "referral.directory-changed.v1", "broken", broken)

    async def buried() -> bool:
        return bool(await service.above.fetchval("SELECT count(*) FROM mechanism.dead_letter") == 1)

    await eventually(buried, 60)
    assert await service.confirmed()
