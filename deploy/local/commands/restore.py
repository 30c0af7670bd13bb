"""``dengwen restore``: an installation brought back from a backup and its keys, started and proven."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import Annotated

import typer

from deploy.local.commands import up, verify
from deploy.local.commands.screen import CONSOLE, here
from deploy.local.front import Platform
from deploy.local.home import Home
from deploy.local.ports import Ports
from deploy.local.processes import KINDS
from deploy.local.recovery.differences import Forgotten
from deploy.local.recovery.restoring import DIFFERENCES, Restored, Restoring
from deploy.local.recovery.sealed import BackupKey
from deploy.local.recovery.ship import LOOK_SECONDS
from deploy.local.recovery.store import Store

NAME = "restore"
DRAINED_WITHIN_SECONDS = 4 * 3600.0
LISTED = 20


def run(
    folder: Annotated[Path, typer.Argument(help="The folder of the backup.")],
    key: Annotated[Path, typer.Option(help="The key that sealed it.")],
    keys: Annotated[Path, typer.Option(help="The platform's own keys, sealed.")],
    topics: Annotated[
        Path | None, typer.Option(help="The folder kafka of the old one, if it was not destroyed.")
    ] = None,
) -> None:
    """Bring a platform back into an empty DENGWEN_HOME, start it, and prove that nothing in it is broken."""
    began = time.monotonic()
    home = Home.of()
    sealing = BackupKey.of(key)
    store = Store(folder.absolute())
    restored = Restoring(home, Ports.of(), store, sealing, keys.absolute(), _step, topics).run()
    platform = Platform(home, CONSOLE)
    platform.launch(KINDS, attached=False)
    with _step("every fact back on its topic 消息重建完毕"):
        verdict = _proven()
    seconds = time.monotonic() - began
    up.show_addresses(platform)
    verify.show(verdict)
    _tell(restored, seconds)
    _list(restored.forgotten, home.logs / DIFFERENCES)
    if not verdict.holds:
        raise typer.Exit(1)


def _proven() -> verify.Verdict:
    """The judgement once everything that was said again has been heard again, however long that takes."""
    deadline, installation = time.monotonic() + DRAINED_WITHIN_SECONDS, here()
    while not (verdict := verify.judge_now(installation)).quiet and time.monotonic() < deadline:
        continue
    return verdict


def _tell(restored: Restored, seconds: float) -> None:
    """What a person must know now, and do."""
    at = restored.replayed.committed_at
    last = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC") if at else restored.found.manifest.made_at
    CONSOLE.print(f"恢复用时 RTO {seconds:.1f} s, {sum(restored.said.values())} facts said again")
    CONSOLE.print(f"恢复到 RPO: the last transaction here was committed at {last}")
    CONSOLE.print(
        "   之后受理的不在备份中: what was acknowledged later is not here; its holders send it again,"
    )
    CONSOLE.print(
        f"   and it is what came in the {LOOK_SECONDS} s between two looks and while that was written"
    )
    CONSOLE.print(
        "   未恢复 not restored: logs of processes; the broker's own offsets (the positions are here);"
    )
    CONSOLE.print("   windows of live figures (they fill again); what was erased later is due again")
    CONSOLE.print("   请立即重新备份 run dengwen backup now: this is a new line of the log", style="bold")


def _list(forgotten: list[Forgotten] | None, file: Path) -> None:
    """What the old topics told and the restored database never said, for a person to look at."""
    if forgotten is None:
        return
    CONSOLE.print(
        f"旧主题多出 {len(forgotten)}: facts that the database has forgotten, all of them in {file}"
    )
    for one in forgotten[:LISTED]:
        CONSOLE.print(f"   {one.type} {one.subject} {one.sequence} {one.time}")
    if forgotten:
        CONSOLE.print("   请逐条核实: these are told to nobody again; see whom each concerns, and act anew")


@contextmanager
def _step(name: str) -> Iterator[Callable[[str], None]]:
    """Show a step while it goes on, and its seconds when it is done."""
    began = time.monotonic()
    with CONSOLE.status(f"{name} …") as status:
        yield lambda what: status.update(f"{name} {what} …")
    CONSOLE.print(f" ✓ {name}  {time.monotonic() - began:.1f} s")
