"""The world fails in every way we can play: no fact is lost, none has its effect twice."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import for_code

from services.chassis.broker import Broker
from services.chassis.database import open_pool
from tests.component.chassis.house import House
from tests.support.eventually import eventually
from tests.support.nth_call import Fault, When, every_fault, failing, spared
from tests.support.platform import Platform
from tests.support.proxy import Proxy

pytestmark = pytest.mark.component


async def test_whichever_call_fails_every_fact_has_its_effect_once_and_in_order(house: House) -> None:
    runs = [0]

    async def tell_two_in_turn(run: int) -> None:
        runs[0] = run
        with spared():
            await house.tell(f"subject-{run}", 1)
            await eventually(lambda: house.has_done(2 * run - 1))
            await house.tell(f"subject-{run}", 2)
            await eventually(lambda: house.has_done(2 * run))
            await eventually(lambda: _sent(house))

    async with house.at_work():
        failed = await every_fault(tell_two_in_turn)

    expected = [(f"subject-{m}", number) for m in range(1, runs[0] + 1) for number in (1, 2)]
    assert sorted(await house.effects()) == sorted(expected)
    assert await house.count("mechanism.inbox") == 2 * runs[0]
    assert await house.count("mechanism.dead_letter") == 0
    missed = {place for place in FLOW if not all(_hit(failed, place, when) for when in When)}
    assert missed == set()


FLOW = (
    "send_batch",
    "fetch SELECT position, event_id",
    "execute WITH sent AS",
    "COMMIT; ← WITH sent AS",
    "execute UPDATE mechanism.consumer_position",
    "fetch INSERT INTO mechanism.inbox",
    "fetch SELECT s.topic, s.subject",
    "execute INSERT INTO business.effect",
    "execute UPDATE mechanism.sequence",
    "copy_records_to_table applied",
    "COMMIT; ← applied",
)
"""The calls that carry a fact from the outbox to its effect."""


def _hit(failed: Mapping[tuple[str, When], int], place: str, when: When) -> bool:
    return any(place in name and moment is when for name, moment in failed)


async def _sent(house: House) -> bool:
    return await house.count("mechanism.outbox") == 0


async def test_a_reader_that_could_not_take_its_positions_takes_them_later(house: House) -> None:
    await house.tell("a", 1)
    async with house.at_work():  # from here on Kafka has an offset of its own, at which it would go on
        await eventually(lambda: house.has_done(1))
    await house.tell("a", 2, 3)
    place = "execute INSERT INTO mechanism.consumer_position (consumer, topic, partition,"

    with failing(Fault(place)) as fault:
        async with house.at_work():
            await eventually(lambda: house.has_done(3))

    assert fault.failed
    assert await house.effects() == [("a", 1), ("a", 2), ("a", 3)]


@dataclass(frozen=True, slots=True)
class Cancelled(Broker):
    """A broker whose first ``left`` consumers end the reading with a cancellation of their own."""

    left: list[int] = field(default_factory=lambda: [2])

    async def consumer(self, *asked: Any) -> AIOKafkaConsumer:
        """A consumer; the first ones are cancelled from within once they are to hand out records."""
        consumer = await Broker.consumer(self, *asked)
        if self.left[0]:
            self.left[0] -= 1
            consumer.getmany = _cancelled
        return consumer


async def _cancelled(**_: Any) -> Any:
    raise asyncio.CancelledError


async def test_a_client_that_is_cancelled_from_within_is_begun_anew_and_a_reader_told_to_end_ends(
    house: House,
) -> None:
    broker = Cancelled(**{f.name: getattr(house.broker, f.name) for f in fields(house.broker)})
    await house.tell("a", 1, 2)

    async with house.at_work(house.reader(broker=broker)):
        await eventually(lambda: house.has_done(2))
    task = asyncio.create_task(house.reader().run(asyncio.Event()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert broker.left == [0]


@dataclass(frozen=True, slots=True)
class Refusing(Broker):
    """A broker that answers sends with given errors first; notes the producers it handed out."""

    errors: list[Exception] = field(default_factory=list)
    producers: list[Any] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, broker: Broker, errors: list[Exception]) -> "Refusing":
        """The same broker, refusing."""
        return cls(**{f.name: getattr(broker, f.name) for f in fields(broker)}, errors=errors)

    async def producer(self) -> AIOKafkaProducer:
        """A producer whose sends are refused while errors are left, before or after they took effect."""
        producer = await Broker.producer(self)
        send: Callable[..., Awaitable[Any]] = producer.send_batch

        async def refuse(*args: Any, **kwargs: Any) -> Any:
            if not self.errors:
                return await send(*args, **kwargs)
            error = self.errors.pop()
            if len(self.errors) % 2:
                await (await send(*args, **kwargs))
            raise error

        producer.send_batch = refuse
        self.producers.append(producer)
        self.ids.append(producer._txn_manager.producer_id)
        return producer


@pytest.mark.parametrize("code", [45, 47, -1, 10, 29, 2, 3, 5, 6, 7, 19, 20, 87])
async def test_after_any_error_of_the_broker_a_new_producer_sends_what_was_left(
    house: House, code: int
) -> None:
    errors: list[Exception] = [for_code(code)() for _ in range(3)]
    house.broker = Refusing.of(house.broker, errors)
    for subject in ("a", "b", "c", "d", "e", "f", "g", "h"):
        await house.tell(subject, *range(1, 9))

    async with house.at_work():
        await eventually(lambda: house.has_done(64))
        await eventually(lambda: _sent(house))

    done = await house.effects()
    assert all([n for s, n in done if s == subject] == list(range(1, 9)) for subject in "abcdefgh")
    assert house.broker.errors == []
    assert len(set(house.broker.ids)) == len(house.broker.ids) > 1
    assert await house.count("mechanism.outbox_refused") == 0


async def test_a_database_that_is_silent_cut_or_slow_makes_nothing_lost_and_no_dead_letter(
    house: House, platform: Platform
) -> None:
    dsn = str(house.pool._connect_args[0])  # type: ignore[attr-defined]  # the address the house was built with
    near = Proxy("127.0.0.1", platform.server.port)
    direct = house.pool
    async with near.running():
        through = dsn.replace(f":{platform.server.port}/", f":{near.port}/")
        house.pool = await open_pool(through, application="test")
        async with house.at_work():
            house_direct = House(direct, house.broker)
            for round_, (fault, mend_after) in enumerate(
                [(near.cut, 0.3), (near.stall, 0.5), (lambda: near.delay(0.05), 0.3), (_cut_later(near), 0.3)]
            ):
                fault()
                await house_direct.tell(f"subject-{round_}", 1, 2, 3)
                await asyncio.sleep(mend_after)
                near.mend()
                await eventually(lambda: house_direct.has_done(3 * (round_ + 1)), 40)  # noqa: B023 - at once
        await asyncio.wait_for(house.pool.close(), 10)
        house.pool = direct

    assert await house.effects() == [(f"subject-{n}", number) for n in range(4) for number in (1, 2, 3)]
    assert await house.count("mechanism.dead_letter") == 0


def _cut_later(proxy: Proxy) -> Callable[[], None]:
    return lambda: proxy.cut_after(200)


async def test_a_proxy_that_is_cut_stops_its_client_and_one_that_stalls_says_nothing(
    platform: Platform, house: House
) -> None:
    dsn = str(house.pool._connect_args[0])  # type: ignore[attr-defined]  # the address the house was built with
    async with Proxy("127.0.0.1", platform.server.port).running() as proxy:
        through = dsn.replace(f":{platform.server.port}/", f":{proxy.port}/")
        connection = await asyncpg.connect(through)
        assert await connection.fetchval("SELECT 1") == 1
        proxy.stall()
        with pytest.raises(TimeoutError):
            await connection.fetchval("SELECT 1", timeout=0.2)
        proxy.mend()
        proxy.cut()
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
            await connection.fetchval("SELECT 1")
        with pytest.raises((asyncpg.PostgresError, OSError)):
            await asyncpg.connect(through, timeout=2)
        connection.terminate()
