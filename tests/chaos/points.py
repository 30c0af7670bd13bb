"""Crash points by quota: the platform is killed at each named step until every step has its hits."""

import subprocess
import sys
import time
import tomllib
from collections.abc import Callable

from deploy.local.processes import REPOSITORY
from tests.chaos.besieged import Besieged
from tests.chaos.work import Work

BURIED, PUT_BACK = "consumer.buried", "dead_letters.put_back_not_committed"
AT_A_LETTER = (BURIED, PUT_BACK)
"""Passed only when something is a dead letter; ``poison`` plays these."""
OFTEN = {"http.answered"}
"""Passed many times a second: at the usual chance no process would live long enough to do its work."""
USUAL, OFTEN_USUAL = 0.25, 0.05
AT_LAST, OFTEN_AT_LAST = 0.8, 0.25
"""Chances while many points lack hits, and for the few that lack them at last."""
FEW = 6
SELDOM = {
    "import.registered_not_committed": 0.5,
    "import.chunk_committed": 0.8,
    "intake.identities_confirmed_not_noted": 0.5,
}
"""All of one worker, one behind the other: a life of it that ends earlier tells nothing of them."""
SECONDS_A_HIT = 60.0
LEAST_SECONDS = 300.0
LOOK_SECONDS = 0.3


def named() -> list[str]:
    """Every crash point of the registry."""
    registry = tomllib.loads((REPOSITORY / "services/chassis/failpoints.toml").read_text(encoding="utf-8"))
    return [f"{part}.{name}" for part, names in registry.items() for name in names]


def under_load() -> list[str]:
    """Those that ordinary work passes."""
    return [point for point in named() if point not in AT_A_LETTER]


def _chance(point: str, *, eager: bool) -> float:
    if point in OFTEN:
        return OFTEN_AT_LAST if eager else OFTEN_USUAL
    return AT_LAST if eager else SELDOM.get(point, USUAL)


def crash(besieged: Besieged, work: Work, hits: int, tell: Callable[[str], None] = lambda _: None) -> str:
    """Kill at every point until each has its quota; one that has it is dropped at the next start."""
    points, aimed, eager = under_load(), list[str](), False
    deadline = time.monotonic() + max(LEAST_SECONDS, SECONDS_A_HIT * hits)
    while short := [point for point in points if besieged.hits_by_point().get(point, 0) < hits]:
        if short != aimed:
            few = len(short) <= FEW
            besieged.aim({point: f"kill:{_chance(point, eager=few)}" for point in short})
            if not aimed or few != eager:
                besieged.restart_services()
            aimed, eager = short, few
        found = besieged.hits_by_point()
        met = sum(min(found.get(point, 0), hits) for point in points)
        left = ", ".join(short) if eager else f"{len(short)} points to go"
        tell(f"{met} of {len(points) * hits} hits, {left}; {work.done} acts acknowledged")
        assert time.monotonic() < deadline, f"quota not met in time: { {p: found.get(p, 0) for p in short} }"
        time.sleep(LOOK_SECONDS)
    besieged.aim({})
    besieged.restart_services()
    took = besieged.all_ready()
    found = besieged.hits_by_point()
    least = min(found[point] for point in points)
    below = f"chance of a failure at a point below {min(1.0, 3 / least):.0%}"
    return (
        f"{len(points)} points, at least {least} hits each, {sum(found.values())} kills, {below}, "
        f"{work.done} acts acknowledged, ready again after {took:.0f} s"
    )


def replay(besieged: Besieged, *, killed: bool = False) -> int:
    """``dengwen deadletter replay`` of everything, killed at its crash point or not; the exit code."""
    environ = besieged.environ({"FAILPOINTS": f"{PUT_BACK}=kill" if killed else ""})
    command = [sys.executable, "-m", "deploy.local.command", "deadletter", "replay"]
    return subprocess.run(command, cwd=REPOSITORY, env=environ, capture_output=True, check=False).returncode
