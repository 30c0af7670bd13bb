"""``make images``: builds three images, proves that twice gives the same, writes one bundle and its papers.

``python -m deploy.container.images [--base NAME-OR-ARCHIVE] [--once] [--out FOLDER]``. Everything else lies
in the cache folder. Exit code 0 when all stands, 1 with one sentence when something is missing or differs.
"""

import argparse
import hashlib
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.container.ground import base_image
from deploy.container.sbom import write_sbom
from deploy.container.sources import Marks, Sources, gather, marks
from deploy.container.workshop import ToolFailed, Workshop
from deploy.local.refusal import Refusal

TARGETS = {"dengwen": "dengwen", "kafka": "dengwen-kafka", "postgres": "dengwen-postgres"}
"""Each target of the Containerfile and the name of its image."""
NO_TOOLS = ("gcc", "cc", "c++", "make", "ld", "as", "cargo", "go", "javac", "git", "pip", "pip3", "wheel")
FIND_TOOLS = f"""
import importlib.util, shutil, sys
found = [name for name in {NO_TOOLS!r} if shutil.which(name)]
found += [name for name in ("pip", "setuptools", "wheel", "ensurepip") if importlib.util.find_spec(name)]
sys.exit(" ".join(found) or 0)
"""
MEGABYTE = 1_000_000


def tag(target: str, version: str) -> str:
    """The name under which an image is found here and in the bundle."""
    return f"localhost/{TARGETS[target]}:{version}"


def build(workshop: Workshop, sources: Sources, mark: Marks, base: str, *, fresh: bool) -> dict[str, str]:
    """Build all targets; returns the id of each image. ``fresh`` takes no layer of an earlier build.

    An id is the hash of everything in the image. The first target leads past all stages that do some work,
    so that the other two only put together what it made.
    """
    return {target: _build(workshop, sources, mark, base, target, fresh=fresh) for target in TARGETS}


def _build(workshop: Workshop, sources: Sources, mark: Marks, base: str, target: str, *, fresh: bool) -> str:
    place = sources.tree / "deploy" / "container"
    name = tag(target, mark.version)
    workshop.run(
        "buildah", "build", "--quiet", "--layers", *(["--no-cache"] if fresh and target == "dengwen" else []),
        "--format", "oci", "--pull-never", "--timestamp", str(mark.epoch), "--target", target,
        "--build-arg", f"BASE={base}", "--build-arg", f"VERSION={mark.version}",
        "--build-arg", f"COMMIT={mark.commit}", "--build-context", f"wheels={sources.wheels}",
        "--build-context", f"jars={sources.jars}", "--ignorefile", str(place / "Containerfile.dockerignore"),
        "--file", str(place / "Containerfile"), "--tag", name, str(sources.tree),
    )  # fmt: skip
    return workshop.podman("image", "inspect", "--format", "{{.Id}}", name).strip()


def check(workshop: Workshop, image: str) -> None:
    """Raises ToolFailed when an image runs as root, or holds a compiler, a build tool or pip."""
    user = workshop.podman("image", "inspect", "--format", "{{.Config.User}}", image).strip()
    if user != "10001:10001":
        raise ToolFailed(f"{image} would run as {user or 'root'}")
    workshop.podman("run", "--rm", "--network=none", "--read-only", image, "python3", "-c", FIND_TOOLS)


def bundle(workshop: Workshop, mark: Marks, folder: Path) -> Path:
    """Write all images into one archive, with its SHA-256 beside; returns the archive."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"dengwen-{mark.version}.tar"
    file.unlink(missing_ok=True)
    names = [tag(target, mark.version) for target in TARGETS]
    workshop.podman("save", "-q", "-m", "--format", "docker-archive", "-o", str(file), *names)
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    file.with_name(f"{file.name}.sha256").write_text(f"{digest}  {file.name}\n")
    return file


def make(workshop: Workshop, base: str | None, folder: Path, *, twice: bool) -> None:
    """All of it, with a line for each step. Raises a Refusal."""
    mark = marks()
    with _step("sources"):
        sources = gather(workshop, mark.commit)
    with _step("base"):
        ground = base_image(workshop, base, mark.epoch)
        check_python(workshop, ground)
    with _step("images"):
        built = build(workshop, sources, mark, ground, fresh=twice)
    if twice:
        with _step("images again, from nothing"):
            again = build(workshop, sources, mark, ground, fresh=True)
        if differing := sorted(target for target in TARGETS if again[target] != built[target]):
            raise ToolFailed(f"Built twice, and not the same: {', '.join(differing)}.")
        workshop.podman("image", "prune", "-f")
    for target in TARGETS:
        check(workshop, tag(target, mark.version))
    with _step("bundle"):
        file = bundle(workshop, mark, folder)
        papers = [
            write_sbom(workshop, name, tag(target, mark.version), mark, folder)
            for target, name in TARGETS.items()
        ]
    _say(f"commit {mark.commit[:12]}, base {ground}{', twice the same' if twice else ''}")
    for target in TARGETS:
        size = workshop.podman("image", "inspect", "--format", "{{.Size}}", tag(target, mark.version))
        _say(f"{tag(target, mark.version):<36} {int(size) / MEGABYTE:6.0f} MB  {built[target][:19]}")
    _say(f"{file}  {file.stat().st_size / MEGABYTE:.0f} MB, SHA-256 beside it")
    for paper in papers:
        _say(f"{paper}")


def check_python(workshop: Workshop, base: str) -> None:
    """Raises ToolFailed when the base's Python is another than ours: packages are for one version."""
    ours = f"{sys.version_info[0]}.{sys.version_info[1]}"
    said = workshop.podman(
        "run",
        "--rm",
        "--network=none",
        base,
        "python3",
        "-c",
        "import sys; print(*sys.version_info[:2], sep='.')",
    ).strip()
    if said != ours:
        raise ToolFailed(
            f"{base} has Python {said} and this environment {ours}: remove .venv and run "
            f"make images PYTHON=python{said}, or name another base in BASE."
        )


@contextmanager
def _step(name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    _say(f" ✓ {name}  {time.monotonic() - began:.1f} s")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Build, compare, write; one sentence when it cannot be done."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--base")
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    try:
        workshop = Workshop.of()
        make(workshop, given.base, given.out or workshop.folder / "bundle", twice=not given.once)
    except Refusal as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
