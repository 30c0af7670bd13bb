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

METHODS = ("execute", "executemany", "fetch", "fetchrow", "fetchval", "copy_records_to_table")
ENDINGS = ("COMMIT", "ROLLBACK")
TURNS, AT_ONCE = 3, 3
SPARED: ContextVar[bool] = ContextVar("spared", default=False)


class When(Enum):
    """Whether the call had its effect when it failed."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(slots=True)
class Fault:
    """The ``n``-th call at ``place`` fails; with no place none does, and the places are only noted.

    ``by_database`` tells the same statement of two services apart.
    """

    place: str | None = None
    n: int = 1
    when: When = When.BEFORE
    by_database: bool = False
    seen: Counter[str] = field(default_factory=Counter)
    failed: bool = False
    _last: WeakKeyDictionary[Any, str] = field(default_factory=WeakKeyDictionary)

    def due(self, place: str) -> When | None:
        """Note one call; how it fails, if it is the one that does."""
        if SPARED.get():
            return None
        self.seen[place] += 1
        if self.failed or place != self.place or self.seen[place] != self.n:
            return None
        self.failed = True
        return self.when

    def named(self, connection: Any, method: str, query: str) -> str:
        """The place of a database call."""
        words = " ".join(query.split()[:6])
        before = self._last.get(connection, "")
        self._last[connection] = words
        place = f"{method} {words} ← {before}" if words.startswith(ENDINGS) else f"{method} {words}"
        return f"{_database(connection)}: {place}" if self.by_database else place


@dataclass(slots=True)
class Faults(Fault):
    """Several faults at once, each at a place of its own; every one fails once."""

    each: dict[str, Fault] = field(default_factory=dict)

    def due(self, place: str) -> When | None:
        """As ``Fault.due``, of the fault that has this place."""
        if SPARED.get():
            return None
        self.seen[place] += 1
        return self.each[place].due(place) if place in self.each else None


def _database(connection: Any) -> str:
    """The service whose database it is, from a name such as petition_intake_1a2b."""
    return str(connection._params.database).split("_")[1]


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
        when = fault.due(fault.named(inner, name, str(args[0]) if args else ""))
        if when is None:
            return await call(connection, *args, **kwargs)
        if when is When.AFTER:
            await call(connection, *args, **kwargs)
        inner.terminate()
        raise asyncpg.ConnectionDoesNotExistError("the connection was cut")

    return counted


def _send(fault: Fault, call: Callable[..., Awaitable[Any]]) -> Any:
    async def counted(producer: Any, *args: Any, **kwargs: Any) -> Any:
        send = partial(call, producer, *args, **kwargs)
        when = fault.due("send_batch")
        if when is None:
            return await send()
        if when is When.AFTER:
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


async def every_fault_of_each_service(
    scenario: Callable[[int], Awaitable[None]],
    failed: Counter[tuple[str, When]],
    told: Callable[[int, int], None] = lambda _, __: None,
) -> int:
    """As ``every_fault``, for a long flow through many services: in each run a few calls of each fail.

    The first call at each place fails, before and after; what ``failed`` counts already is left out, and it
    goes on counting. A fault whose call a run did not make gets two more turns. Ends with a run in which
    nothing was left to fail; returns the number of runs. ``told`` hears the runs so far and the faults left.
    """
    run, turns = 0, Counter[tuple[str, When]]()
    left, known = list[tuple[str, When]](), {place for place, _ in failed}
    while True:
        run += 1
        chosen = _a_few_of_each(left)
        faults = {place: Fault(place, 1, when) for place, when in chosen}
        with failing(Faults(by_database=True, each=faults)) as played:
            await scenario(run)
        turns.update(chosen)
        failed.update((place, fault.when) for place, fault in faults.items() if fault.failed)
        again = [one for one in chosen if not failed[one] and turns[one] < TURNS]
        left = [one for one in left if one not in chosen] + again
        left += [(place, when) for place in sorted(set(played.seen) - known) for when in When]
        known |= set(played.seen)
        told(run, len(left))
        if not chosen and not left:
            return run


def _a_few_of_each(left: list[tuple[str, When]]) -> list[tuple[str, When]]:
    """The next faults of each service, each at a place of its own."""
    chosen: dict[str, tuple[str, When]] = {}
    of_service = Counter[str]()
    for place, when in left:
        service = place.partition(":")[0]
        if place not in chosen and of_service[service] < AT_ONCE:
            chosen[place] = (place, when)
            of_service[service] += 1
    return list(chosen.values())
