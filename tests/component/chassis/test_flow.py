"""Facts travel from an outbox through the real broker into a reader's database, once and in order."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from pydantic import BaseModel

from services.chassis.broker import Broker
from services.chassis.consumer import Consumer
from services.chassis.database import Connection, Pool, open_pool, transaction
from services.chassis.delivery import Route
from services.chassis.facts import Fact, Heard
from services.chassis.outbox import say
from services.chassis.relay import Relay
from tests.support.eventually import eventually
from tests.support.platform import Platform

pytestmark = pytest.mark.component
TOPIC = "petition.intake.reports.v1"


class Told(BaseModel):
    number: int


class NotYet(Exception):
    """The premise of a fact is missing."""


@dataclass
class House:
    """One service that says and hears on one topic, with what its reactions saw."""

    pool: Pool
    broker: Broker
    dsn: str
    seen: list[tuple[str, int]] = field(default_factory=list)
    refuse: Callable[[int], Exception | None] = lambda _: None

    async def react(self, told: Any, fact: Heard, _: Connection) -> None:
        fault = self.refuse(told.number)
        if fault is not None:
            raise fault
        self.seen.append((fact.subject, told.number))

    async def tell(self, subject: str, *numbers: int, kind: str = "intake.told.v1") -> None:
        facts = [Fact(TOPIC, subject, subject, kind, {"number": number}) for number in numbers]
        async with transaction(self.pool) as connection:
            await say(connection, facts)

    def reader(self) -> Consumer[Connection]:
        return Consumer(
            name="petition.reader", topics=[TOPIC], compacted=(),
            routes={"intake.told.v1": Route(Told, self.react)},
            unit=lambda connection, _: connection, pool=self.pool, broker=self.broker, premise=(NotYet,),
        )  # fmt: skip

    async def count(self, query: str) -> int:
        return int(await self.pool.fetchval(query))

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[Consumer[Connection]]:
        stop, reader = asyncio.Event(), self.reader()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(Relay(self.pool, self.broker, "/intake").run(stop))
            tasks.create_task(reader.run(stop))
            try:
                yield reader
            finally:
                stop.set()


@pytest.fixture
async def house(platform: Platform) -> AsyncIterator[House]:
    prefix = f"t{secrets.token_hex(4)}."
    platform.make_topics([prefix + TOPIC])
    name = await platform.database("intake")
    dsn = platform.dsn(name, "intake", "worker")
    pool = await open_pool(dsn, application="test")
    yield House(pool, platform.broker(prefix), dsn)
    await pool.close()


async def test_what_is_said_is_handled_once_and_in_order(house: House) -> None:
    subjects = [str(uuid4()) for _ in range(20)]
    for subject in subjects:
        await house.tell(subject, 1, 2, 3)

    async with house.at_work():
        await eventually(lambda: _is(house, lambda: len(house.seen) == 60))

    assert all([n for s, n in house.seen if s == subject] == [1, 2, 3] for subject in subjects)
    assert await house.count("SELECT count(*) FROM mechanism.outbox") == 0
    assert await house.count("SELECT count(*) FROM mechanism.outbox_archive") == 60
    assert await house.count("SELECT count(*) FROM mechanism.inbox") == 60


async def test_a_fact_nobody_here_hears_still_moves_the_sequence(house: House) -> None:
    await house.tell("a", 1)
    await house.tell("a", 2, kind="intake.whispered.v1")
    await house.tell("a", 3)

    async with house.at_work():
        await eventually(lambda: _is(house, lambda: len(house.seen) == 2))

    assert house.seen == [("a", 1), ("a", 3)]


async def test_a_fact_that_five_tries_refuse_is_a_dead_letter_and_holds_its_aggregate_alone(
    house: House,
) -> None:
    house.refuse = lambda number: RuntimeError("never") if number == 2 else None
    await house.tell("a", 1, 2, 3)
    await house.tell("b", 1, 4, 5)

    async with house.at_work():
        await eventually(lambda: _dead(house, 1))
        await eventually(lambda: _is(house, lambda: len(house.seen) >= 4))

    assert sorted(house.seen) == [("a", 1), ("b", 1), ("b", 4), ("b", 5)]
    assert await house.count("SELECT count(*) FROM mechanism.waiting") == 1


async def test_another_version_of_a_heard_type_is_a_dead_letter(house: House) -> None:
    await house.tell("a", 1, kind="intake.told.v99")
    await house.tell("b", 1)

    async with house.at_work():
        await eventually(lambda: _dead(house, 1))
        await eventually(lambda: _is(house, lambda: house.seen == [("b", 1)]))

    assert await house.pool.fetchval("SELECT reason FROM mechanism.dead_letter") == "unknown-version"


async def test_a_fact_whose_premise_is_missing_waits_and_is_handled_when_it_comes(house: House) -> None:
    missing = [True]
    house.refuse = lambda number: NotYet() if number == 2 and missing[0] else None
    await house.tell("a", 1, 2, 3)

    async with house.at_work():
        await eventually(lambda: _waiting(house, 2))
        missing[0] = False
        await eventually(lambda: _waiting(house, 0))

    assert house.seen[-3:] == [("a", 1), ("a", 2), ("a", 3)] or house.seen[-2:] == [("a", 2), ("a", 3)]
    assert await house.count("SELECT count(*) FROM mechanism.dead_letter") == 0


async def test_a_record_that_is_no_fact_is_a_dead_letter_and_stops_nobody(house: House) -> None:
    producer = await house.broker.producer()
    await producer.send_and_wait(house.broker.on_wire(TOPIC), b"[" * 1000, key=b"a")
    await producer.stop()
    await house.tell("a", 1)

    async with house.at_work():
        await eventually(lambda: _dead(house, 1))
        await eventually(lambda: _is(house, lambda: house.seen == [("a", 1)]))


async def test_the_trail_cannot_be_changed_by_a_service(house: House) -> None:
    await house.pool.execute(
        "INSERT INTO mechanism.audit_event (subject, action, entity, entity_id) VALUES ('a', 'b', 'c', 'd')"
    )

    with pytest.raises(asyncpg.PostgresError):
        await house.pool.execute("DELETE FROM mechanism.audit_event")


async def _is(_: House, holds: Callable[[], bool]) -> bool:
    return holds()


async def _dead(house: House, number: int) -> bool:
    return await house.count("SELECT count(*) FROM mechanism.dead_letter") == number


async def _waiting(house: House, number: int) -> bool:
    return await house.count("SELECT count(*) FROM mechanism.waiting") == number
