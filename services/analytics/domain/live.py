"""Live windows: what a fact adds to them, exactly once however often its record is read.

A window's value carries the offset of the last record that changed it, and a report's trace the offset at
which each of its facts was first read. Both lie in tables that are written apart; because each guards itself,
a crash between two writes changes no count, and a fact sent twice counts once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from services.analytics.domain.values import UNKNOWN

MINUTE_SECONDS, HOUR_SECONDS = 60, 3600
KEPT_SECONDS = {"minute": 2 * 3600, "hour": 72 * 3600}
"""How long a window is kept after its end; what is older is a matter of figures, not of rates."""


class LiveKind(StrEnum):
    """What a fact means to the windows."""

    REGISTERED = "intake.report-registered.v1"
    CLASSIFIED = "intake.report-classified.v1"
    FROZEN = "intake.report-frozen.v1"


Cut = tuple[str, str, str]
"""Organ, dimension, code."""


@dataclass(frozen=True, slots=True)
class LiveFact:
    """One record: its place at the broker, its place in the report, and what it counts."""

    kind: LiveKind
    report: str
    partition: int
    offset: int
    sequence: int
    at_seconds: float
    cuts: tuple[Cut, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """The value of a window: facts counted, and the offset of the last record that changed it."""

    facts: int
    offset: int

    def changed(self, by: int, offset: int) -> "Count":
        """The value after a record; itself when that record changed it before."""
        return self if offset <= self.offset else Count(self.facts + by, offset)


@dataclass(frozen=True, slots=True)
class Seen:
    """One fact of a report that was counted: where it was first read, when it was said, what it counted."""

    sequence: int
    offset: int
    at_seconds: float
    cuts: tuple[Cut, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """What the windows hold of one report."""

    partition: int
    seen: tuple[Seen, ...] = ()
    frozen_at: int | None = None

    def first_read(self, fact: LiveFact) -> "Trace | None":
        """The trace with this record in it; None for a copy of one that was read at another offset."""
        for one in self.seen:
            if one.sequence == fact.sequence:
                return self if one.offset == fact.offset else None
        seen = Seen(fact.sequence, fact.offset, fact.at_seconds, fact.cuts)
        frozen = self.frozen_at
        if fact.kind is LiveKind.FROZEN and frozen is None:
            frozen = fact.sequence
        return replace(self, seen=(*self.seen, seen), frozen_at=frozen)


@dataclass(frozen=True, slots=True)
class WindowChange:
    """``by`` more facts of a cut in the windows that hold ``at_seconds``."""

    at_seconds: float
    cut: Cut
    by: int


def cuts_of(kind: LiveKind, body: Mapping[str, object]) -> tuple[Cut, ...]:
    """What a fact counts: a receipt by channel, a classification by nature and by region of conduct."""
    organ = str(body["organ"])
    match kind:
        case LiveKind.REGISTERED:
            return ((organ, "channel", str(body["channel"])),)
        case LiveKind.CLASSIFIED:
            region = str(body.get("region_of_conduct") or UNKNOWN)
            return ((organ, "nature", str(body["nature"])), (organ, "region", region))
        case LiveKind.FROZEN:
            return ()


def changes_of(fact: LiveFact, trace: Trace) -> Iterable[WindowChange]:
    """What a record changes, given the trace that holds it: a freeze takes back all the report counted."""
    if trace.frozen_at is not None and fact.sequence > trace.frozen_at:
        return []
    if fact.kind is LiveKind.FROZEN:
        return [
            WindowChange(one.at_seconds, cut, -1)
            for one in trace.seen
            if one.sequence < fact.sequence
            for cut in one.cuts
        ]
    return [WindowChange(fact.at_seconds, cut, 1) for cut in fact.cuts]
