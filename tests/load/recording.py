"""Keeps what a consumer asks of PostgreSQL, transaction by transaction, and plays it again without one."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from services.chassis.database import Connection, Pool

Statement = tuple[str, str, tuple[Any, ...], Mapping[str, Any]]
"""The method of a connection, the SQL or the table that is filled, and what it was given."""


@dataclass(slots=True)
class Recorder:
    """Stands before a pool and keeps every statement with its arguments, by transaction."""

    pool: Pool
    transactions: list[list[Statement]] = field(default_factory=list)

    @asynccontextmanager
    async def acquire(self, **given: Any) -> AsyncIterator["Recorded"]:
        """A connection of the pool, listened to."""
        async with self.pool.acquire(**given) as connection:
            yield Recorded(connection, self.transactions)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.pool, name)


class Recorded:
    """One connection whose statements are kept."""

    def __init__(self, connection: Connection, kept: list[list[Statement]]) -> None:
        self._connection, self._kept, self._depth = connection, kept, 0
        self._now: list[Statement] = []

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """A transaction; what ran in it is kept when the outermost one commits."""
        async with self._connection.transaction():
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
        if not self._depth and self._now:
            self._kept.append(self._now)
            self._now = []

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._connection, name)
        if name not in {"fetch", "fetchrow", "fetchval", "execute", "executemany", "copy_records_to_table"}:
            return method

        async def listened(sql: str, *args: Any, **more: Any) -> Any:
            if self._depth:
                self._now.append((name, sql, args, more))
            elif name == "execute":
                self._kept.append([(name, sql, args, more)])
            return await method(sql, *args, **more)

        return listened


async def play(pool: Pool, transactions: Sequence[Sequence[Statement]]) -> None:
    """Run recorded transactions again on one connection."""
    async with pool.acquire() as connection:
        for statements in transactions:
            async with connection.transaction():
                for method, sql, args, more in statements:
                    await getattr(connection, method)(sql, *args, **more)
