"""PostgreSQL as every service uses it: a pool, a transaction in which somebody acts, and faults."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from services.chassis.metrics import POOL_CONNECTIONS

Connection = Any
"""An asyncpg connection, pooled or not; the two classes share no type of their own."""
Pool = asyncpg.Pool

ACT_AS = """
    SELECT set_config('app.subject', $1, true), set_config('app.organ', $2, true),
           set_config('app.roles', $3, true), set_config('app.seats', $4, true)
"""
SELECT_ROLE = """
    SELECT rolsuper OR rolbypassrls AS unsafe, rolname AS name
      FROM pg_roles
     WHERE rolname = current_user
"""


class UnsafeDatabaseRole(Exception):
    """The role of the DSN is a superuser or passes row security."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Who acts: an officer, a service, or a worker; ``organ`` is a six-digit code, seats are ids."""

    id: str
    organ: str
    roles: frozenset[str] = frozenset()
    seats: frozenset[str] = frozenset()
    kind: str = "staff"


async def open_pool(dsn: str, *, application: str, min_size: int = 1, max_size: int = 8) -> Pool:
    """A pool whose sessions run without jit, in UTC, under a statement time-out of 30 s.

    Raises UnsafeDatabaseRole when the role could ignore row security.
    """
    pool = await asyncpg.create_pool(
        dsn,
        min_size=min_size,
        max_size=max_size,
        command_timeout=60,
        server_settings={
            "application_name": application,
            "jit": "off",
            "TimeZone": "UTC",
            "statement_timeout": "30000",
            "idle_in_transaction_session_timeout": "60000",
        },
    )
    async with pool.acquire() as connection:
        role = await connection.fetchrow(SELECT_ROLE)
    if role is None or role["unsafe"]:
        await pool.close()
        raise UnsafeDatabaseRole(application)
    _measured(pool)
    return pool


def _measured(pool: Pool) -> None:
    """Let the metrics ask this pool; a process has one."""
    POOL_CONNECTIONS.labels("busy").set_function(lambda: pool.get_size() - pool.get_idle_size())
    POOL_CONNECTIONS.labels("idle").set_function(pool.get_idle_size)
    POOL_CONNECTIONS.labels("limit").set_function(pool.get_max_size)


async def act_as(connection: Connection, subject: Subject) -> None:
    """Say for the rest of this transaction who acts; row security reads it."""
    await connection.execute(
        ACT_AS, subject.id, subject.organ, ",".join(sorted(subject.roles)), ",".join(sorted(subject.seats))
    )


@asynccontextmanager
async def transaction(pool: Pool, subject: Subject | None = None) -> AsyncIterator[Connection]:
    """One transaction in which ``subject`` acts (a worker needs none); commit at the end, or roll back."""
    async with pool.acquire(timeout=2.0) as connection, connection.transaction():
        if subject is not None:
            await act_as(connection, subject)
        yield connection


def is_world_fault(error: BaseException) -> bool:
    """Whether the world is away (connection, lock, disk, shutdown), so that waiting may help."""
    if isinstance(error, asyncpg.PostgresError):
        code = str(error.sqlstate or "")
        return code[:2] in {"08", "40", "53", "57", "58"} or code in {"55P03", "25006", "25P03"}
    return isinstance(error, OSError | TimeoutError | asyncpg.InterfaceError)
