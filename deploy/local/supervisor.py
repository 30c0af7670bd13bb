"""The supervisor: brings everything up in order, keeps it running, and takes it down in order.

It is a process of its own. Its children end with it, however it ends: see ``leash``.
"""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import psutil

from deploy.local import infrastructure, preflight
from deploy.local.home import Home
from deploy.local.keeper import Keeper, Program, Standing
from deploy.local.keys import make_keys
from deploy.local.memory import Gauge
from deploy.local.ports import Ports
from deploy.local.postgres import SERVICES, Server
from deploy.local.processes import KINDS, Installation, programs_of
from deploy.local.recovery.ship import shipper_program
from deploy.local.state import State, Step

READY_WITHIN_SECONDS = 120.0
SAMPLE_SECONDS = 1.0
LOOK_FOR_ORDERS_SECONDS = 0.5


class Supervisor:
    """One run of the platform, from nothing to nothing."""

    def __init__(self, home: Home, ports: Ports, services: Iterable[str], family: int | None = None) -> None:
        """``family`` is the process whose descendants count for the memory figure; us by default."""
        self.home, self.ports, self.services = home, ports, tuple(services)
        self._family = family or os.getpid()
        self._keepers: list[Keeper] = []
        self._stop = asyncio.Event()
        self._databases = asyncio.Event()
        self._broker = asyncio.Event()
        self._gauge = Gauge()
        self.state = State(os.getpid(), psutil.Process().create_time())

    async def run(self) -> bool:
        """Run until told to stop; whether the platform had come up. Raises what kept it from that."""
        loop = asyncio.get_running_loop()
        for word in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(word, self._stop.set)
        sampling, shipping = asyncio.create_task(self._sample()), asyncio.create_task(self._ship())
        starting = asyncio.create_task(self._start())
        stopping = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                self._say("ready")
                await stopping
                return True
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            return False
        finally:
            self._say("stopping")
            shipping.cancel()
            await self._take_down()
            for task in (sampling, stopping):
                task.cancel()
            await asyncio.gather(sampling, shipping, stopping, return_exceptions=True)

    async def _start(self) -> None:
        async with self._step("programs 程序"):
            preflight.check_ports(self.ports, self.services)
            found = await asyncio.to_thread(infrastructure.find_programs)
            self.home.check_version({"kafka": infrastructure.KAFKA_VERSION, "postgres": found.binaries.major})
            self.state.origins = list(found.origins)
            secrets = self.home.secrets(infrastructure.secret_names())
            make_keys(self.home, SERVICES)
        here = Installation(self.home, self.ports, secrets)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._ground_databases(here, found))
            group.create_task(self._ground_broker(here, found))
            group.create_task(self._services(here))

    async def _ground_databases(self, here: Installation, found: infrastructure.Found) -> None:
        async with self._step("PostgreSQL"):
            server = infrastructure.server_of(self.home, self.ports, here.secrets, found.binaries)
            await asyncio.to_thread(server.initialise)
            await self._up(infrastructure.postgres_program(server))
        async with self._step("databases, roles, migrations 数据库"):
            await self._furnish(server, here)
        self._databases.set()

    async def _furnish(self, server: Server, here: Installation) -> None:
        await infrastructure.close_common_rooms(server)
        async with asyncio.TaskGroup() as group:
            for service in SERVICES:
                group.create_task(infrastructure.furnish_database(server, here.secrets, service))

    async def _ground_broker(self, here: Installation, found: infrastructure.Found) -> None:
        async with self._step("Kafka"):
            node = infrastructure.node_of(self.home, self.ports, here.secrets, found)
            await asyncio.to_thread(node.format, {"admin": here.secrets["kafka_admin"]})
            await self._up(infrastructure.kafka_program(node))
        async with self._step("topics, users, rights 主题与权限"):
            await infrastructure.furnish_broker(here.bootstrap, here.secrets)
        self._broker.set()

    async def _services(self, here: Installation) -> None:
        programs = [program for name in KINDS if name in self.services for program in programs_of(here, name)]
        needs_broker = [p for p in programs if not p.name.endswith("-api")]
        async with (
            self._step(f"{len(programs)} processes of the services 服务"),
            asyncio.TaskGroup() as group,
        ):
            await self._databases.wait()
            for program in programs:
                if program not in needs_broker:
                    group.create_task(self._up(program))
            await self._broker.wait()
            for program in needs_broker:
                group.create_task(self._up(program))

    async def _up(self, program: Program) -> None:
        keeper = Keeper(program, self.home.logs, self._changed)
        self._keepers.append(keeper)
        keeper.start()
        await keeper.until_ready(READY_WITHIN_SECONDS)

    async def _take_down(self) -> None:
        """The services together, then the broker, then the database: nobody loses what he stands on.

        The log is shipped to the last, so that a backup of a platform that was stopped holds everything.
        """
        ground = ("kafka", "backup", "postgres")
        await asyncio.gather(*(k.stop() for k in self._keepers if k.program.name not in ground))
        for name in ground:
            await asyncio.gather(*(k.stop() for k in self._keepers if k.program.name == name))

    async def _ship(self) -> None:
        """Keep the shipper of the backup as ordered; an order may come, change and go at any time."""
        await self._databases.wait()
        ordered, keeper = b"", None
        while True:
            order = self.home.backup.read_bytes() if self.home.backup.exists() else b""
            if order != ordered and keeper is not None:
                await keeper.stop()
                self._keepers.remove(keeper)
                self._changed()  # else its end would stand in the status as a fault until the next sample
                keeper = None
            if order and keeper is None:
                keeper = Keeper(shipper_program(self.home), self.home.logs, self._changed)
                self._keepers.append(keeper)
                keeper.start()
            ordered = order
            await asyncio.sleep(LOOK_FOR_ORDERS_SECONDS)

    @asynccontextmanager
    async def _step(self, name: str) -> AsyncIterator[None]:
        step, began = Step(name), time.monotonic()
        self.state.steps.append(step)
        self._changed()
        try:
            yield
            step.state = "done"
        except BaseException as ending:
            step.state = "left" if isinstance(ending, asyncio.CancelledError) else "failed"
            raise
        finally:
            step.seconds = round(time.monotonic() - began, 1)
            self._changed()

    async def _sample(self) -> None:
        while True:
            self._gauge.sample(self._family)
            self._changed()
            await asyncio.sleep(SAMPLE_SECONDS)

    def _say(self, phase: str) -> None:
        self.state.phase = phase
        self._changed()

    def _changed(self) -> None:
        self.state.programs = [_row(keeper) for keeper in self._keepers]
        self.state.ports = {**self.ports.http, "kafka": self.ports.kafka, "postgres": self.ports.postgres}
        self.state.memory_now, self.state.memory_peak = self._gauge.now, self._gauge.peak
        self.state.write(self.home)


def _row(keeper: Keeper) -> dict[str, object]:
    born = 0.0
    if keeper.pid is not None and keeper.standing is not Standing.STOPPED:
        with contextlib.suppress(psutil.NoSuchProcess):
            born = psutil.Process(keeper.pid).create_time()
    return {
        "name": keeper.program.name,
        "standing": keeper.standing.value,
        "pid": keeper.pid,
        "born": born,
        "restarts": keeper.restarts,
        "ended": keeper.ended,
    }
