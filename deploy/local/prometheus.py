"""The real Prometheus on a running platform: found, configured, started, ended; on loopback only."""

import asyncio
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deploy.local.home import Home
from deploy.local.leash import leashed
from deploy.local.ports import LOOPBACK, Ports, taken
from deploy.local.probes import answers
from deploy.local.refusal import Refusal
from deploy.prometheus.scrape import render

READY_WITHIN_SECONDS = 30.0
STOP_WITHIN_SECONDS = 20.0
KEPT = "15d"
"""How long its data are kept."""


class NoPrometheus(Refusal):
    """There is no Prometheus here, or it did not start; the message is one sentence with its cure."""


def program_of(environ: Mapping[str, str] = os.environ) -> str:
    """The program that ``DENGWEN_PROMETHEUS`` names, else the one installed. Raises NoPrometheus."""
    named = environ.get("DENGWEN_PROMETHEUS")
    if named and not os.access(named, os.X_OK):
        raise NoPrometheus(f"DENGWEN_PROMETHEUS names {named}, which is no program: name another, or none.")
    found = named or shutil.which("prometheus", path=environ.get("PATH"))
    if found is None:
        raise NoPrometheus(
            "There is no Prometheus on this machine: install Debian's package prometheus "
            "(apt-get install --no-install-recommends prometheus), or name the program in DENGWEN_PROMETHEUS."
        )
    return found


@contextmanager
def running(home: Home, ports: Ports, every_seconds: int) -> Iterator[subprocess.Popen[bytes]]:
    """Prometheus, ready, for as long as the block lasts; its data lie in ``run/prometheus`` and stay.

    Raises NoPrometheus.
    """
    program = program_of()
    for name, port in (("prometheus", ports.prometheus), ("measures", ports.measures)):
        if taken(port):
            raise NoPrometheus(
                f"Port {port} is in use: choose another with DENGWEN_LOCAL_{name.upper()}_PORT, "
                "or stop the dengwen watch that runs already."
            )
    folder, log = home.state.parent / "prometheus", home.logs / "prometheus.log"
    folder.mkdir(mode=0o700, exist_ok=True)
    config = folder / "prometheus.yml"
    config.write_text(render(ports, every_seconds), encoding="utf-8")
    command = _command(program, config, folder / "data", ports.prometheus)
    with leashed(command, log, signal.SIGTERM, within_seconds=STOP_WITHIN_SECONDS, cwd=folder) as process:
        _await_ready(process, ports.prometheus, log)
        yield process


def _command(program: str, config: Path, data: Path, port: int) -> list[str]:
    return [
        program,
        f"--config.file={config}",
        f"--storage.tsdb.path={data}",
        f"--storage.tsdb.retention.time={KEPT}",
        f"--web.listen-address={LOOPBACK}:{port}",
        "--log.level=warn",
    ]


def _await_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if asyncio.run(answers(port, "/-/ready")):
            return
        time.sleep(0.1)
    raise NoPrometheus(f"Prometheus did not start; its log says why: {log}.")
