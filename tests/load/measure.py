"""How a ratio is measured: ours and the reference in turn, in one run, and when nothing can be said.

Absolute figures differ between machines and days, ratios hardly do, since what disturbs hits both sides of a
pair. Pairs in which other programs used more than a fifth of a core are laid aside as soon as there are five
without; which pairs count is chosen by that alone, never by what they say. While nothing can be said, more
pairs are played, up to a limit. Source: the project's performance goals, 3.
"""

import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

import psutil

OTHERS_CORES = 0.2
WIDEST_SPREAD = 0.30
FEWEST = 5
MOST = 15
LONGEST_SECONDS = 100.0


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
    """One pair: units per second of both sides, and the cores that others used meanwhile."""

    ours: float
    reference: float
    others_cores: float

    @property
    def ratio(self) -> float:
        """Ours divided by the reference."""
        return self.ours / self.reference

    @property
    def calm(self) -> bool:
        """Whether others left the machine to us."""
        return self.others_cores <= OTHERS_CORES


@dataclass(frozen=True, slots=True)
class Series:
    """All pairs played for one goal."""

    goal: Goal
    played: tuple[Round, ...]

    @property
    def rounds(self) -> tuple[Round, ...]:
        """The pairs that count: the calm ones when there are enough, else all."""
        calm = tuple(one for one in self.played if one.calm)
        return calm if len(calm) >= min(FEWEST, len(self.played)) else self.played

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
        """Whether the gate was reached, or cannot be told.

        It cannot when the quartiles lie more than 30 % of the median apart; and when others were at work
        in the pairs that count, unless both quartiles lie on the same side of the gate.
        """
        gate = self.goal.gate
        if gate is None:
            return Verdict.SHOWN
        first, third = self.quartiles
        clear = first >= gate or third < gate
        if (third - first) / self.ratio > WIDEST_SPREAD or not (clear or self._calm):
            return Verdict.INCONCLUSIVE
        return Verdict.PASSED if self.ratio >= gate else Verdict.FAILED

    @property
    def _calm(self) -> bool:
        return statistics.median(r.others_cores for r in self.rounds) <= OTHERS_CORES

    @property
    def said(self) -> bool:
        """Whether no further pair is needed: the quartiles are clear of the gate, and others were quiet."""
        gate = self.goal.gate
        if gate is None:
            return True
        first, third = self.quartiles
        return self.verdict is not Verdict.INCONCLUSIVE and self._calm and (first >= gate or third < gate)

    def figures(self) -> dict[str, object]:
        """Everything that is printed, for a file; each pair played, whether it counts or not."""
        first, third = self.quartiles
        return {
            "goal": self.goal.name,
            "what": self.goal.what,
            "unit": self.goal.unit,
            "ours": [round(r.ours) for r in self.played],
            "reference": [round(r.reference) for r in self.played],
            "others_cores": [round(r.others_cores, 2) for r in self.played],
            "counted": len(self.rounds),
            "ratio": round(self.ratio, 3),
            "quartiles": [round(first, 3), round(third, 3)],
            "gate": self.goal.gate,
            "target": self.goal.target,
            "verdict": self.verdict.value,
        }


Side = Callable[[], Awaitable[float]]
"""Plays one side of one pair; returns its units per second."""


async def interleaved(goal: Goal, ours: Side, reference: Side) -> Series:
    """Play both sides in turn, one pair not counted first, until something can be said or the limit is met.

    Whichever side went first goes second in the next pair, so that a drift of the machine favours none.
    """
    await ours()
    await reference()
    played: list[Round] = []
    began = time.monotonic()
    while True:
        meter = Meter()
        if len(played) % 2:
            theirs = await reference()
            mine = await ours()
        else:
            mine = await ours()
            theirs = await reference()
        played.append(Round(mine, theirs, meter.others()))
        series = Series(goal, tuple(played))
        enough = len(played) >= FEWEST and series.said
        if enough or len(played) == MOST or time.monotonic() - began > LONGEST_SECONDS:
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
