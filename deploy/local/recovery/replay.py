"""PostgreSQL for a while, alone: it replays the log of a backup, and is told what an empty broker needs."""

import asyncio
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import asyncpg

from deploy.local.kafka import Node
from deploy.local.leash import leashed
from deploy.local.postgres import Server
from deploy.local.processes import WITH_KAFKA
from deploy.local.recovery.differences import Forgotten, forgotten
from deploy.local.refusal import Refusal
from deploy.local.tail import last_lines
from services.chassis.refill import say_everything_again

READY_WITHIN_SECONDS = 6 * 3600.0
"""A replay takes as long as it takes; a server that ended is noticed at once."""
LOOK_SECONDS = 0.1
SELECT_REPLAYED = "SELECT pg_is_in_recovery() AS replaying, pg_last_xact_replay_timestamp() AS committed_at"


class NotReplayed(Refusal):
    """PostgreSQL could not bring the backup to its end; the message holds its last words."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """When the last transaction that came back was committed; None when the log held none."""

    committed_at: datetime | None


@contextmanager
def running(server: Server, log: Path, *options: str) -> Iterator[None]:
    """The server for as long as the block lasts, ended in order. Raises NotReplayed when it cannot start."""
    command = [*server.command(), *options]
    with leashed(command, log, signal.SIGINT, user=server.runner()) as process:
        asyncio.run(_open(server, process, log))
        yield


def replay(server: Server, log: Path) -> Replayed:
    """Replay to the end of the log in ``pg_wal``, on a new timeline. Raises NotReplayed."""
    (server.data / "recovery.signal").touch(0o600)
    own_it(server)
    with running(server, log, "-crestore_command=false"):
        return asyncio.run(_replayed(server))


def own_it(server: Server) -> None:
    """Give the data to the user as whom the server runs."""
    runner = server.runner()
    if runner is not None:
        owner = pwd.getpwnam(runner)
        for file in (server.data, *server.data.rglob("*")):
            os.chown(file, owner.pw_uid, owner.pw_gid)


def compare(server: Server, log: Path, node: Node, old: Path) -> list[Forgotten]:
    """What old topics told and the database never said. Raises NoTopics."""
    with running(server, log):
        return forgotten(node, old, server)


def retell(server: Server, log: Path) -> dict[str, int]:
    """Have every service say its whole archive again to an empty broker; the facts a service will say."""
    with running(server, log):
        return asyncio.run(_retold(server))


async def _retold(server: Server) -> dict[str, int]:
    said = {}
    for service in WITH_KAFKA:
        connection = await asyncpg.connect(server.dsn(f"petition_{service}"))
        try:
            said[service] = await say_everything_again(connection)
            await connection.execute("ANALYZE mechanism.outbox")
        finally:
            await connection.close()
    return said


async def _open(server: Server, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until the server answers and replays no more."""
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            last = next(last_lines(log, 1), "nothing")
            raise NotReplayed(f"数据库没有恢复: PostgreSQL ended (it said: {last[:200]}); see {log}.")
        if await server.ready() and not (await _ask(server))["replaying"]:
            return
        await asyncio.sleep(LOOK_SECONDS)
    raise NotReplayed(f"数据库没有恢复: PostgreSQL does not come to the end of its log; see {log}.")


async def _replayed(server: Server) -> Replayed:
    return Replayed((await _ask(server))["committed_at"])


async def _ask(server: Server) -> asyncpg.Record:
    connection = await asyncpg.connect(server.dsn())
    try:
        row = await connection.fetchrow(SELECT_REPLAYED)
        assert row is not None
        return row
    finally:
        await connection.close()
