"""Shipper and PostgreSQL are killed again and again; what was committed and shipped comes back, in order."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import asyncpg
import pytest

from deploy.local.home import Home
from deploy.local.postgres import Server, find_binaries
from deploy.local.processes import REPOSITORY
from deploy.local.recovery import ship
from deploy.local.recovery.replay import replay, running
from deploy.local.recovery.restoring import unpack_database
from deploy.local.recovery.sealed import BackupKey
from deploy.local.recovery.store import Store
from deploy.local.recovery.take import Taking
from tests.support.eventually import eventually
from tests.support.platform import free_port
from tests.support.process_end import end
from tests.support.scratch import scratch_folder

pytestmark = pytest.mark.component
ROUNDS = 3


@dataclass(slots=True)
class Writer:
    """Commits one row after another, through whatever happens to the server."""

    dsn: str
    committed: list[int] = field(default_factory=list)
    _next: int = 1

    async def write(self) -> None:
        while True:
            with suppress(Exception):  # whatever a dying server does to a client
                connection = await asyncpg.connect(self.dsn, timeout=2)
                while True:
                    number, self._next = self._next, self._next + 1
                    await connection.execute("INSERT INTO row VALUES ($1, repeat('x', 2000))", number)
                    self.committed.append(number)
            await asyncio.sleep(0.05)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.write())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def more(self, rows: int) -> None:
        """Wait until so many more rows are committed."""
        wanted = len(self.committed) + rows

        async def there() -> bool:
            return len(self.committed) >= wanted

        await eventually(there)


@dataclass(slots=True)
class Ground:
    """A server and a shipper, each a process that may be killed."""

    home: Home
    server: Server
    store: Store
    key: BackupKey
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """Start ``postgres`` or ``backup``."""
        runner = self.server.runner() if name == "postgres" else None
        shipping = [sys.executable, "-m", "deploy.local.recovery.ship"]
        environ = {"DENGWEN_HOME": str(self.home.root), "DENGWEN_LOCAL_POSTGRES_PORT": str(self.server.port)}
        with (self.home.logs / f"{name}.log").open("ab") as said:
            self.processes[name] = subprocess.Popen(
                self.server.command() if name == "postgres" else shipping,
                user=runner, extra_groups=[] if runner else None, stdout=said, stderr=said,
                cwd="/" if runner else REPOSITORY, env={**os.environ, **environ},
            )  # fmt: skip

    def kill(self, name: str) -> None:
        """As a power cut would."""
        process = self.processes[name]
        process.send_signal(signal.SIGKILL)
        process.wait()

    async def serving(self) -> None:
        """Wait until the server answers."""
        await eventually(self.server.ready, 60)

    async def shipped(self) -> None:
        """Wait until all that is committed now lies in the backup."""
        connection = await asyncpg.connect(self.server.dsn())
        place = await connection.fetchval(ship.SELECT_FLUSHED)
        await connection.close()

        async def there() -> bool:
            return bool(ship.shipped(self.home).get("place", 0) >= place)

        await eventually(there, 60)


@contextmanager
def ground() -> Iterator[Ground]:
    folder = scratch_folder(Path("/var/tmp") if os.geteuid() == 0 else Path("/tmp"))
    home = Home(folder / "home")
    home.make()
    password = home.secrets(["postgres"])["postgres"]
    server = Server(find_binaries(), home.postgres, free_port(), password)
    server.initialise()
    made = Ground(home, server, Store(folder / "backup"), BackupKey.make(folder / "key"))
    try:
        yield made
    finally:
        for process in made.processes.values():
            end(process)
        subprocess.run(["rm", "-rf", str(folder)], check=True)


async def test_what_was_committed_and_shipped_comes_back_however_often_both_were_killed() -> None:
    with ground() as here:
        here.start("postgres")
        await here.serving()
        connection = await asyncpg.connect(here.server.dsn())
        await connection.execute("CREATE TABLE row (number bigint PRIMARY KEY, body text)")
        await ship.make_slot(connection)
        system = (await ship.log_of(connection)).system
        ship.Order(str(here.store.folder), str(here.store.folder.parent / "key"), system).write(here.home)
        here.start("backup")
        writer = Writer(here.server.dsn())

        async with writer.writing():
            await writer.more(200)
            taking = Taking(here.home, here.server, here.store, here.key, lambda _, __: None)
            await taking.take(connection)
            await connection.close()
            for _ in range(ROUNDS):
                await writer.more(300)
                here.kill("backup")
                await writer.more(300)
                here.start("backup")
                await here.shipped()
                here.kill("postgres")
                here.kill("backup")
                here.start("postgres")
                await here.serving()
                here.start("backup")
                await writer.more(300)
        await here.shipped()
        safe = set(writer.committed)
        async with writer.writing():
            await writer.more(400)
            here.kill("backup")
            here.kill("postgres")

        rows = await asyncio.to_thread(restored, here)

        assert safe <= rows
        late = [number for number in writer.committed if number not in safe]
        there = [number for number in late if number in rows]
        assert there == late[: len(there)]


def restored(here: Ground) -> set[int]:
    """The rows that a server holds that was made of the backup alone."""
    found = here.store.check(here.key, lambda _: None)
    data = here.home.root / "again"
    unpack_database(found, here.key, data, lambda _: None)
    again, log = replace(here.server, data=data, port=free_port()), here.home.logs / "again.log"
    replay(again, log)

    async def ask() -> set[int]:
        connection = await asyncpg.connect(again.dsn())
        try:
            return {row["number"] for row in await connection.fetch("SELECT number FROM row")}
        finally:
            await connection.close()

    with running(again, log):
        return asyncio.run(ask())
