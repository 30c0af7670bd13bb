"""One service that says and hears on one topic, and writes what it did into a table: only commits count."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
from pydantic import BaseModel

from services.chassis.broker import Broker
from services.chassis.consumer import Consumer
from services.chassis.database import Connection, Pool, open_pool, transaction
from services.chassis.delivery import Route
from services.chassis.facts import Fact, Heard
from services.chassis.outbox import say
from services.chassis.relay import Relay
from tests.support.platform import Platform

TOPIC = "petition.intake.reports.v1"
CREATE_EFFECT = """
    SET ROLE intake_owner;
    CREATE TABLE business.effect (
        n       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        subject text   NOT NULL,
        number  bigint NOT NULL
    );
    GRANT ALL ON business.effect TO intake_worker, intake_api;
"""


class Told(BaseModel):
    number: int


class NotYet(Exception):
    """The premise of a fact is missing."""


@dataclass
class House:
    """The service; ``refuse`` says with what error a number is refused, if at all."""

    pool: Pool
    broker: Broker
    refuse: Callable[[int], Exception | None] = lambda _: None

    async def react(self, told: Any, fact: Heard, connection: Connection) -> None:
        fault = self.refuse(told.number)
        if fault is not None:
            raise fault
        await connection.execute(
            "INSERT INTO business.effect (subject, number) VALUES ($1, $2)", fact.subject, told.number
        )

    async def tell(self, subject: str, *numbers: int, kind: str = "intake.told.v1") -> None:
        facts = [Fact(TOPIC, subject, subject, kind, {"number": number}) for number in numbers]
        async with transaction(self.pool) as connection:
            await say(connection, facts)

    async def tell_all(self, subjects: Sequence[str], number: int) -> None:
        """One fact about each subject, in one transaction."""
        facts = [Fact(TOPIC, s, s, "intake.told.v1", {"number": number}) for s in subjects]
        async with transaction(self.pool) as connection:
            await say(connection, facts)

    def reader(
        self, *, broker: Broker | None = None, most_dead_letters: int = 20, batch: int = 1000
    ) -> Consumer[Connection]:
        return Consumer(
            name="petition.reader", topics=[TOPIC], compacted=(),
            routes={"intake.told.v1": Route(Told, self.react)},
            unit=lambda connection, _: connection, pool=self.pool, broker=broker or self.broker,
            premise=(NotYet,), most_dead_letters=most_dead_letters, batch=batch,
        )  # fmt: skip

    async def effects(self) -> list[tuple[str, int]]:
        rows = await self.pool.fetch("SELECT subject, number FROM business.effect ORDER BY n")
        return [(row["subject"], row["number"]) for row in rows]

    async def has_done(self, count: int) -> bool:
        return await self.count("business.effect") == count

    async def count(self, table: str) -> int:
        return int(await self.pool.fetchval(f"SELECT count(*) FROM {table}"))

    async def dead(self, count: int) -> bool:
        return await self.count("mechanism.dead_letter") == count

    async def waiting(self, count: int) -> bool:
        return await self.count("mechanism.waiting") == count

    @asynccontextmanager
    async def at_work(
        self, *readers: Consumer[Connection], relay: Relay | None = None
    ) -> AsyncIterator[list[Consumer[Connection]]]:
        """The relay and the readers (one by default), for as long as the block lasts."""
        stop, chosen = asyncio.Event(), list(readers) or [self.reader()]
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task((relay or Relay(self.pool, self.broker, "/intake")).run(stop))
            for reader in chosen:
                tasks.create_task(reader.run(stop))
            try:
                yield chosen
            finally:
                stop.set()


@asynccontextmanager
async def built(platform: Platform) -> AsyncIterator[House]:
    """A house with a database and a topic of its own."""
    prefix = f"t{secrets.token_hex(4)}."
    platform.make_topics([prefix + TOPIC])
    name = await platform.database("intake")
    builder = await asyncpg.connect(platform.dsn(name, "intake", "migrate"))
    await builder.execute(CREATE_EFFECT)
    await builder.close()
    pool = await open_pool(platform.dsn(name, "intake", "worker"), application="test")
    yield House(pool, platform.broker(prefix))
    await pool.close()
