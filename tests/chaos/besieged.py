"""A whole platform of its own under fire: real processes in a folder that goes with it."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx
from rich.console import Console

from deploy.local import state
from deploy.local.commands.verify import Verdict, judge_running
from deploy.local.demo.stage import Stage
from deploy.local.front import Platform
from deploy.local.home import Home
from deploy.local.infrastructure import secret_names
from deploy.local.leash import leash
from deploy.local.ports import HTTP, KAFKA, POSTGRES, Ports, taken
from deploy.local.processes import KINDS, WITH_KAFKA, Installation, environ_of
from tests.support.platform import free_port
from tests.support.process_end import end
from tests.support.scratch import scratch_folder

REST_WITHIN_SECONDS = 240.0
GROUND = ("kafka", "postgres")
"""What the services stand on."""
BESIDES = ("console",)
"""What the faults do not need."""


@dataclass(slots=True)
class Besieged:
    """The running platform, and the files through which crash points are set and counted."""

    platform: Platform
    here: Installation
    stage: Stage
    actions: Path
    hits: Path

    def aim(self, actions: Mapping[str, str]) -> None:
        """Set the crash points for every process that starts from now on."""
        beside = self.actions.with_suffix(".new")
        beside.write_text(";".join(f"{point}={action}" for point, action in actions.items()))
        beside.replace(self.actions)

    def hits_by_point(self) -> dict[str, int]:
        """How often each crash point was hit since the start."""
        found: dict[str, int] = {}
        if self.hits.exists():
            for line in self.hits.read_text().splitlines():
                point = line.split(" ")[0]
                found[point] = found.get(point, 0) + 1
        return found

    def pids(self, *names: str) -> dict[str, int]:
        """The processes by name, those of ``names`` or all that live."""
        seen = state.read(self.here.home) or {"programs": []}
        return {
            row["name"]: row["pid"]
            for row in seen["programs"]
            if row.get("pid") and (not names or row["name"] in names)
        }

    def strike(self, name: str, word: signal.Signals = signal.SIGKILL) -> bool:
        """Send a signal to one process; whether it was there."""
        pid = self.pids(name).get(name)
        if pid is None:
            return False
        with suppress(ProcessLookupError):
            os.kill(pid, word)
            return True
        return False

    def restart_services(self) -> None:
        """End every process of a service by force, so that all start anew with the present crash points."""
        for name in self.pids():
            if name not in {"kafka", "postgres"}:
                self.strike(name)

    def all_ready(self, within_seconds: float = 300.0) -> float:
        """Wait until every process is ready again; returns the seconds. Raises AssertionError."""
        began = time.monotonic()
        time.sleep(0.5)  # until the supervisor has noticed what was just ended
        while time.monotonic() - began < within_seconds:
            seen = state.read(self.here.home) or {"programs": []}
            if all(row["standing"] == "ready" for row in seen["programs"]):
                return time.monotonic() - began
            time.sleep(0.1)
        slow = [row["name"] for row in seen["programs"] if row["standing"] != "ready"]
        raise AssertionError(f"not ready again within {within_seconds:.0f} s: {slow}")

    def processes(self) -> list[str]:
        """The processes of the services that live, by name."""
        return sorted(name for name in self.pids() if name not in GROUND)

    def says(self, name: str) -> int | None:
        """What a process answers at ``/readyz``; None for no answer, which is no yes."""
        service, _, kind = name.partition("-")
        address = f"http://127.0.0.1:{self.here.ports.operations(service, kind)}/readyz"
        try:
            return httpx.get(address, timeout=5, trust_env=False).status_code
        except httpx.HTTPError:
            return None

    def all_say_ready(self, within_seconds: float = 120.0) -> float:
        """Wait until every process of a service says that it is ready; returns the seconds."""
        began, left = time.monotonic(), self.processes()
        while left := [name for name in left if self.says(name) != 200]:
            took = time.monotonic() - began
            assert took < within_seconds, f"not ready again within {within_seconds:.0f} s: {left}"
            time.sleep(0.05)
        return time.monotonic() - began

    def come_to_rest(self) -> bool:
        """Wait until every fact reached its readers and nothing moves; whether it came to that."""
        return self.judge().quiet

    def judge(self) -> Verdict:
        """Whether all came to rest, and what the conservation law says.

        On a busy machine nothing may move for a moment though something is still to come: what is missing
        gets its time, and counts as missing when it has not come by then.
        """
        began = time.monotonic()
        while True:
            verdict = asyncio.run(judge_running(self.here))
            late = time.monotonic() - began > REST_WITHIN_SECONDS
            if late or (verdict.quiet and all(finding.holds for finding in verdict.findings)):
                return verdict
            time.sleep(1.0)

    def oracle(self, service: str, query: str) -> list[asyncpg.Record]:
        """Rows of a service's oracle views."""

        async def ask() -> list[asyncpg.Record]:
            connection = await asyncpg.connect(self.here.dsn(service, "oracle"))
            try:
                return list(await connection.fetch(query))
            finally:
                await connection.close()

        return asyncio.run(ask())

    def letters(self) -> dict[str, list[str]]:
        """The reasons of the dead letters of each service, sorted; services without any are left out."""
        query = "SELECT reason FROM oracle.dead_letter ORDER BY reason"
        found = {service: [row["reason"] for row in self.oracle(service, query)] for service in WITH_KAFKA}
        return {service: reasons for service, reasons in found.items() if reasons}

    def ended(self, name: str) -> tuple[int, int | None]:
        """How often a process was started anew, and with what code it ended last."""
        seen = state.read(self.here.home) or {"programs": []}
        return next((row["restarts"], row["ended"]) for row in seen["programs"] if row["name"] == name)

    def environ(self, changed: Mapping[str, str]) -> dict[str, str]:
        """The environment of a command beside the platform."""
        return {**os.environ, **changed}

    @contextmanager
    def second_worker(self, service: str) -> Iterator[int]:
        """Another worker of a service beside the supervised one, for as long as the block lasts; its pid."""
        environ = environ_of(self.here, service, "worker")
        prefix = f"DENGWEN_{service.upper()}_"
        environ |= {
            f"{prefix}OPERATIONS_PORT": str(free_port()),
            f"{prefix}KAFKA_INSTANCE": f"{service}-worker-1",
            "FAILPOINTS": "",
        }
        with (self.here.home.logs / f"{service}-worker-second.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"services.{service}.main", "worker"],
                env=environ, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
                preexec_fn=leash(signal.SIGKILL),  # noqa: PLW1509 - waits for nothing another thread holds
            )  # fmt: skip
        try:
            yield process.pid
        finally:
            end(process)


