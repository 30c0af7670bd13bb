"""Podman and Buildah as this project runs them: as root, without an engine service, all in one folder.

Nothing of the machine's own containers is touched: storage, networks and settings are files of ours.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.infrastructure import cache_folder
from deploy.local.refusal import Refusal

PROGRAMS = {"podman": "podman", "buildah": "buildah", "runc": "runc", "iptables": "iptables"}
"""What must be on the path, and the Debian package that gives it."""
BESIDE = {"netavark": "netavark", "aardvark-dns": "aardvark-dns"}
"""What podman looks for in its own folders."""
FOLDERS = (Path("/usr/lib/podman"), Path("/usr/libexec/podman"), Path("/usr/local/lib/podman"))
CONTAINERS = """\
[containers]
default_ulimits = ["nofile=4096:8192", "nproc=1024:1024"]
log_driver = "k8s-file"

[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
tmp_dir = "{folder}/run/libpod"

[network]
network_backend = "netavark"
network_config_dir = "{folder}/networks"
"""
STORAGE = """\
[storage]
driver = "overlay"
runroot = "{folder}/run/storage"
graphroot = "{folder}/storage"
"""


class ToolMissing(Refusal):
    """A program that containers need is not here; the message names its package."""


class ToolFailed(Refusal):
    """A program ended with an error; the message holds its last words."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """The folder with everything that building and running leaves behind."""

    folder: Path

    @classmethod
    def of(cls, environ: Mapping[str, str] = os.environ) -> "Workshop":
        """The one below the cache folder, with its settings written. Raises ToolMissing."""
        check_tools()
        here = cls(cache_folder(environ) / "containers")
        for name in ("networks", "run"):
            (here.folder / name).mkdir(parents=True, exist_ok=True)
        (here.folder / "containers.conf").write_text(CONTAINERS.format(folder=here.folder))
        (here.folder / "storage.conf").write_text(STORAGE.format(folder=here.folder))
        return here

    def environ(self) -> dict[str, str]:
        """The environment in which podman and buildah find these settings."""
        return {
            **os.environ,
            "DISABLE_HC_SYSTEMD": "true",
            "CONTAINERS_CONF": str(self.folder / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(self.folder / "storage.conf"),
            "BUILDAH_ISOLATION": "chroot",
        }

    def run(self, *command: str, within_seconds: float = 1200, given: str = "") -> str:
        """Run a program to its end with ``given`` as input; returns what it printed. Raises ToolFailed."""
        try:
            done = subprocess.run(
                command,
                env=self.environ(),
                capture_output=True,
                input=given,
                text=True,
                check=False,
                timeout=within_seconds,
            )
        except subprocess.TimeoutExpired as late:
            raise ToolFailed(f"{' '.join(command[:3])} took more than {within_seconds:.0f} s.") from late
        if done.returncode:
            last = " | ".join(done.stderr.strip().splitlines()[-4:])
            raise ToolFailed(f"{' '.join(command[:3])} ended with {done.returncode}: {last[-900:]}")
        return done.stdout

    def podman(self, *arguments: str, within_seconds: float = 300) -> str:
        """Run podman. Raises ToolFailed."""
        return self.run("podman", *arguments, within_seconds=within_seconds)


def check_tools(look: Sequence[Path] = FOLDERS, user: int | None = None) -> None:
    """Raises ToolMissing that names every package to install, or that says that only root can do it.

    ``look`` are podman's own folders, ``user`` the user's number, ours by default.
    """
    missing = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    missing += [
        package
        for program, package in BESIDE.items()
        if not any((place / program).exists() for place in look)
    ]
    if missing:
        names = " ".join(sorted(missing))
        raise ToolMissing(
            f"Containers need {names}: install what is missing "
            f"(Debian: apt-get install --no-install-recommends {names})."
        )
    if (os.geteuid() if user is None else user) != 0:
        raise ToolMissing("Containers are built and run by root here: run make as root.")
