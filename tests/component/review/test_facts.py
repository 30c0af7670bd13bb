"""Facts in and facts out through a real broker: opened, waited for, heard twice, called off."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson
import pytest

from services.chassis.broker import Broker
from services.chassis.facts import headers_of, new_event_id
from services.chassis.lifecycle import run_jobs
from services.review.main import working
from services.review.settings import ReviewSettings
from tests.component.review.conftest import LOWER, UPPER, entries
from tests.support.eventually import eventually
from tests.support.installation import Installation
from tests.support.platform import Platform

pytestmark = pytest.mark.component
DIRECTORY, EXCLUSIONS = "petition.referral.directory.v1", "petition.intake.exclusions.v1"
REPORTS, INTAKE, CASES = (
    "petition.referral.reports.v1",
    "petition.intake.reports.v1",
    "petition.review.cases.v1",
)


class House:
    """The worker's surroundings: a broker to tell through, a connection to look with."""

    def __init__(self, broker: Broker, connection: Any) -> None:
        self.broker, self.connection = broker, connection
        self.told: dict[tuple[str, str], int] = {}

    async def tell(
        self, topic: str, kind: str, subject: str, data: dict[str, object], *, times: int = 1
    ) -> None:
        """Say a fact of another service, perhaps more than once."""
        number = self.told[topic, subject] = self.told.get((topic, subject), 0) + 1
        service = kind.partition(".")[0]
        headers = headers_of(new_event_id(), kind, f"/{service}", subject, number, datetime.now(UTC), None)
        producer = await self.broker.producer()
        try:
            for _ in range(times):
                await producer.send_and_wait(
                    self.broker.on_wire(topic), orjson.dumps(data), subject.encode(), headers=headers
                )
        finally:
            await producer.stop()

    async def tell_directory(self) -> None:
        """The invented province."""
        for entry in entries():
            data = {
                "kind": entry.kind,
                "id": entry.id,
                "synthetic": True,
                "effective_on": entry.effective_on.isoformat(),
                "state": dict(entry.state),
            }
            await self.tell(DIRECTORY, "referral.directory-changed.v1", entry.id, data)

    async def tell_assignment(self, report: UUID, *, times: int = 1) -> None:
        """A report assigned by the upper organ to the lower."""
        data: dict[str, object] = {
            "report_id": str(report),
            "organ": UPPER,
            "synthetic": True,
            "target_organ": LOWER,
            "ground": "A2",
            "themes": ["T01"],
            "assigned_on": "2026-03-02",
            "officers": ["handler"],
        }
        await self.tell(REPORTS, "referral.report-assigned.v1", str(report), data, times=times)

    async def states(self, report: UUID) -> list[str]:
        """The states of the report's cases."""
        rows = await self.connection.fetch(
            "SELECT state FROM business.assigned_case WHERE report_id = $1 ORDER BY opened_at", report
        )
        return [row["state"] for row in rows]

    async def comes_to(self, report: UUID, *states: str) -> None:
        """Wait until the report's cases stand so."""

        async def so() -> bool:
            return await self.states(report) == list(states)

        await eventually(so)


@asynccontextmanager
async def at_work(settings: ReviewSettings) -> AsyncIterator[None]:
    """The worker process, for as long as the block lasts."""
    stop = asyncio.Event()
    async with working(settings) as work:
        running = asyncio.create_task(run_jobs(work, stop, 5))
        try:
            yield
        finally:
            stop.set()
            await running


@pytest.fixture
async def house(platform: Platform, tmp_path: Path) -> AsyncIterator[tuple[House, ReviewSettings]]:
    """A worker's settings with topics and a database of its own."""
    prefix = f"t{uuid4().hex[:8]}."
    platform.make_topics([prefix + topic for topic in (DIRECTORY, EXCLUSIONS, REPORTS, INTAKE, CASES)])
    database = await platform.database("review")
    broker = platform.broker(prefix)
    installation = Installation.make(tmp_path, ("review",))
    settings = ReviewSettings(
        **installation.settings(
            "review",
            platform.dsn(database, "review", "worker"),
            kafka_bootstrap=f"127.0.0.1:{platform.kafka_port}",
            kafka_username="admin",
            kafka_password=platform.admin_password,
            kafka_prefix=prefix,
            clock_sweep_seconds=0.2,
        )
    )

    connection = await asyncpg.connect(platform.dsn(database, "review", "worker"))
    yield House(broker, connection), settings
    await connection.close()


