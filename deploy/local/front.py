"""The side of the supervisor that people see: starts it, shows its progress, stops it."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import psutil
from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from deploy.local import preflight, state
from deploy.local.home import Home
from deploy.local.leash import leash
from deploy.local.ports import Ports
from deploy.local.processes import REPOSITORY
from deploy.local.refusal import Refusal

MARKS = {"running": "…", "done": "✓", "failed": "✗", "left": "–"}
STOP_WITHIN_SECONDS = 90.0
LOOK_SECONDS = 0.2


class NotUp(Refusal):
    """The platform did not come up, or is not up; the message is one sentence with its cure."""


@dataclass(slots=True)
class Board:
    """Shows the steps of a start: in place on a terminal, a line a step elsewhere."""

    console: Console
    _said: set[str] = field(default_factory=set)

    def lines(self, seen: Mapping[str, Any]) -> Group:
        """The steps as they stand, with what is not yet ready beneath."""
        rows = [
            Text(f" {MARKS[step['state']]} {step['name']}  {step['seconds'] or ''}") for step in seen["steps"]
        ]
        slow = [row["name"] for row in seen["programs"] if row["standing"] not in {"ready", "stopped"}]
        if slow and seen["phase"] == "starting":
            rows.append(Text(f"   {', '.join(slow)}", style="dim"))
        return Group(*rows)

    def say_new(self, seen: Mapping[str, Any]) -> None:
        """Print the steps that ended since the last look."""
        for step in seen["steps"]:
            if step["state"] in {"done", "failed"} and step["name"] not in self._said:
                self._said.add(step["name"])
                self.console.print(
                    f" {MARKS[step['state']]} {step['name']}  {step['seconds']} s", highlight=False
                )


@dataclass(slots=True)
class Platform:
    """The platform as the commands of one person see it."""

    home: Home
    console: Console
    process: subprocess.Popen[bytes] | None = None

    def launch(self, services: Iterable[str], *, attached: bool) -> None:
        """Start the supervisor and show its steps until all is ready; raises NotUp.

        ``attached`` ties it to this process: it stops in order when we are gone.
        """
        services = tuple(services)
        preflight.check_machine()
        if state.is_held(self.home):
            raise NotUp("Dengwen runs here already: see dengwen status, or stop it with dengwen down.")
        preflight.check_folder(self.home)
        preflight.check_space(self.home.root)
        Ports.of()
        self.home.make()
        family = ["--family", str(psutil.Process().pid)] if attached else []
        with (self.home.logs / "supervisor.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "deploy.local.supervise", *family, "--only", ",".join(services)],
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=leash(signal.SIGTERM) if attached else None,  # noqa: PLW1509 - no thread yet
            )
        try:
            self._follow(self.process)
        except KeyboardInterrupt:
            self.stop()
            raise

    def _follow(self, process: subprocess.Popen[bytes]) -> None:
        board = Board(self.console)
        with Live(console=self.console, refresh_per_second=8, transient=False) as live:
            while True:
                ended = process.poll() is not None
                seen = state.read(self.home)
                if seen is not None and seen["pid"] == process.pid:
                    if self.console.is_terminal:
                        live.update(board.lines(seen))
                    else:
                        board.say_new(seen)
                    if seen["phase"] == "ready":
                        return
                    if ended:
                        raise NotUp(seen["message"] or "The start was stopped: start again with dengwen up.")
                elif ended:
                    raise NotUp(
                        "Dengwen runs here already: see dengwen status."
                        if process.returncode == 3
                        else f"The supervisor could not start; see {self.home.logs / 'supervisor.log'}."
                    )
                time.sleep(LOOK_SECONDS)

    def origins(self) -> list[str]:
        """Which Java, Kafka and PostgreSQL were taken, in one line each."""
        return list((state.read(self.home) or {}).get("origins", ()))

    def memory_peak_bytes(self) -> int:
        """The highest sum of PSS over all processes since the start."""
        return int((state.read(self.home) or {}).get("memory_peak", 0))

    def require_up(self) -> Mapping[str, Any]:
        """What the living supervisor says; raises NotUp when there is none, or it is not ready."""
        seen = state.read(self.home)
        if seen is None or not state.is_held(self.home):
            raise NotUp("Dengwen is not up here: start it with dengwen up.")
        if seen["phase"] != "ready":
            raise NotUp(f"Dengwen is {seen['phase']} here: wait a moment and try again.")
        return seen

    def wait(self) -> None:
        """Wait until somebody stops the platform from elsewhere, or the person interrupts.

        Raises NotUp when the supervisor died instead of ending in order.
        """
        if self.process is not None and (code := self.process.wait()):
            log = self.home.logs / "supervisor.log"
            raise NotUp(f"The supervisor died ({code}): see {log}, and start again with dengwen up.")

    def stop(self) -> bool:
        """Stop in order and wait; whether there was something to stop."""
        seen = state.read(self.home)
        if seen is None or not state.is_held(self.home):
            return False
        with self.console.status("stopping in order 正在依次停止 …"):
            supervisor = psutil.Process(seen["pid"])
            supervisor.send_signal(signal.SIGTERM)
            if self.process is not None:
                self._reap(self.process)
            else:
                psutil.wait_procs([supervisor], timeout=STOP_WITHIN_SECONDS)
            if state.is_held(self.home):
                supervisor.kill()
        return True

    def _reap(self, process: subprocess.Popen[bytes]) -> None:
        try:
            process.wait(STOP_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
