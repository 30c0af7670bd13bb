"""A dead letter is replayed as often as one likes and has its effect once; discarding one needs two."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from services.chassis import failpoints
from services.chassis.database import transaction
from services.chassis.dead_letters import (
    Chosen,
    EarlierFirst,
    LetterUnknown,
    OneAlone,
    discard,
    list_letters,
    replay,
    show_letter,
)
from services.chassis.facts import headers_of
from services.chassis.failpoints import Action, FailPoint
from tests.component.chassis.house import TOPIC, House
from tests.support.eventually import eventually

pytestmark = pytest.mark.component


async def put_back(house: House, chosen: Chosen | None = None, *, dry_run: bool = False) -> dict[int, str]:
    async with transaction(house.pool) as connection:
        return await replay(connection, chosen or Chosen(), "p-1", dry_run=dry_run)


async def actions(house: House) -> list[str]:
    rows = await house.pool.fetch("SELECT action FROM mechanism.audit_event ORDER BY id")
    return [row["action"] for row in rows]


async def test_replaying_everything_twice_at_once_ends_as_if_nothing_had_failed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [True]
    house.refuse = lambda number: RuntimeError() if number == 2 and broken[0] else None
    for subject in ("a", "b", "c"):
        await house.tell(subject, 1, 2, 3, 4, 5)

    async with house.at_work():
        await eventually(lambda: house.dead(3))
        await eventually(lambda: house.waiting(9))
        assert await put_back(house, dry_run=True) == dict.fromkeys([1, 2, 3], "put-back")
        await put_back(house)
        await eventually(lambda: house.dead(3))  # it still fails, so it is a dead letter again

        broken[0] = False
        monkeypatch.setitem(failpoints._ACTIVE, "dead_letters.put_back_not_committed", Action("raise", 1.0))
        with pytest.raises(FailPoint):
            await put_back(house)
        monkeypatch.undo()
        assert await house.dead(3)
        await asyncio.gather(*(put_back(house) for _ in range(4)))
        await eventually(lambda: house.has_done(15))
        await put_back(house)
        await eventually(lambda: house.waiting(0))

    done = await house.effects()
    assert all([n for s, n in done if s == subject] == [1, 2, 3, 4, 5] for subject in ("a", "b", "c"))
    assert await house.count("mechanism.dead_letter") == 0
    assert await house.count("mechanism.applied") == 15
    assert await actions(house) == ["dead-letter-replayed"] * 6


async def test_letters_are_chosen_by_id_and_by_class(house: House) -> None:
    house.refuse = {2: RuntimeError(), 3: ValueError()}.get
    await house.tell("a", 2)
    await house.tell("b", 3)

    async with house.at_work():
        await eventually(lambda: house.dead(2))
    async with house.pool.acquire() as connection:
        by_class = await list_letters(connection, Chosen(reason="ValueError"))
        shown = await show_letter(connection, by_class[0].id)
        with pytest.raises(LetterUnknown):
            await show_letter(connection, 999)

    assert [letter.reason for letter in by_class] == ["ValueError"]
    fact = shown.fact()
    assert fact is not None
    assert (fact.subject, fact.data) == ("b", {"number": 3})
    assert await put_back(house, Chosen([by_class[0].id])) == {by_class[0].id: "put-back"}


async def test_a_letter_that_cannot_be_read_stays_when_replayed_and_goes_when_discarded(house: House) -> None:
    producer = await house.broker.producer()
    await producer.send_and_wait(house.broker.on_wire(TOPIC), b"\xff", key=b"a")
    await producer.stop()

    async with house.at_work():
        await eventually(lambda: house.dead(1))
    assert await put_back(house) == {1: "unreadable"}
    async with transaction(house.pool) as connection:
        await discard(connection, 1, asked_by="p-1", agreed_by="p-2", reason="no fact of ours")

    assert await house.dead(0)
    assert await house.count("mechanism.dead_letter_discarded") == 1
    assert await actions(house) == ["dead-letter-discarded"]


async def test_a_letter_without_a_body_holds_its_aggregate_until_it_is_discarded(house: House) -> None:
    subject, producer = str(uuid4()), await house.broker.producer()
    for number, body in ((1, b"not json"), (2, b'{"number": 2}')):
        heads = headers_of(uuid4(), "intake.told.v1", "/intake", subject, number, datetime.now(UTC), None)
        await producer.send_and_wait(house.broker.on_wire(TOPIC), body, key=subject.encode(), headers=heads)
    await producer.stop()

    async with house.at_work():
        await eventually(lambda: house.waiting(1))
        async with transaction(house.pool) as connection:
            letter = await show_letter(connection, 1)
            await discard(connection, 1, asked_by="p-1", agreed_by="p-2", reason="was cut short")
        assert (letter.reason, letter.held) == ("body-malformed", 1)
        await eventually(lambda: house.has_done(1))

    assert await house.effects() == [(subject, 2)]
    assert await house.waiting(0)


async def test_a_discarded_letter_lets_what_it_held_go_on_in_order(house: House) -> None:
    house.refuse = lambda number: RuntimeError() if number == 2 else None
    await house.tell("a", 1, 2)
    await house.tell("a", 3, kind="intake.told.v99")
    await house.tell("a", 4)

    async with house.at_work():
        await eventually(lambda: house.dead(2))
        async with house.pool.acquire() as connection:
            letters = {letter.reason: letter.id for letter in await list_letters(connection)}

        async def give_up(reason: str, asked: str = "p-1", agreed: str = "p-2", why: str = "wrong") -> None:
            async with transaction(house.pool) as connection:
                await discard(connection, letters[reason], asked_by=asked, agreed_by=agreed, reason=why)

        with pytest.raises(EarlierFirst):
            await give_up("unknown-version")
        with pytest.raises(OneAlone):
            await give_up("RuntimeError", agreed="p-1")
        with pytest.raises(OneAlone):
            await give_up("RuntimeError", why=" x ")
        await give_up("RuntimeError")
        await give_up("unknown-version")
        with pytest.raises(LetterUnknown):
            await give_up("unknown-version")
        await eventually(lambda: house.has_done(2))

    assert await house.effects() == [("a", 1), ("a", 4)]
    applied = await house.pool.fetch("SELECT sequence FROM mechanism.applied ORDER BY applied_seq")
    assert [row["sequence"] for row in applied] == [1, 2, 3, 4]
