"""How a ratio is measured: ours and the reference in turn, in one run, and when nothing can be said.

Absolute figures differ between machines and days, ratios hardly do. A round in which other programs
used more than a fifth of a core is played again. A series whose quartiles lie more than 30 % of the
median apart is inconclusive: neither passed nor failed. Source: the project's performance goals, 3.
"""

import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum

import psutil

OTHERS_CORES = 0.2
WIDEST_SPREAD = 0.30
REPLAYS = 5


class Verdict(StrEnum):
    """What a series says about its gate."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    SHOWN = "shown"


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal: a name such as ``P5``, what is divided by what, and the least ratio that passes.

    Without a gate it is only shown.
    """

    name: str
    what: str
    unit: str
    gate: float | None
    target: float | None


@dataclass(frozen=True, slots=True)
class Round:
    """One round: units per second of both sides, and the cores that others used meanwhile."""

    ours: float
    reference: float
    others_cores: float

    @property
    def ratio(self) -> float:
        """Ours divided by the reference."""
        return self.ours / self.reference


@dataclass(slots=True)
class Series:
    """All rounds of one goal."""

    goal: Goal
    rounds: list[Round] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """The median ratio."""
        return statistics.median(r.ratio for r in self.rounds)

    @property
    def quartiles(self) -> tuple[float, float]:
        """The first and third quartile of the ratios."""
        if len(self.rounds) == 1:
            return self.ratio, self.ratio
        first, _, third = statistics.quantiles([r.ratio for r in self.rounds], n=4, method="inclusive")
        return first, third

    @property
    def verdict(self) -> Verdict:
        """Whether the gate was reached, or cannot be told: too noisy, or others at work throughout."""
        if self.goal.gate is None:
            return Verdict.SHOWN
        first, third = self.quartiles
        noisy = (third - first) / self.ratio > WIDEST_SPREAD
        if noisy or statistics.median(r.others_cores for r in self.rounds) > OTHERS_CORES:
            return Verdict.INCONCLUSIVE
        return Verdict.PASSED if self.ratio >= self.goal.gate else Verdict.FAILED

    def figures(self) -> dict[str, object]:
        """Everything that is printed, for a file."""
        first, third = self.quartiles
        return {
            "goal": self.goal.name,
            "what": self.goal.what,
            "unit": self.goal.unit,
            "ours": [round(r.ours) for r in self.rounds],
            "reference": [round(r.reference) for r in self.rounds],
            "others_cores": [round(r.others_cores, 2) for r in self.rounds],
            "ratio": round(self.ratio, 3),
            "quartiles": [round(first, 3), round(third, 3)],
            "gate": self.goal.gate,
            "target": self.goal.target,
            "verdict": self.verdict.value,
        }


Side = Callable[[], Awaitable[float]]
"""Plays one side of one round; returns its units per second."""


async def interleaved(goal: Goal, ours: Side, reference: Side, rounds: int = 5) -> Series:
    """Play both sides in turn, one round not counted first; a disturbed round is played again."""
    series = Series(goal)
    await ours()
    await reference()
    replays = 0
    while len(series.rounds) < rounds:
        meter = Meter()
        played = Round(await ours(), await reference(), 0.0)
        played = Round(played.ours, played.reference, meter.others())
        if played.others_cores > OTHERS_CORES and replays < REPLAYS:
            replays += 1
            continue
        series.rounds.append(played)
    return series


class Meter:
    """Cores used by programs that are not ours: all busy time less that of our own processes."""

    def __init__(self) -> None:
        self._busy, self._ours, self._at = _busy(), _ours(), time.monotonic()

    def others(self) -> float:
        """Cores that others used since the meter was made, never below zero."""
        seconds = time.monotonic() - self._at
        return max(0.0, ((_busy() - self._busy) - (_ours() - self._ours)) / seconds)


def _busy() -> float:
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0))


def _ours() -> float:
    total = 0.0
    here = psutil.Process()
    for process in (here, *here.children(recursive=True)):
        try:
            spent = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += spent.user + spent.system + spent.children_user + spent.children_system
    return total
