"""The base of all images: one that an administrator names, or a small Debian from this machine's mirror."""

import shutil
import subprocess
from pathlib import Path

from deploy.container.workshop import ToolFailed, ToolMissing, Workshop

NAME = "localhost/dengwen-base"
LEFT_OUT = (
    "var/cache/apt/archives/*.deb", "var/cache/apt/*.bin", "var/cache/ldconfig/aux-cache",
    "var/lib/apt/lists/*", "var/log/*", "usr/share/man/*", "usr/share/locale/*", "usr/share/info/*",
    "etc/resolv.conf", "etc/hostname", "etc/machine-id", "tmp/*", "root/.*",
)  # fmt: skip
"""What a fresh Debian holds that differs from machine to machine, or that no process reads."""


def base_image(workshop: Workshop, named: str | None, epoch: int) -> str:
    """The name of the base: a loaded archive, an image that is here already, or the Debian we make once.

    ``named`` is a file made by ``podman save`` or the name of an image. Raises ToolFailed and ToolMissing.
    """
    if named and Path(named).is_file():
        said = workshop.podman("load", "-q", "-i", named)
        return said.strip().splitlines()[-1].rpartition(": ")[2]
    if named:
        return named
    suite = _suite()
    name = f"{NAME}:{suite}"
    if name not in workshop.podman("images", "--format", "{{.Repository}}:{{.Tag}}").split():
        _make(workshop, suite, name, epoch)
    return name


def _suite() -> str:
    release = dict(
        line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line
    )
    if release.get("ID") != "debian" or shutil.which("debootstrap") is None:
        raise ToolMissing(
            "The base is made on a Debian with debootstrap (apt-get install --no-install-recommends "
            "debootstrap); elsewhere name an image with Python 3.11 to 3.13 or an archive of one: "
            "make images BASE=…"
        )
    return release["VERSION_CODENAME"].strip('"')


def _mirrors(suite: str) -> dict[str, str]:
    """The mirror of each suite that this machine's apt uses, by the suite's name."""
    said = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    rows = [line.split() for line in said.stdout.splitlines()]
    found = {row[-1]: row[0] for row in rows if len(row) == 2 and row[-1].startswith(suite)}
    if suite not in found:
        raise ToolFailed(f"apt knows no mirror of {suite}: name a base image with make images BASE=…")
    return found


def _make(workshop: Workshop, suite: str, name: str, epoch: int) -> None:
    mirrors, root = _mirrors(suite), workshop.folder / f"base-{suite}"
    shutil.rmtree(root, ignore_errors=True)
    workshop.run("debootstrap", "--variant=minbase", "--include=python3", suite, str(root), mirrors[suite])
    lines = [f"deb {mirror} {release} main\n" for release, mirror in sorted(mirrors.items())]
    (root / "etc/apt/sources.list").write_text("".join(lines))
    shutil.copyfile("/etc/resolv.conf", root / "etc/resolv.conf")
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C", "apt-get", "-qq"]
    workshop.run("chroot", str(root), *quiet, "update")
    workshop.run("chroot", str(root), *quiet, "-y", "upgrade")
    for pattern in LEFT_OUT:
        for path in root.glob(pattern):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    archive = workshop.folder / f"base-{suite}.tar"
    workshop.run(
        "tar", "--sort=name", f"--mtime=@{epoch}", "--numeric-owner", "--one-file-system",
        "-C", str(root), "-cf", str(archive), ".",
    )  # fmt: skip
    workshop.podman("import", "-q", str(archive), name)
    shutil.rmtree(root)
    archive.unlink()
