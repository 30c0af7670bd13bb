"""Analytics on its own database and topics; the other services are a mouth that says their facts."""

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import orjson
import pytest

from services.analytics.adapters.reference_files import read_codes
from services.analytics.adapters.stream import TOPICS
from services.analytics.domain.codes import Codes
from services.analytics.main import counting, serving
from services.analytics.settings import AnalyticsSettings
from services.chassis.broker import Broker
from services.chassis.consumer import Consumer
from services.chassis.database import Pool, open_pool
from services.chassis.facts import headers_of, new_event_id
from tests.support.eventually import eventually
from tests.support.installation import REFERENCE, Installation, client_of
from tests.support.platform import Platform

PARTITIONS = 3
SELECT_READ = """
    SELECT (SELECT coalesce(sum(next_offset), 0) FROM mechanism.consumer_position) AS read,
           EXISTS (SELECT FROM mechanism.waiting) AS waiting
"""
TOPIC_OF = {
    "intake": "petition.intake.reports.v1",
    "referral": "petition.referral.reports.v1",
    "review": "petition.review.cases.v1",
}
CHANGELOGS = [f"petition.analytics-live-{table}-changelog" for table in ("minute", "hour", "trace")]


@dataclass(frozen=True, slots=True)
class Said:
    """A record that was sent, so that it can be sent again."""

    topic: str
    key: str
    headers: list[tuple[str, bytes]]
    body: bytes


@dataclass(slots=True)
class Mouth:
    """Says facts as the other services would: headers of the envelope, a sequence for each aggregate."""

    broker: Broker
    counted: Counter[tuple[str, str]] = field(default_factory=Counter)

    def fact(
        self, kind: str, body: Mapping[str, Any], *, topic: str | None = None, at: datetime | None = None
    ) -> Said:
        """A fact with the next sequence of its aggregate, not yet sent."""
        topic = topic or TOPIC_OF[kind.partition(".")[0]]
        key = str(body.get("report_id") or body.get("visit_id") or body.get("session_id") or body["id"])
        subject = str(body.get("case_id", key))
        self.counted[topic, subject] += 1
        headers = headers_of(
            new_event_id(), kind, f"/{kind.partition('.')[0]}", subject, self.counted[topic, subject],
            at or datetime.now(UTC), None,
        )  # fmt: skip
        return Said(topic, key, headers, orjson.dumps(dict(body)))

    async def say(self, *facts: Said) -> None:
        """Send facts in this order; returns when the broker has them."""
        producer = await self.broker.producer()
        for fact in facts:
            await producer.send(
                self.broker.on_wire(fact.topic), fact.body, key=fact.key.encode(), headers=fact.headers
            )
        await producer.flush()
        await producer.stop()


@dataclass(slots=True)
class Bureau:
    """The service, its reader, and what a test may look at from outside."""

    mouth: Mouth
    worker: Pool
    api: Pool
    oracle: asyncpg.Connection
    client: httpx.AsyncClient
    installation: Installation
    settings: AnalyticsSettings
    codes: Codes

    def consumer(self) -> Consumer[Any]:
        """The reader that counts."""
        return counting(self.settings, self.worker, self.codes)

    @asynccontextmanager
    async def counting(self) -> AsyncIterator[Consumer[Any]]:
        """Let the reader run."""
        stop, consumer = asyncio.Event(), self.consumer()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(consumer.run(stop))
            try:
                yield consumer
            finally:
                stop.set()

    async def counted(self, records: int) -> None:
        """Count until so many records were read and none waits; returns when the reader has stopped."""

        async def read() -> bool:
            done = await self.worker.fetchrow(SELECT_READ)
            return done is not None and done["read"] >= records and not done["waiting"]

        async with self.counting():
            await eventually(read, 30)

    async def ask(self, path: str, *roles: str, by: str = "520100", sub: str = "P-1", **query: str) -> Any:
        """The JSON an officer gets; the status must be 200."""
        answer = await self.look(path, *roles, by=by, sub=sub, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def look(
        self, path: str, *roles: str, by: str = "520100", sub: str = "P-1", **query: str
    ) -> httpx.Response:
        """The answer an officer gets."""
        headers = self.installation.staff("analytics", *(roles or ("analyst",)), organ=by, sub=sub)
        return await self.client.get(f"/analytics/v1{path}", params=query, headers=headers)

    async def statistic(self, month: str, until: str | None = None, **more: str) -> Any:
        """The table of a month, or of a span."""
        return await self.ask("/statistics", **{"from": month, "to": until or month, **more})


def organ(id_: str, superior: str | None, name: str) -> dict[str, Any]:
    """An organ as the directory tells of it."""
    state = {"level": "PREFECTURE", "superior": superior, "region": id_, "areas": [id_[:4]], "name": name}
    entry = {"kind": "ORGAN", "id": id_, "organ": id_, "synthetic": True, "effective_on": "2020-01-01"}
    return entry | {"state": state}


def line(table: Any, block: str, code: str) -> Any:
    """One line of a block of a table."""
    lines = next(found["lines"] for found in table["blocks"] if found["code"] == block)
    return next(found for found in lines if found["code"] == code)


@pytest.fixture
async def bureau(platform: Platform, tmp_path: Path) -> AsyncIterator[Bureau]:
    prefix = f"t{secrets.token_hex(4)}."
    platform.make_topics([prefix + topic for topic in (*TOPICS, *CHANGELOGS)], PARTITIONS)
    name = await platform.database("analytics")
    installation = Installation.make(tmp_path, ("analytics",))
    broker = platform.broker(prefix)

    def settings(login: str) -> AnalyticsSettings:
        given = installation.settings(
            "analytics",
            platform.dsn(name, "analytics", login),
            kafka_bootstrap=broker.bootstrap,
            kafka_username=broker.username,
            kafka_password=broker.password,
            kafka_prefix=prefix,
        )
        return AnalyticsSettings.model_validate(given)

    worker = await open_pool(platform.dsn(name, "analytics", "worker"), application="test")
    api = await open_pool(platform.dsn(name, "analytics", "api"), application="test")
    oracle = await asyncpg.connect(platform.dsn(name, "analytics", "oracle"))
    async with serving(settings("api")) as served, client_of(served.app) as client:
        yield Bureau(
            Mouth(broker),
            worker,
            api,
            oracle,
            client,
            installation,
            settings("worker"),
            read_codes(REFERENCE),
        )
    await oracle.close()
    await api.close()
    await worker.close()


def report() -> UUID:
    """A report's random id."""
    return UUID(bytes=secrets.token_bytes(16), version=4)
