"""Keeps one program running: starts it, waits until it is ready, starts it again when it dies, stops it."""

import asyncio
import contextlib
import os
import pwd
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from deploy.local.leash import leash

LONGEST_PAUSE_SECONDS = float(os.environ.get("DENGWEN_LOCAL_LONGEST_PAUSE_SECONDS", "30"))
"""Between two starts of a program that keeps dying; a fault suite wants it short."""
STEADY_AFTER_SECONDS = 60.0
ROTATE_AT_BYTES = 10 * 1024 * 1024


class Standing(StrEnum):
    """Where a program stands."""

    WAITING = "waiting"
    STARTING = "starting"
    READY = "ready"
    PAUSING = "pausing"
    STOPPED = "stopped"


class NotReady(Exception):
    """A program did not become ready; the message names it and the file that says why."""


@dataclass(frozen=True, slots=True)
class Program:
    """One program of the platform.

    ``ready`` answers whether it serves; ``stop`` is the signal that ends it in order, ``at_death`` what the
    kernel sends when the supervisor is gone. ``environ`` is its whole environment.
    """

    name: str
    command: tuple[str, ...]
    environ: Mapping[str, str]
    ready: Callable[[], Awaitable[bool]]
    stop: signal.Signals = signal.SIGTERM
    at_death: signal.Signals = signal.SIGKILL
    user: str | None = None
    stop_within_seconds: float = 25.0


def pause_seconds(deaths: int) -> float:
    """How long to wait before the next start after so many deaths in a row, from half a second doubled."""
    return float(min(LONGEST_PAUSE_SECONDS, 0.5 * 2 ** min(deaths - 1, 10)))


@dataclass(slots=True)
class Keeper:
    """The keeper of one program; ``changed`` is called whenever its standing changes.

    ``ended`` is the code of its last end, negative for a signal; None while it never ended.
    """

    program: Program
    logs: Path
    changed: Callable[[], None]
    standing: Standing = Standing.WAITING
    pid: int | None = None
    deaths: int = 0
    restarts: int = 0
    ended: int | None = None
    _ready: asyncio.Event = field(default_factory=asyncio.Event)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    @property
    def log(self) -> Path:
        """The file that takes everything the program prints."""
        return self.logs / f"{self.program.name}.log"

    def start(self) -> None:
        """Start keeping; returns at once."""
        self._task = asyncio.create_task(self._keep(), name=self.program.name)

    async def until_ready(self, within_seconds: float, most_deaths: int = 4) -> None:
        """Wait until it is ready; raises NotReady when it dies too often or takes too long."""
        deadline = time.monotonic() + within_seconds
        while not self._ready.is_set():
            if self._task is not None and self._task.done():
                await self._task
                raise NotReady(f"{self.program.name} was stopped before it was ready")
            if self.deaths >= most_deaths or time.monotonic() > deadline:
                why = "keeps dying" if self.deaths >= most_deaths else f"not ready in {within_seconds:.0f} s"
                raise NotReady(f"{self.program.name} {why}; see {self.log}")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ready.wait(), 0.2)

    async def stop(self) -> None:
        """End the program by its own signal, by force when that takes too long; never raises."""
        self._stopping.set()
        if self._task is not None:
            await self._task
        self._stand(Standing.STOPPED)

    async def _keep(self) -> None:
        while not self._stopping.is_set():
            began = time.monotonic()
            process = await self._spawn()
            await self._attend(process)
            self.pid, self.ended = None, process.returncode
            self._ready.clear()
            if self._stopping.is_set():
                return
            self.deaths = 1 if time.monotonic() - began > STEADY_AFTER_SECONDS else self.deaths + 1
            self.restarts += 1
            self._stand(Standing.PAUSING)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause_seconds(self.deaths))

    async def _spawn(self) -> asyncio.subprocess.Process:
        self._stand(Standing.STARTING)
        entry = pwd.getpwnam(self.program.user) if self.program.user else None
        output = _open_log(self.log)
        try:
            process = await asyncio.create_subprocess_exec(
                *self.program.command,
                env=dict(self.program.environ),
                cwd="/",
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=leash(self.program.at_death),
                user=entry.pw_uid if entry else None,
                group=entry.pw_gid if entry else None,
                extra_groups=[] if entry else None,
            )
        finally:
            os.close(output)
        self.pid = process.pid
        self.changed()
        return process

    async def _attend(self, process: asyncio.subprocess.Process) -> None:
        """Stay with a started program until it has ended, by itself or because we stop."""
        probing = asyncio.create_task(self._probe(process))
        stopping = asyncio.create_task(self._stopping.wait())
        ended = asyncio.create_task(process.wait())
        await asyncio.wait({stopping, ended}, return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(self.program.stop)
            await asyncio.wait({ended}, timeout=self.program.stop_within_seconds)
            if not ended.done():
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await ended
        for task in (probing, stopping):
            task.cancel()
        await asyncio.gather(probing, stopping, return_exceptions=True)

    async def _probe(self, process: asyncio.subprocess.Process) -> None:
        ready = False
        while not ready and process.returncode is None:
            await asyncio.sleep(0.15)
            ready = await self.program.ready()
        if process.returncode is None:
            self._ready.set()
            self._stand(Standing.READY)

    def _stand(self, standing: Standing) -> None:
        self.standing = standing
        self.changed()


def _open_log(file: Path) -> int:
    if file.exists() and file.stat().st_size > ROTATE_AT_BYTES:
        file.replace(file.with_suffix(".log.1"))
    return os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
