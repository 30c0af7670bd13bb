"""One request at a time for each key; a key nobody waits for is forgotten."""

import asyncio

import pytest

from services.chassis.problems import Problem
from services.intake.adapters import turns as module
from services.intake.adapters.turns import Turns


async def test_twins_take_turns_and_others_do_not_wait() -> None:
    turns, order = Turns(), list[str]()

    async def work(subject: str, key: str, name: str, steps: int) -> None:
        async with turns.turn(subject, key):
            order.append(f"{name} in")
            for _ in range(steps):
                await asyncio.sleep(0)
            order.append(f"{name} out")

    await asyncio.gather(
        work("a", "k", "first", 9),
        work("a", "k", "twin", 1),
        work("a", "l", "key", 1),
        work("b", "k", "subject", 1),
    )

    assert order.index("first out") < order.index("twin in")
    assert order.index("key out") < order.index("first out")
    assert order.index("subject out") < order.index("first out")


async def test_a_turn_that_failed_lets_the_next_one_in() -> None:
    turns = Turns()

    with pytest.raises(KeyError):
        async with turns.turn("a", "k"):
            raise KeyError

    async with turns.turn("a", "k"):
        pass


async def test_a_turn_that_does_not_come_is_answered_with_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_WAIT_SECONDS", 0.01)
    turns = Turns()

    async with turns.turn("a", "k"):
        with pytest.raises(Problem) as refused:
            async with turns.turn("a", "k"):
                pytest.fail("two at once")

    assert (refused.value.status, refused.value.retry_after) == (503, 2)


async def test_a_key_nobody_waits_for_is_forgotten() -> None:
    turns = Turns()

    async with turns.turn("a", "k"):
        held = len(turns._locks)

    assert (held, len(turns._locks)) == (1, 0)