async def test_an_assignment_told_three_times_opens_one_case_with_its_clock_and_says_so(
    house: tuple[House, ReviewSettings],
) -> None:
    there, settings = house
    report = uuid4()
    await there.tell_directory()
    await there.tell_assignment(report, times=3)

    async with at_work(settings):
        await there.comes_to(report, "SUPPLEMENTING")

        async def sent() -> bool:
            kinds = await there.connection.fetch("SELECT type FROM mechanism.outbox_archive")
            return [row["type"] for row in kinds] == ["review.case-opened.v1"]

        await eventually(sent)

    due = await there.connection.fetchval("SELECT due_on FROM mechanism.clock WHERE rule_id = 'D12'")
    assert due.isoformat() == "2026-06-02"


async def test_an_assignment_that_comes_before_the_directory_waits_for_it(
    house: tuple[House, ReviewSettings],
) -> None:
    there, settings = house
    report = uuid4()
    await there.tell_assignment(report)

    async with at_work(settings):

        async def waiting() -> bool:
            return bool(await there.connection.fetchval("SELECT count(*) FROM mechanism.waiting"))

        await eventually(waiting)
        await there.tell_directory()
        await there.comes_to(report, "SUPPLEMENTING")


async def test_a_routing_withdrawn_ends_the_case_and_a_new_assignment_opens_another(
    house: tuple[House, ReviewSettings],
) -> None:
    there, settings = house
    report = uuid4()
    await there.tell_directory()
    async with at_work(settings):
        await there.tell_assignment(report)
        await there.comes_to(report, "SUPPLEMENTING")

        gone = {"report_id": str(report), "organ": UPPER, "synthetic": True, "reason": "EXCLUDED"}
        await there.tell(REPORTS, "referral.routing-withdrawn.v1", str(report), dict(gone))
        await there.comes_to(report, "WITHDRAWN")
        await there.tell_assignment(report)

        await there.comes_to(report, "WITHDRAWN", "SUPPLEMENTING")


async def test_an_excluded_set_told_first_or_later_keeps_the_case_from_the_reported_side(
    house: tuple[House, ReviewSettings],
) -> None:
    there, settings = house
    before, after, frozen = uuid4(), uuid4(), uuid4()

    async def exclude(report: UUID) -> None:
        data: dict[str, object] = {
            "report_id": str(report),
            "organ": UPPER,
            "synthetic": True,
            "version": 1,
            "excluded_units": [LOWER],
            "excluded_seats": [],
            "excluded_officers": [],
        }
        await there.tell(EXCLUSIONS, "intake.exclusion-changed.v1", str(report), data)

    await there.tell_directory()
    await exclude(before)
    async with at_work(settings):

        async def known() -> bool:
            return bool(await there.connection.fetchval("SELECT count(*) FROM business.excluded_set"))

        await eventually(known)
        for report in (before, after, frozen):
            await there.tell_assignment(report)
        await there.comes_to(before, "WITHDRAWN")
        await there.comes_to(after, "SUPPLEMENTING")
        await there.comes_to(frozen, "SUPPLEMENTING")

        await exclude(after)
        stop = {"report_id": str(frozen), "organ": UPPER, "synthetic": True}
        await there.tell(INTAKE, "intake.report-frozen.v1", str(frozen), dict(stop))

        await there.comes_to(after, "WITHDRAWN")
        await there.comes_to(frozen, "WITHDRAWN")
    incidents = await there.connection.fetchval("SELECT count(*) FROM business.incident")
    assert incidents == 2


async def test_an_assignment_to_the_assigning_organ_itself_is_a_dead_letter(
    house: tuple[House, ReviewSettings],
) -> None:
    there, settings = house
    await there.tell_directory()
    report = uuid4()
    data: dict[str, object] = {
        "report_id": str(report), "organ": LOWER, "synthetic": True, "target_organ": LOWER, "ground": "A1",
        "themes": [], "assigned_on": "2026-03-02", "officers": [],
    }  # fmt: skip
    await there.tell(REPORTS, "referral.report-assigned.v1", str(report), data)

    async with at_work(settings):

        async def buried() -> bool:
            reasons = await there.connection.fetch("SELECT reason FROM mechanism.dead_letter")
            return [row["reason"] for row in reasons] == ["AssignedToItself"]

        await eventually(buried)
    assert await there.states(report) == []
