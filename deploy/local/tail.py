"""Shows what several processes print, each line behind the name of its process."""

import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.text import Text

COLOURS = ("cyan", "green", "yellow", "magenta", "blue", "bright_cyan", "bright_green", "bright_magenta")
LOOK_SECONDS = 0.3


def follow(logs: Path, console: Console) -> None:
    """Print new lines of every log until interrupted."""
    seen = {file: file.stat().st_size for file in logs.glob("*.log")}
    while True:
        for file in sorted(logs.glob("*.log")):
            seen[file] = _show_new(file, seen.get(file, 0), console)
        time.sleep(LOOK_SECONDS)


def _show_new(file: Path, start: int, console: Console) -> int:
    if file.stat().st_size < start:
        start = 0
    with file.open("rb") as opened:
        opened.seek(start)
        fresh = opened.read()
    whole = fresh.rfind(b"\n") + 1
    for line in fresh[:whole].decode("utf-8", "replace").splitlines():
        console.print(prefixed(file.stem, line))
    return start + whole


def prefixed(name: str, line: str) -> Text:
    """One line with the name of its process before it, always in the same colour."""
    colour = COLOURS[sum(name.encode()) % len(COLOURS)]
    return Text.assemble((f"{name:>16} ", colour), ("│ ", "dim"), line)


def last_lines(file: Path, count: int) -> Iterator[str]:
    """The last lines of one log."""
    yield from file.read_text("utf-8", "replace").splitlines()[-count:]
