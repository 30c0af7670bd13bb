"""Facts travel from an outbox through the real broker into a reader's database, once and in order."""

from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

import asyncpg
import pytest

from services.chassis.facts import headers_of, new_event_id
from services.chassis.metrics import ZOMBIE_WRITES_REFUSED
from tests.component.chassis.house import TOPIC, House, NotYet
from tests.support.another_group import AnotherGroup
from tests.support.eventually import eventually

pytestmark = pytest.mark.component


async def test_what_is_said_is_handled_once_and_in_order(house: House) -> None:
    subjects = [str(uuid4()) for _ in range(20)]
    for subject in subjects:
        await house.tell(subject, 1, 2, 3)

    async with house.at_work():
        await eventually(lambda: house.has_done(60))

    done = await house.effects()
    assert all([n for s, n in done if s == subject] == [1, 2, 3] for subject in subjects)
    assert await house.count("mechanism.outbox") == 0
    assert await house.count("mechanism.outbox_archive") == 60
    assert await house.count("mechanism.inbox") == 60


async def test_a_fact_nobody_here_hears_still_moves_the_sequence(house: House) -> None:
    await house.tell("a", 1)
    await house.tell("a", 2, kind="intake.whispered.v1")
    await house.tell("a", 3)

    async with house.at_work():
        await eventually(lambda: house.has_done(2))

    assert await house.effects() == [("a", 1), ("a", 3)]


async def test_a_fact_that_five_tries_refuse_is_a_dead_letter_and_holds_its_aggregate_alone(
    house: House,
) -> None:
    house.refuse = lambda number: RuntimeError("never") if number == 2 else None
    await house.tell("a", 1, 2, 3)
    await house.tell("b", 1, 4, 5)

    async with house.at_work():
        await eventually(lambda: house.dead(1))
        await eventually(lambda: house.has_done(4))

    assert sorted(await house.effects()) == [("a", 1), ("b", 1), ("b", 4), ("b", 5)]
    assert await house.count("mechanism.waiting") == 1


async def test_another_version_of_a_heard_type_is_a_dead_letter(house: House) -> None:
    await house.tell("a", 1, kind="intake.told.v99")
    await house.tell("b", 1)

    async with house.at_work():
        await eventually(lambda: house.dead(1))
        await eventually(lambda: house.has_done(1))

    assert await house.effects() == [("b", 1)]
    assert await house.pool.fetchval("SELECT reason FROM mechanism.dead_letter") == "unknown-version"


async def test_a_fact_whose_premise_is_missing_waits_and_is_handled_when_it_comes(house: House) -> None:
    missing = [True]
    house.refuse = lambda number: NotYet() if number == 2 and missing[0] else None
    await house.tell("a", 1, 2, 3)

    async with house.at_work():
        await eventually(lambda: house.waiting(2))
        missing[0] = False
        await eventually(lambda: house.waiting(0))

    assert await house.effects() == [("a", 1), ("a", 2), ("a", 3)]
    assert await house.count("mechanism.dead_letter") == 0


async def test_facts_that_come_before_the_first_of_their_aggregate_wait_and_follow_it(house: House) -> None:
    producer = await house.broker.producer()

    async def send(number: int) -> None:
        told = headers_of(new_event_id(), "intake.told.v1", "/intake", "a", number, datetime.now(UTC), None)
        body = f'{{"number": {number}}}'.encode()
        await producer.send_and_wait(house.broker.on_wire(TOPIC), body, key=b"a", headers=told)

    async with house.at_work():
        for number in (2, 3):
            await send(number)
        await eventually(lambda: house.waiting(2))
        await send(1)
        await eventually(lambda: house.waiting(0))
        await eventually(lambda: house.has_done(3))
    await producer.stop()

    assert await house.effects() == [("a", 1), ("a", 2), ("a", 3)]


async def test_a_reader_that_is_no_longer_the_owner_writes_nothing(house: House) -> None:
    def refused() -> float:
        return float(ZOMBIE_WRITES_REFUSED.labels("petition.reader")._value.get())

    zombie = house.reader(broker=AnotherGroup.of(house.broker))
    before, told = refused(), 0

    async with house.at_work(house.reader(), zombie) as readers:

        async def both_read() -> bool:
            return all(reader.assigned for reader in readers)

        await eventually(both_read)
        while refused() == before and told < 300:
            told += 1
            await house.tell(f"subject-{told}", 1, 2, 3)
            await eventually(partial(house.has_done, 3 * told))

    assert refused() > before
    assert sorted(await house.effects()) == sorted(
        (f"subject-{n}", number) for n in range(1, told + 1) for number in (1, 2, 3)
    )


async def test_a_lost_position_stops_the_reader_loudly_and_skips_nothing(house: House) -> None:
    await house.tell("a", 1, 2)
    async with house.at_work():
        await eventually(lambda: house.has_done(2))
    await house.pool.execute("UPDATE mechanism.consumer_position SET next_offset = 1000")
    await house.tell("a", 3)

    async with house.at_work() as readers:

        async def stopped() -> bool:
            return readers[0].stopped == "offset-out-of-range"

        await eventually(stopped)

    assert await house.effects() == [("a", 1), ("a", 2)]


async def test_the_trail_cannot_be_changed_by_a_service(house: House) -> None:
    await house.pool.execute(
        "INSERT INTO mechanism.audit_event (subject, action, entity, entity_id) VALUES ('a', 'b', 'c', 'd')"
    )

    for query in ("DELETE FROM", "UPDATE", "TRUNCATE"):
        rest = " SET subject = 'x'" if query == "UPDATE" else ""
        with pytest.raises(asyncpg.PostgresError):
            await house.pool.execute(f"{query} mechanism.audit_event{rest}")


async def test_a_record_that_is_no_fact_is_a_dead_letter_and_stops_nobody(house: House) -> None:
    producer = await house.broker.producer()
    await producer.send_and_wait(house.broker.on_wire(TOPIC), b"[" * 1000, key=b"a")
    await producer.stop()
    await house.tell("a", 1)

    async with house.at_work():
        await eventually(lambda: house.dead(1))
        await eventually(lambda: house.has_done(1))
