"""The two processes as they are put together, on the real broker: facts in, facts out."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import orjson
import pytest

from services.chassis.facts import headers_of, new_event_id
from services.chassis.lifecycle import run_jobs
from services.reception.adapters.stream import TOPICS
from services.reception.main import serving, working
from services.reception.settings import ReceptionSettings
from tests.component.reception.conftest import ENTRIES, ORGAN, ROSTER_DAY, session_body
from tests.support.eventually import eventually
from tests.support.installation import Installation, client_of
from tests.support.platform import Platform

pytestmark = pytest.mark.component
DIRECTORY, EXCLUSIONS, REPORTS = TOPICS
SESSIONS = "petition.reception.sessions.v1"


async def test_the_directory_comes_in_and_a_published_session_goes_out(
    platform: Platform, tmp_path: Path
) -> None:
    install, prefix = Installation.make(tmp_path, ("reception",)), f"r{uuid4().hex[:8]}."
    database = await platform.database("reception")
    platform.make_topics([prefix + t for t in (*TOPICS, SESSIONS, "petition.reception.visits.v1")])
    broker, report = platform.broker(prefix), uuid4()
    owner = await asyncpg.connect(platform.server.dsn(database))
    producer = await broker.producer()

    async def tell(topic: str, kind: str, subject: str, sequence: int, data: dict[str, Any]) -> None:
        headers = headers_of(new_event_id(), kind, "/x", subject, sequence, datetime.now(UTC), None)
        await producer.send_and_wait(
            broker.on_wire(topic), orjson.dumps(data), subject.encode(), headers=headers
        )

    def settings(login: str) -> ReceptionSettings:
        given = install.settings("reception", platform.dsn(database, "reception", login))
        kafka = {
            "kafka_bootstrap": f"127.0.0.1:{platform.kafka_port}",
            "kafka_username": "admin",
            "kafka_password": platform.admin_password,
            "kafka_prefix": prefix,
        }
        return ReceptionSettings(**given, **kafka)

    async def said() -> list[str]:
        rows = await owner.fetch("SELECT type FROM mechanism.outbox_archive ORDER BY position")
        return [row["type"] for row in rows]

    async def heard(table: str) -> int:
        return int(await owner.fetchval(f"SELECT count(*) FROM business.{table}"))

    stop = asyncio.Event()
    async with working(settings("worker")) as work, serving(settings("api")) as served:
        running = asyncio.create_task(run_jobs(work, stop, 5))
        for kind, id_, state in ENTRIES:
            body = {"kind": kind, "id": id_, "synthetic": True, "effective_on": "2026-01-01", "state": state}
            await tell(DIRECTORY, "referral.directory-changed.v1", id_, 1, body)
        about = {"report_id": str(report), "organ": ORGAN, "synthetic": True}
        listed = {"excluded_units": ["works"], "excluded_seats": [], "excluded_officers": ["director"]}
        for sequence in (1, 1, 2):
            told = {**about, **listed, "version": sequence}
            await tell(EXCLUSIONS, "intake.exclusion-changed.v1", str(report), sequence, told)
        await tell(REPORTS, "intake.report-frozen.v1", str(report), 1, about)

        async def settled() -> bool:
            counts = [await heard(table) for table in ("directory_entry", "exclusion", "frozen")]
            return counts == [len(ENTRIES), 2, 1]

        await eventually(settled)
        day = datetime.now(UTC).date() + timedelta(days=30)
        async with client_of(served.app) as client:

            async def post(who: str, role: str, path: str, body: object, **more: str) -> Any:
                headers = install.staff("reception", role, sub=who, organ=ORGAN)
                answer = await client.post(
                    f"/reception/v1{path}",
                    json=body,
                    headers=headers | {"Idempotency-Key": uuid4().hex} | more,
                )
                assert answer.is_success, answer.text
                return answer.json() if answer.content else None

            row = {**ROSTER_DAY, "day": day.isoformat(), "leader_seat": "seat-leader"}
            roster = await post("clerk", "receptionist", "/rosters", {"year": day.year, "days": [row]})
            await post("deputy", "deputy-in-charge", f"/rosters/{roster['roster_id']}/approve", None)
            made = await post("clerk", "receptionist", "/sessions", session_body(day, 2))
            publish = f"/sessions/{made['session_id']}/publish"
            await post("head", "petition-head", publish, None, **{"If-Match": '"1"'})

        async def published() -> bool:
            return await said() == ["reception.session-published.v1"]

        await eventually(published)
        assert work.health.started
        stop.set()
        assert await running is None
    await producer.stop()
    await owner.close()
