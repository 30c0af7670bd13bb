"""Named crash points: the boundaries between steps where a test may stop the process.

Nothing happens unless ``FAILPOINTS`` names a point, as in
``FAILPOINTS="relay.confirmed_not_marked=kill:0.01;consumer.committed=sleep:1:500"``. Actions are
``kill``, ``raise``, ``exit`` and ``sleep`` (with milliseconds), each with a probability. Every hit is
appended to the file that ``FAILPOINTS_HITS`` names and forced to disk before the action, so that a
harness counts hits per point and not kills. ``FAILPOINTS=@FILE`` takes the actions from a file when the
process starts, so that a harness can drop a point that has its quota. ``failpoints.toml`` lists all points.
"""

import asyncio
import os
import random
import signal
from dataclasses import dataclass
from pathlib import Path


class FailPoint(Exception):
    """Raised by a point whose action is ``raise``."""


@dataclass(frozen=True, slots=True)
class Action:
    """What a point does when hit; ``chance`` from 0 to 1, ``milliseconds`` for a sleep."""

    word: str
    chance: float
    milliseconds: int = 0


def parse(text: str) -> dict[str, Action]:
    """The actions by point; raises ValueError for a word that is none."""
    actions = {}
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        name, _, rule = part.partition("=")
        word, *numbers = rule.split(":")
        if word not in {"kill", "raise", "exit", "sleep"}:
            raise ValueError(f"unknown action for crash point {name}")
        chance = float(numbers[0]) if numbers else 1.0
        actions[name] = Action(word, chance, int(numbers[1]) if len(numbers) > 1 else 0)
    return actions


def given(text: str) -> str:
    """The actions themselves, or what stands in the file behind ``@``; a file that is gone has none."""
    if not text.startswith("@"):
        return text
    file = Path(text[1:])
    return file.read_text() if file.exists() else ""


_ACTIVE = parse(given(os.environ.get("FAILPOINTS", "")))
_HITS = os.environ.get("FAILPOINTS_HITS")


def _note(name: str) -> None:
    if _HITS is None:
        return
    descriptor = os.open(Path(_HITS), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, f"{name} {os.getpid()}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


async def crash_point(name: str) -> None:
    """Pass the boundary ``name``; free when no action is set for it."""
    action = _ACTIVE.get(name)
    if action is None or random.random() >= action.chance:  # noqa: S311 - a coin of a test, no secret
        return
    _note(name)
    match action.word:
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "exit":
            os._exit(3)
        case "sleep":
            await asyncio.sleep(action.milliseconds / 1000)
        case _:
            raise FailPoint(name)
