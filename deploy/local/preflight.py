"""What must be true before anything is started; each complaint is one sentence that names its cure."""

import os
import platform
import shutil
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psutil

from deploy.local.home import Home
from deploy.local.ports import Ports, taken
from deploy.local.processes import KINDS
from deploy.local.refusal import Refusal
from deploy.local.state import read

LEAST_FREE_BYTES = 2 * 1024**3
LEFTOVERS_END_SECONDS = 20.0


class NotHere(Refusal):
    """The platform cannot start here; the message is for a person and names the cure."""


def check_machine(
    system: str = platform.system(),
    machine: str = platform.machine(),
    implementation: str = platform.python_implementation(),
    version: tuple[int, int] = sys.version_info[:2],
) -> None:
    """Raises NotHere for another machine than Linux on x86-64 with CPython 3.11 to 3.13."""
    if (system, machine) != ("Linux", "x86_64"):
        raise NotHere(
            f"Dengwen runs on Linux on x86-64, and this is {system} on {machine}: use such a machine."
        )
    if implementation != "CPython" or not (3, 11) <= version <= (3, 13):
        raise NotHere(
            f"Dengwen needs CPython 3.11 to 3.13, and this is {implementation} {version[0]}.{version[1]}: "
            "name another one with make PYTHON=/path/to/python3."
        )


def check_space(folder: Path, free_bytes: int | None = None) -> None:
    """Raises NotHere when the disk that will hold the data is nearly full."""
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(there).free if free_bytes is None else free_bytes
    if free < LEAST_FREE_BYTES:
        raise NotHere(
            f"Only {free / 1024**3:.1f} GB are free for {folder} and 2 GB are needed: free some space, "
            "or name a folder on another disk in DENGWEN_HOME."
        )


def check_folder(home: Home, as_root: bool = os.geteuid() == 0) -> None:
    """Raises NotHere when the data folder cannot be written, or not be reached by PostgreSQL's user."""
    there = next(parent for parent in (home.root, *home.root.parents) if parent.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise NotHere(f"{home.root} cannot be written: name a folder of your own in DENGWEN_HOME.")
    barred = [parent for parent in home.root.parents if parent.exists() and not parent.stat().st_mode & 0o001]
    if as_root and barred:
        raise NotHere(
            f"PostgreSQL does not run as root, and no other user can enter {barred[0]}: "
            "name a folder such as /var/lib/dengwen in DENGWEN_HOME."
        )


def check_ports(ports: Ports, services: Iterable[str]) -> None:
    """Raises NotHere that names the first port in use, who uses it, and how to choose another."""
    wanted = [("kafka", ports.kafka), ("controller", ports.controller), ("postgres", ports.postgres)]
    for service in services:
        wanted.append((service, ports.http[service]))
        wanted += [(service, ports.operations(service, kind)) for kind in KINDS[service]]
    for name, port in wanted:
        if taken(port):
            raise NotHere(
                f"Port {port}, needed by {name}, is in use{_user_of(port)}: stop what uses it, or choose "
                f"another with DENGWEN_LOCAL_{name.upper()}_PORT, or move all with "
                "DENGWEN_LOCAL_PORT_SHIFT=1000."
            )


def _user_of(port: int) -> str:
    try:
        for one in psutil.net_connections("tcp"):
            if one.laddr and one.laddr.port == port and one.status == psutil.CONN_LISTEN and one.pid:
                return f" by {psutil.Process(one.pid).name()} (process {one.pid})"
    except psutil.Error:
        return ""
    return ""


def end_leftovers(home: Home) -> list[str]:
    """See off what a killed supervisor left: give it time to end, then force it; returns the names.

    A process counts only with the moment of birth that was noted, so that a reused number harms nobody.
    """
    left = [found for row in (read(home) or {}).get("programs", ()) if (found := _same(row)) is not None]
    deadline = time.monotonic() + LEFTOVERS_END_SECONDS
    _, alive = psutil.wait_procs([process for _, process in left], timeout=LEFTOVERS_END_SECONDS)
    for process in alive:
        process.kill()
    psutil.wait_procs(alive, timeout=max(1.0, deadline - time.monotonic()))
    return [name for name, _ in left]


def _same(row: dict[str, Any]) -> tuple[str, psutil.Process] | None:
    if not row.get("pid"):
        return None
    try:
        process = psutil.Process(row["pid"])
        return (row["name"], process) if abs(process.create_time() - row["born"]) < 1.0 else None
    except psutil.NoSuchProcess:
        return None
