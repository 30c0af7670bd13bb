"""``dengwen watch`` beside a machine of a test, and what its Prometheus answers."""

import math
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from deploy.local.ports import Ports
from deploy.local.processes import REPOSITORY
from tests.support.machine import Machine

READY_WITHIN_SECONDS = 30.0
STOPPED_WITHIN_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Watch:
    """A running watch; it looks every second."""

    process: "subprocess.Popen[bytes]"
    client: httpx.Client

    def ask(self, path: str, **words: str) -> Any:
        """What the API of Prometheus answers at ``path``."""
        answer = self.client.get(f"/api/v1/{path}", params=words)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def has_data(self, query: str) -> bool:
        """Whether a query gives at least one series whose value is a number."""
        found = self.ask("query", query=query)["result"]
        return any(math.isfinite(float(row["value"][1])) for row in found)

    def without_data(self, queries: Iterable[str]) -> list[str]:
        """Those of the queries that give none."""
        return sorted(query for query in set(queries) if not self.has_data(query))

    def alerts(self, state: str) -> set[tuple[str, str]]:
        """Alerts that are pending or firing now, each with its process, program or nothing."""
        return {
            (row["labels"]["alertname"], row["labels"].get("process") or row["labels"].get("program", ""))
            for row in self.ask("alerts")["alerts"]
            if row["state"] == state
        }

    def interrupt(self) -> int:
        """Press Ctrl-C; returns the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(STOPPED_WITHIN_SECONDS)


@contextmanager
def watching(machine: Machine, said: Path) -> Iterator[Watch]:
    """The verb at work on a machine that is up, until the block ends; what it prints goes to ``said``."""
    port = Ports.of(machine.environ).prometheus
    command = [sys.executable, "-m", "deploy.local.command", "watch", "--every", "1"]
    with (
        said.open("wb") as printed,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        process = subprocess.Popen(
            command, cwd=REPOSITORY, env=machine.environ, stdin=subprocess.DEVNULL,
            stdout=printed, stderr=subprocess.STDOUT,
        )  # fmt: skip
        watch = Watch(process, client)
        try:
            _await_ready(watch, said)
            yield watch
        finally:
            if process.poll() is None:
                watch.interrupt()


def _await_ready(watch: Watch, said: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while "Ctrl-C" not in said.read_text(encoding="utf-8"):
        assert watch.process.poll() is None, said.read_text(encoding="utf-8")
        assert time.monotonic() < deadline, "the watch did not begin"
        time.sleep(0.05)
