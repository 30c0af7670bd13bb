"""What images are made of: the committed tree, the packages and jars of the locks, and their marks."""

import hashlib
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pip

from deploy.container.workshop import ToolFailed, Workshop
from deploy.local.infrastructure import cache_folder
from deploy.local.kafka import jars_in
from deploy.local.processes import REPOSITORY
from deploy.local.refusal import Refusal

LOCK = Path("deploy/local/requirements.lock")


class NotCommitted(Refusal):
    """The tree is no git repository, so that no image could say from which commit it is."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Which state of the project it is: version, commit, and the commit's time in seconds since 1970."""

    version: str
    commit: str
    epoch: int


@dataclass(frozen=True, slots=True)
class Sources:
    """The folders a build reads: the committed tree, the packages with pip, Kafka's jars."""

    tree: Path
    wheels: Path
    jars: Path


def version() -> str:
    """The version that pyproject.toml says."""
    return str(tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]["version"])


def marks() -> Marks:
    """The marks of the present commit. Raises NotCommitted."""
    try:
        commit, epoch = _git("log", "-1", "--format=%H %ct").split()
    except (OSError, subprocess.CalledProcessError) as absent:
        raise NotCommitted(
            "Images are made from a commit, and this is no git repository (or git is missing)."
        ) from absent
    return Marks(version(), commit, int(epoch))


def _git(*arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(REPOSITORY), *arguments], capture_output=True, text=True, check=True
    ).stdout


def gather(workshop: Workshop, commit: str) -> Sources:
    """Bring all sources together; what was fetched before is taken again. Raises a Refusal."""
    tree = workshop.folder / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    archive = workshop.folder / "tree.tar"
    _git("-c", "tar.umask=0022", "archive", "--format=tar", "-o", str(archive), commit)
    workshop.run("tar", "-C", str(tree), "-xf", str(archive))
    archive.unlink()
    return Sources(tree, _wheels(workshop, tree / LOCK), jars_in(cache_folder() / "kafka-4.3.1"))


def _wheels(workshop: Workshop, lock: Path) -> Path:
    """The packages of a lock, each checked by its hash, with the pip that will unpack them."""
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    folder = workshop.folder / f"wheels-{digest}"
    if not (folder / "whole").exists():
        for old in workshop.folder.glob("wheels*"):
            shutil.rmtree(old)
        done = subprocess.run(
            [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-input",
             "--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", str(lock), "-d", str(folder)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            last = " | ".join(done.stderr.strip().splitlines()[-3:])
            raise ToolFailed(f"The packages of the lock could not be fetched: {last[-600:]}")
        shutil.copytree(Path(pip.__file__).parent, folder / "tool" / "pip")
        (folder / "whole").touch()
    return folder
