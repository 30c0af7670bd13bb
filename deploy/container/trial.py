"""``make containers``: the whole platform as real containers from ``compose.yaml``, tried from outside.

Makes secrets, brings everything up, lets the demo play against it, looks how closely each container is held,
tries every way between them by address, and takes everything down again. Exit code 0 when all held.
"""

import contextlib
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx

from deploy.container import images
from deploy.container.confined import betrayed, loose
from deploy.container.doors import ELSEWHERE, Door, try_all
from deploy.container.running import Running, addresses_of, memory_bytes
from deploy.container.sources import Marks, marks
from deploy.container.workshop import ToolFailed, Workshop
from deploy.local.commands.demo import SEEDED, play
from deploy.local.commands.seed import write_seeded
from deploy.local.demo.stage import Stage
from deploy.local.refusal import Refusal

REVISION = '{{index .Config.Labels "org.opencontainers.image.revision"}}'
MEGABYTE = 1_000_000


def images_of(workshop: Workshop, mark: Marks) -> None:
    """See that the images of this commit are here; builds them once when they are not. Raises a Refusal."""
    for target in images.TARGETS:
        with contextlib.suppress(ToolFailed):
            name = images.tag(target, mark.version)
            if workshop.podman("image", "inspect", "--format", REVISION, name).strip() == mark.commit:
                continue
        images.make(workshop, None, workshop.folder / "bundle", twice=False)
        return


def secrets_for(workshop: Workshop, version: str) -> Path:
    """A fresh folder of secrets, made by the image as the guide says. Raises ToolFailed."""
    folder = workshop.folder / "trial"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    workshop.podman(
        "run", "--rm", "--network=none", "--user=0:0", "-v", f"{folder}:/secrets",
        images.tag("dengwen", version), "python3", "-m", "deploy.container.make_secrets", "/secrets",
    )  # fmt: skip
    return folder


@contextlib.contextmanager
def brought_up(running: Running) -> Iterator[float]:
    """Everything up within the block, with the seconds that took; gone afterwards, however it ends."""
    with contextlib.suppress(ToolFailed):
        running.down()
    try:
        yield running.up()
    except ToolFailed:
        for words in running.last_words():
            _say(f" ✗ {words}")
        raise
    finally:
        running.down()


@contextlib.contextmanager
def door_elsewhere() -> Iterator[Door]:
    """A port of this machine that anybody on it can open, at an address outside the containers' networks.

    Raises ToolFailed where the machine has none but loopback.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked, socket.socket() as listening:
        try:
            asked.connect(("192.0.2.1", 9))
        except OSError as nowhere:
            raise ToolFailed("this machine has no address that a container could try") from nowhere
        host = asked.getsockname()[0]
        listening.bind((host, 0))
        listening.listen(64)
        door = Door(ELSEWHERE, host, listening.getsockname()[1])
        socket.create_connection((door.host, door.port), 2).close()
        yield door


def played(running: Running) -> bool:
    """Let the demo play from outside the containers; whether every promise held."""
    with (
        tempfile.TemporaryDirectory() as folder,
        httpx.Client(timeout=120, trust_env=False) as client,
    ):
        register = Path(folder) / "seeded.xlsx"
        write_seeded(register, *SEEDED, date(2019, 1, 1), date(2019, 12, 31))
        _, holds = play(Stage(running.installation(), client), register)
    return holds


def look(running: Running) -> list[str]:
    """Everything about the running containers that is not as it must be. Raises ToolFailed."""
    workshop, standings = running.workshop, running.standings()
    secrets = set(running.installation().secrets.values())
    wrong = [words for found in standings for words in loose(workshop, found)]
    wrong += [words for found in standings for words in betrayed(workshop, found, secrets)]
    _say(f" {_mark(wrong)} {len(standings)} containers: no root, no capability, read-only, limited, silent")
    with door_elsewhere() as outside:
        names = {found.name: found.said["Name"] for found in standings}
        tried = try_all(workshop, running.composition(), addresses_of(standings), names, outside)
    _say(
        f" {_mark(tried.wrong)} ways tried by address: {tried.opened} open as listed, {tried.closed} closed, "
        f"{len(tried.wrong)} otherwise"
    )
    return [*wrong, *tried.wrong]


def trial(workshop: Workshop) -> bool:
    """One trial from images to nothing; whether all held. Raises a Refusal."""
    mark = marks()
    images_of(workshop, mark)
    running = Running(workshop, secrets_for(workshop, mark.version), mark.version)
    with brought_up(running) as seconds:
        _say(f" ✓ {len(running.standings())} containers up and healthy in {seconds:.0f} s")
        began = time.monotonic()
        holds = played(running)
        _say(f" {'✓' if holds else '✗'} the demo, from outside, in {time.monotonic() - began:.0f} s")
        wrong = look(running)
        taken = memory_bytes(running.standings())
    for words in wrong:
        _say(f"   {words}")
    for name, size in sorted(taken.items(), key=lambda pair: -pair[1]):
        _say(f"   {name:<18} {size / MEGABYTE:6.0f} MB")
    _say(f"memory {sum(taken.values()) / MEGABYTE:.0f} MB (PSS of all processes), start {seconds:.0f} s")
    for target in images.TARGETS:
        name = images.tag(target, mark.version)
        size = int(workshop.podman("image", "inspect", "--format", "{{.Size}}", name))
        _say(f"{name:<36} {size / MEGABYTE:.0f} MB")
    return holds and not wrong


def _mark(wrong: object) -> str:
    return "✗" if wrong else "✓"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Try it; one sentence when it cannot be done. Told to end, it takes everything down first."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return 0 if trial(Workshop.of()) else 1
    except Refusal as refused:
        sys.stderr.write(f"{refused}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
