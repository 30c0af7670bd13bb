"""Every call to the world fails once before and once after it took effect, place by place, time by time.

Exhaustive for a short flow and free of randomness. A place is a call as the code makes it: the method and
the first words of its statement (for a commit also those of the statement before it), or a batch sent to
Kafka. Loops that poll make calls at any moment, so calls are counted by place and not all in one row. A
failed database call loses its connection too, as a cut would.
"""

import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError
from asyncpg.pool import PoolConnectionProxy

METHODS = ("execute", "executemany", "fetch", "fetchrow", "fetchval")
ENDINGS = ("COMMIT", "ROLLBACK")
SPARED: ContextVar[bool] = ContextVar("spared", default=False)


class When(Enum):
    """Whether the call had its effect when it failed."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(slots=True)
class Fault:
    """The ``n``-th call at ``place`` fails; with no place none does, and the places are only noted."""

    place: str | None = None
    n: int = 1
    when: When = When.BEFORE
    seen: Counter[str] = field(default_factory=Counter)
    failed: bool = False
    _last: WeakKeyDictionary[Any, str] = field(default_factory=WeakKeyDictionary)

    def is_due(self, place: str) -> bool:
        """Note one call; whether it is the one that fails."""
        if SPARED.get():
            return False
        self.seen[place] += 1
        due = not self.failed and place == self.place and self.seen[place] == self.n
        self.failed = self.failed or due
        return due

    def named(self, connection: Any, method: str, query: str) -> str:
        """The place of a database call."""
        words = " ".join(query.split()[:6])
        before = self._last.get(connection, "")
        self._last[connection] = words
        return f"{method} {words} ← {before}" if words.startswith(ENDINGS) else f"{method} {words}"


@contextlib.contextmanager
def spared() -> Iterator[None]:
    """Calls in this block are the test's own: they are not counted and do not fail."""
    token = SPARED.set(True)
    try:
        yield
    finally:
        SPARED.reset(token)


@contextlib.contextmanager
def failing(fault: Fault) -> Iterator[Fault]:
    """Play one fault in every task until the block ends."""
    with contextlib.ExitStack() as undo:
        for owner in (asyncpg.Connection, PoolConnectionProxy):
            for name in METHODS:
                _replace(undo, owner, name, _database_call(fault, getattr(owner, name), name))
        _replace(undo, AIOKafkaProducer, "send_batch", _send(fault, AIOKafkaProducer.send_batch))
        yield fault


def _replace(undo: contextlib.ExitStack, owner: Any, name: str, call: Any) -> None:
    undo.callback(setattr, owner, name, getattr(owner, name))
    setattr(owner, name, call)


def _database_call(fault: Fault, call: Callable[..., Awaitable[Any]], name: str) -> Any:
    async def counted(connection: Any, *args: Any, **kwargs: Any) -> Any:
        inner = getattr(connection, "_con", None) or connection
        if not fault.is_due(fault.named(inner, name, str(args[0]) if args else "")):
            return await call(connection, *args, **kwargs)
        if fault.when is When.AFTER:
            await call(connection, *args, **kwargs)
        inner.terminate()
        raise asyncpg.ConnectionDoesNotExistError("the connection was cut")

    return counted


def _send(fault: Fault, call: Callable[..., Awaitable[Any]]) -> Any:
    async def counted(producer: Any, *args: Any, **kwargs: Any) -> Any:
        send = partial(call, producer, *args, **kwargs)
        if not fault.is_due("send_batch"):
            return await send()
        if fault.when is When.AFTER:
            await (await send())
        raise KafkaConnectionError

    return counted


async def every_fault(
    scenario: Callable[[int], Awaitable[None]], most_times: int = 2
) -> Counter[tuple[str, When]]:
    """Run ``scenario(run)`` without a fault, then once for each call it makes, before and after.

    A place that shows only while another fails gets its turn too. At one place the first ``most_times``
    calls fail, each in a run of its own, and fewer when a run makes fewer. Returns how often each place
    failed.
    """
    run, failed = 1, Counter[tuple[str, When]]()
    with failing(Fault()) as quiet:
        await scenario(run)
    left = sorted(quiet.seen)
    known = set(left)
    while left:
        place = left.pop(0)
        for when in When:
            for n in range(1, most_times + 1):
                run += 1
                with failing(Fault(place, n, when)) as fault:
                    await scenario(run)
                fresh = set(fault.seen) - known
                known |= fresh
                left += sorted(fresh)
                if not fault.failed:
                    break
                failed[place, when] += 1
    return failed
