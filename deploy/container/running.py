"""The platform as containers from ``compose.yaml``: brought up, looked at from outside, brought down."""

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from deploy.container import composition
from deploy.container.composition import FILE, Composition
from deploy.container.workshop import ToolFailed, Workshop
from deploy.local.home import Home
from deploy.local.ports import HTTP, KAFKA, POSTGRES, Ports
from deploy.local.processes import Installation

PROJECT = "dengwen"
UP_WITHIN_SECONDS = 480
LAUNCHER = '#!/bin/sh\nPYTHONPATH="%s" exec "%s" -m deploy.container.podman_here "$@"\n'


@dataclass(frozen=True, slots=True)
class Standing:
    """One running container: its name, its first process, and what podman says of it."""

    name: str
    pid: int
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Running:
    """One installation of containers: the tools, its folder of secrets, the version of its images."""

    workshop: Workshop
    secrets: Path
    version: str

    def variables(self) -> dict[str, str]:
        """What ``compose.yaml`` is given."""
        given = {"DENGWEN_SECRETS": str(self.secrets), "DENGWEN_VERSION": self.version}
        named = os.environ.get("DENGWEN_NETWORK")
        return given | ({"DENGWEN_NETWORK": named} if named else {})

    def composition(self) -> Composition:
        """The file with these variables."""
        return composition.read(self.variables())

    def compose(self, *arguments: str, within_seconds: float = 300) -> None:
        """Run podman-compose on the file. Raises ToolFailed."""
        launcher = self.workshop.folder / "podman"
        launcher.write_text(LAUNCHER % (FILE.parents[2], sys.executable))
        launcher.chmod(0o755)
        given = [f"{name}={value}" for name, value in self.variables().items()]
        self.workshop.run(
            "env", *given, str(Path(sys.executable).with_name("podman-compose")), "--file", str(FILE),
            "--podman-path", str(launcher), "--in-pod=false",
            "--podman-run-args=--read-only-tmpfs=false", *arguments,
            within_seconds=within_seconds,
        )  # fmt: skip

    def up(self) -> float:
        """Bring everything up and wait until it is healthy; returns how many seconds. Raises ToolFailed."""
        began = time.monotonic()
        self.compose("up", "-d", "--wait", "--wait-timeout", "240", within_seconds=UP_WITHIN_SECONDS)
        return time.monotonic() - began

    def down(self) -> None:
        """Stop and remove containers, networks and data. Raises ToolFailed."""
        self.compose("down", "-v", "-t", "40")

    def standings(self) -> list[Standing]:
        """The containers that run, in the order of the file."""
        found = []
        for name in self.composition().services:
            said = json.loads(self.workshop.podman("inspect", f"{PROJECT}_{name}_1"))[0]
            if said["State"]["Running"]:
                found.append(Standing(name, int(said["State"]["Pid"]), said))
        return found

    def last_words(self) -> Iterator[str]:
        """The end of what each container said that is not running and did not end in order."""
        for name in self.composition().services:
            with contextlib.suppress(ToolFailed):
                said = json.loads(self.workshop.podman("inspect", f"{PROJECT}_{name}_1"))[0]["State"]
                if not said["Running"] and said["ExitCode"]:
                    logs = self.workshop.run(
                        "sh", "-c", f"podman logs --tail 5 {PROJECT}_{name}_1 2>&1", within_seconds=20
                    )
                    yield f"{name} ended with {said['ExitCode']}: {logs.strip()[-600:]}"

    def installation(self) -> Installation:
        """The same as the demo and the checks speak of it: addresses, secrets and keys."""
        passwords = {file.name: file.read_text().strip() for file in (self.secrets / "secrets").iterdir()}
        fixed = self.composition().addresses()
        hosts = {name.removesuffix("-api"): host for name, host in fixed.items() if name.endswith("-api")}
        hosts |= {name: fixed[name] for name in ("kafka", "postgres")}
        ports = Ports(dict(HTTP), KAFKA, 0, POSTGRES, hosts)
        return Installation(Home(self.secrets), ports, passwords)


def addresses_of(standings: list[Standing]) -> dict[str, list[str]]:
    """The addresses of each container in all its networks."""
    return {
        found.name: [net["IPAddress"] for net in found.said["NetworkSettings"]["Networks"].values()]
        for found in standings
    }


def memory_bytes(standings: list[Standing]) -> dict[str, int]:
    """The memory of each container's processes: the sum of their PSS."""
    taken = {}
    for found in standings:
        first = psutil.Process(found.pid)
        taken[found.name] = sum(
            one.memory_full_info().pss for one in (first, *first.children(recursive=True))
        )
    return taken
