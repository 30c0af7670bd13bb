"""The life of a process: started, serving, told to stop, and gone in order.

SIGTERM: readiness turns false, a moment for who routes to us, no new connection, running requests end;
in a worker no new poll, the transaction in hand ends; then clients and pool close. A second SIGTERM, or
the grace and ten seconds more, and the process exits at once.
"""

import asyncio
import gc
import logging
import os
import resource
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from typing import TypeVar

import orjson
import uvicorn
import uvloop
from fastapi import FastAPI
from starlette.types import ASGIApp

from services.chassis.database import UnsafeDatabaseRole
from services.chassis.health import Health, operations_app
from services.chassis.logging import configure
from services.chassis.metrics import LOOP_LATE_SECONDS
from services.chassis.settings import Settings, SettingsRefused, refuse_unsafe

LOG = logging.getLogger(__name__)
S = TypeVar("S", bound=Settings)
Job = Callable[[asyncio.Event], Awaitable[None]]
RARELY = (100_000, 20, 50)
"""When to look for garbage in cycles: a batch makes many small values that die together, and looking after
every 700 of them, as Python does by itself, took a third of a worker's time."""
LOOP_LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Serving:
    """What an api process serves."""

    app: FastAPI
    health: Health


@dataclass(frozen=True, slots=True)
class Working:
    """What a worker process does: jobs by name, each until its event is set."""

    jobs: Mapping[str, Job]
    health: Health


class JobEnded(Exception):
    """A job ended before it was told to; the process ends and is started anew."""


class _Server(uvicorn.Server):
    """A server that leaves signals to the process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take none."""
        yield


def run_api(settings: S, serving: Callable[[S], AbstractAsyncContextManager[Serving]]) -> None:
    """Serve until told to stop."""
    _prepare(settings, "api")
    uvloop.run(_api(settings, serving))


def run_worker(settings: S, working: Callable[[S], AbstractAsyncContextManager[Working]]) -> None:
    """Work until told to stop; raises JobEnded when a job ends by itself."""
    _prepare(settings, "worker")
    gc.set_threshold(*RARELY)
    uvloop.run(_worker(settings, working))


def command(verbs: Mapping[str, Callable[[], None]]) -> None:
    """Run the verb the command line names; a refused start says why and ends with 2."""
    verb = verbs.get(sys.argv[1]) if len(sys.argv) > 1 else None
    if verb is None:
        sys.exit(f"one of: {', '.join(verbs)}")
    configure("-", sys.argv[1])
    try:
        verb()
    except SettingsRefused as refused:
        sys.stderr.write(f"refused to start: {refused}\n")
        sys.exit(2)
    except UnsafeDatabaseRole:
        sys.stderr.write("refused to start: DATABASE_DSN: the role is a superuser or passes row security\n")
        sys.exit(2)
    except Exception as error:
        LOG.critical("process-failed", exc_info=(type(error), error, error.__traceback__))
        sys.exit(1)


def print_openapi(app: FastAPI) -> None:
    """Write the OpenAPI document as it is committed: sorted, indented, with a line end."""
    document = orjson.dumps(app.openapi(), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    sys.stdout.write(document.decode() + "\n")


def _prepare(settings: Settings, process: str) -> None:
    refuse_unsafe(settings)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    configure(type(settings).__module__.split(".")[-2], process, settings.log_level)


def _server(app: ASGIApp, host: str, port: int, grace_seconds: float) -> _Server:
    return _Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            access_log=False,
            log_config=None,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=max(1, int(grace_seconds)),
            h11_max_incomplete_event_size=16 * 1024,
            ws="none",
        )
    )


def _await_stop(seconds: float) -> asyncio.Event:
    """An event that the first SIGTERM or SIGINT sets; the second, or too long a stop, ends the process."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def told() -> None:
        if stop.is_set():
            os._exit(1)
        stop.set()
        loop.call_later(seconds, os._exit, 1)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told)
    return stop


async def measure_loop(sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Note by how many seconds the loop wakes a sleeper too late, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + LOOP_LOOK_SECONDS
        await sleep(LOOP_LOOK_SECONDS)
        LOOP_LATE_SECONDS.observe(max(0.0, loop.time() - due))


async def _api(settings: S, serving: Callable[[S], AbstractAsyncContextManager[Serving]]) -> None:
    grace = settings.shutdown_grace_seconds
    stop, lateness = _await_stop(grace + 10), asyncio.create_task(measure_loop())
    async with serving(settings) as served:
        public = _server(served.app, settings.http_host, settings.http_port, grace)
        inner = _server(operations_app(served.health), settings.http_host, settings.operations_port, 1)
        running = [asyncio.create_task(public.serve()), asyncio.create_task(inner.serve())]
        served.health.started = True
        LOG.info("started")
        waiting = asyncio.create_task(stop.wait())
        await asyncio.wait([waiting, *running], return_when=asyncio.FIRST_COMPLETED)
        served.health.draining = True
        await asyncio.sleep(settings.readiness_drain_seconds)
        public.should_exit = True
        await asyncio.wait(running[:1])
        inner.should_exit = True
        await asyncio.gather(*running)
        waiting.cancel()
    lateness.cancel()
    LOG.info("stopped")
    if not stop.is_set():
        raise JobEnded("http")


async def _worker(settings: S, working: Callable[[S], AbstractAsyncContextManager[Working]]) -> None:
    grace = settings.shutdown_grace_seconds
    stop, lateness = _await_stop(grace + 10), asyncio.create_task(measure_loop())
    async with working(settings) as work:
        inner = _server(operations_app(work.health), settings.http_host, settings.operations_port, 1)
        watching = asyncio.create_task(inner.serve())
        ended = await run_jobs(work, stop, grace)
        inner.should_exit = True
        await watching
    lateness.cancel()
    LOG.info("stopped")
    if ended is not None:
        raise JobEnded(ended)


async def _run(job: Job, stop: asyncio.Event) -> None:
    await job(stop)


async def run_jobs(work: Working, stop: asyncio.Event, grace_seconds: float) -> str | None:
    """Run all jobs until ``stop``; returns the name of one that ended by itself, after stopping the rest."""
    tasks = [asyncio.create_task(_run(job, stop), name=name) for name, job in work.jobs.items()]
    waiting = asyncio.create_task(stop.wait())
    work.health.started = True
    LOG.info("started")
    done, _ = await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
    told = stop.is_set()
    work.health.draining = True
    stop.set()
    _, late = await asyncio.wait(tasks, timeout=grace_seconds)
    for task in late:
        LOG.warning("job-cancelled", extra={"job": task.get_name()})
        task.cancel()
    endings = await asyncio.gather(*tasks, return_exceptions=True)
    waiting.cancel()
    for task, ending in zip(tasks, endings, strict=True):
        if isinstance(ending, BaseException) and task not in late:
            error = (type(ending), ending, ending.__traceback__)
            LOG.error("job-failed", extra={"job": task.get_name()}, exc_info=error)
    return None if told else next(task.get_name() for task in done if task is not waiting)
