"""All six services in this process, on the test's own databases and topics: real ports, real clients.

What fails a call in this process fails it in whichever service makes it.
"""

import asyncio
import contextlib
import importlib
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import uvicorn

from deploy.local.demo.stage import Stage
from deploy.local.home import Home
from deploy.local.infrastructure import secret_names
from deploy.local.keys import make_keys
from deploy.local.ports import HTTP, Ports
from deploy.local.postgres import SERVICES
from deploy.local.processes import KINDS, WITH_KAFKA, Installation, environ_of
from deploy.topics import read_topics
from services.chassis.lifecycle import Working, run_jobs
from services.chassis.relay import Relay
from tests.support.eventually import eventually
from tests.support.nth_call import spared
from tests.support.platform import Platform, free_port

HOUSE = ("vault", *WITH_KAFKA)
SOON = {"Retry-After": "0.05"}
"""What a client is told instead of seconds: here nobody else needs the rest."""
RELAY_PAUSE_SECONDS = 0.1
"""Four relays of four lanes that look fifty times a second would leave this one process no time."""
SELECT_REST = """
    SELECT (SELECT count(*) FROM oracle.outbox WHERE published_at IS NULL)
         + (SELECT count(*) FROM oracle.waiting) AS busy,
           (SELECT count(*) FROM oracle.inbox) AS read
"""
SELECT_SAID = "SELECT type, count(*) AS said FROM oracle.outbox GROUP BY type"
SELECT_TYPES = "SELECT types FROM oracle.consumer"


class _Server(uvicorn.Server):
    """A server that leaves signals to the test."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take none."""
        yield


@dataclass
class OneProcess:
    """The running services, and a look from outside at what they keep."""

    here: Installation
    stage: Stage
    dsns: dict[str, str]
    _looks: dict[str, Any] = field(default_factory=dict)

    async def at_rest(self, within_seconds: float = 60.0) -> None:
        """Wait until every fact said was read by all who hear its type. Raises AssertionError."""
        with spared():
            if not self._looks:
                self._looks = {name: await asyncpg.connect(dsn) for name, dsn in self.dsns.items()}
            await eventually(self._rests, within_seconds)

    async def _rests(self) -> bool:
        rest = {name: await look.fetchrow(SELECT_REST) for name, look in self._looks.items()}
        if any(row["busy"] for row in rest.values()):
            return False
        said: Counter[str] = Counter()
        for look in self._looks.values():
            said.update({row["type"]: row["said"] for row in await look.fetch(SELECT_SAID)})
        for name, look in self._looks.items():
            types = {kind for row in await look.fetch(SELECT_TYPES) for kind in row["types"]}
            if rest[name]["read"] != sum(said[kind] for kind in types):
                return False
        return True

    async def close(self) -> None:
        """Look no more."""
        for look in self._looks.values():
            await look.close()


async def _installed(platform: Platform, folder: Path) -> tuple[Installation, dict[str, str], str]:
    """Keys, ports and databases of an installation of its own, and the prefix of its topics."""
    home = Home(folder)
    home.make()
    make_keys(home, SERVICES)
    ports = Ports({name: free_port() for name in HTTP}, platform.kafka_port, 0, platform.server.port)
    words = {name: platform.admin_password for name in secret_names() if name.startswith("kafka_")}
    here = Installation(home, ports, {**words, **platform.passwords})
    prefix = f"t{secrets.token_hex(4)}."
    platform.make_topics([prefix + topic.name for topic in read_topics()])
    return here, {name: await platform.database(name) for name in HOUSE}, prefix


def _settings(here: Installation, service: str, kind: str, database: str, prefix: str) -> Any:
    """The settings of one process, read from its environment as the process itself would."""
    begins = f"DENGWEN_{service.upper()}_"
    environ = environ_of(here, service, kind)
    environ.pop(f"{begins}KAFKA_INSTANCE", None)
    environ[f"{begins}DATABASE_DSN"] = environ[f"{begins}DATABASE_DSN"].replace(
        f"/petition_{service}", f"/{database}"
    )
    if service in WITH_KAFKA:
        environ |= {f"{begins}KAFKA_USERNAME": "admin", f"{begins}KAFKA_PREFIX": prefix}
    module = importlib.import_module(f"services.{service}.settings")
    kind_of = getattr(module, f"{service.capitalize()}Settings")
    return kind_of.from_environ(begins, environ)


async def _serve(app: Any, port: int, house: AsyncExitStack) -> None:
    server = _Server(
        uvicorn.Config(app, port=port, access_log=False, log_config=None, ws="none", lifespan="off")
    )
    task = asyncio.create_task(server.serve())

    async def end() -> None:
        server.should_exit = True
        await task

    house.push_async_callback(end)
    await eventually(_started(server))


def _started(server: uvicorn.Server) -> Callable[[], Awaitable[bool]]:
    async def started() -> bool:
        return server.started

    return started


def _work(work: Working, stop: asyncio.Event) -> asyncio.Task[str | None]:
    for job in work.jobs.values():
        relay = getattr(job, "__self__", None)
        if isinstance(relay, Relay):
            relay.pause_seconds = RELAY_PAUSE_SECONDS
    return asyncio.create_task(run_jobs(work, stop, 20.0))


@asynccontextmanager
async def one_process(platform: Platform, folder: Path) -> AsyncIterator[OneProcess]:
    """Every api and every worker for as long as the block lasts; all know the sample organisation."""
    here, databases, prefix = await _installed(platform, folder)
    stop, tasks = asyncio.Event(), list[asyncio.Task[str | None]]()
    async with AsyncExitStack() as house:
        for service in HOUSE:
            main = importlib.import_module(f"services.{service}.main")
            api = _settings(here, service, "api", databases[service], prefix)
            served = await house.enter_async_context(main.serving(api))
            await _serve(served.app, here.ports.http[service], house)
            if "worker" in KINDS[service]:
                worker = _settings(here, service, "worker", databases[service], prefix)
                tasks.append(_work(await house.enter_async_context(main.working(worker)), stop))
        client = house.enter_context(
            httpx.Client(timeout=20, trust_env=False, event_hooks={"response": [_soon]})
        )
        dsns = {name: platform.dsn(databases[name], name, "oracle") for name in WITH_KAFKA}
        found = OneProcess(here, Stage(here, client), dsns)
        try:
            await asyncio.to_thread(found.stage.load_organisation, lambda _, __: None)
            await found.at_rest()
            yield found
        finally:
            stop.set()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            await found.close()
        broken = [end for end in ended if end is not None]
        assert not broken, f"jobs ended by themselves: {broken}"


def _soon(answer: httpx.Response) -> None:
    with contextlib.suppress(KeyError):
        answer.headers["Retry-After"]
        answer.headers.update(SOON)