def _free_shift() -> int:
    """A shift at which none of the platform's usual ports is taken.

    All stay below the range from which the system gives ports to outgoing connections: a client that tries
    a port of that range while its server is away may be given the very port, and then the server has none.
    """
    wanted = [
        *HTTP.values(),
        *(p + o for p in HTTP.values() for o in (1000, 1100, 1200)),
        KAFKA,
        KAFKA + 1,
        POSTGRES,
    ]
    for shift in range(1_000, 13_600, 100):
        if not any(taken(port + shift) for port in wanted):
            return shift
    raise AssertionError("no free ports")


@contextmanager
def besieged(console: Console) -> Iterator[Besieged]:
    """A platform for as long as the block lasts, with the sample organisation loaded."""
    root = scratch_folder(_traversable())
    actions, hits = root / "crash-points", root / "hits"
    given = {
        "DENGWEN_HOME": str(root / "home"),
        "DENGWEN_LOCAL_PORT_SHIFT": str(_free_shift()),
        "DENGWEN_LOCAL_LONGEST_PAUSE_SECONDS": "1",
        "FAILPOINTS": f"@{actions}",
        "FAILPOINTS_HITS": str(hits),
    }
    kept = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    home = Home.of()
    platform = Platform(home, console)
    try:
        platform.launch([name for name in KINDS if name not in BESIDES], attached=True)
        here = Installation(home, Ports.of(), home.secrets(secret_names()))
        with httpx.Client(timeout=10, trust_env=False) as client:
            stage = Stage(here, client)
            stage.load_organisation(lambda _, __: None)
            yield Besieged(platform, here, stage, actions, hits)
    finally:
        platform.stop()
        for name, value in kept.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        shutil.rmtree(root, ignore_errors=True)


def _traversable() -> Path:
    """Where an unprivileged database user can go: the usual place, unless it is private."""
    return Path(tempfile.gettempdir() if os.geteuid() else "/var/tmp")
