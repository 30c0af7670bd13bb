"""The Faust tables of the live windows: values in and out, and what changed since the last write.

Everything in a table belongs to one partition of the topic and says so in its key or value: Faust keeps the
partitions of a process in one mapping, and a changelog record must go to the partition of its key.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.analytics.domain.live import (
    HOUR_SECONDS,
    KEPT_SECONDS,
    MINUTE_SECONDS,
    Count,
    Cut,
    LiveFact,
    Seen,
    Trace,
    WindowChange,
    changes_of,
)

PURGE_SECONDS = 60.0
Range = tuple[float, float]
SIZES = {"minute": MINUTE_SECONDS, "hour": HOUR_SECONDS}


@dataclass(frozen=True, slots=True)
class LiveRow:
    """One window of one partition, as it is written to the database."""

    grain: str
    starts_at_seconds: float
    organ: str
    dimension: str
    code: str
    partition: int
    count: int


@dataclass(slots=True)
class LiveTables:
    """The windows by minute and by hour, and the trace of each report, over Faust's own mappings.

    ``windows`` maps a grain to a windowed table, ``traces`` is a plain one. ``dirty`` are windows that
    changed and were not written since.
    """

    windows: Mapping[str, Any]
    traces: Any
    dirty: dict[tuple[str, str, Range], LiveRow] = field(default_factory=dict)
    purged_at: dict[int, float] = field(default_factory=dict)

    def take(self, fact: LiveFact, now_seconds: float) -> str:
        """Count one record, inside the stream's iteration; returns what became of it."""
        self._purge(fact.partition, now_seconds)
        if fact.at_seconds < now_seconds - KEPT_SECONDS["hour"]:
            return "old"
        trace = _trace(self.traces.get(fact.report), fact.partition)
        after = trace.first_read(fact)
        if after is None:
            return "copy"
        if after is not trace:
            self.traces[fact.report] = _packed(after)
        for grain in self.windows:
            self._change(grain, fact, changes_of(fact, after), now_seconds)
        return "counted"

    def _change(
        self, grain: str, fact: LiveFact, changes: Iterable[WindowChange], now_seconds: float
    ) -> None:
        table = self.windows[grain].table
        sums: dict[tuple[str, Range], tuple[Cut, int]] = {}
        for change in changes:
            if change.at_seconds < now_seconds - KEPT_SECONDS[grain]:
                continue
            window = table.window.ranges(change.at_seconds)[0]
            key = "|".join((str(fact.partition), *change.cut))
            cut, by = sums.get((key, window), (change.cut, 0))
            sums[key, window] = (cut, by + change.by)
        for (key, window), (cut, by) in sums.items():
            before = Count(*(table.get((key, window)) or (0, -1)))
            after = before.changed(by, fact.offset)
            if after != before:
                table[key, window] = [after.facts, after.offset]
                self._mark(grain, key, window, cut, fact.partition, after.facts)

    def _mark(self, grain: str, key: str, window: Range, cut: Cut, partition: int, count: int) -> None:
        self.dirty[grain, key, window] = LiveRow(grain, window[0], *cut, partition, count)

    async def mark_all(self) -> None:
        """Have every window written once more, after the tables came back from their changelogs."""
        for grain, wrapper in self.windows.items():
            for (key, window), value in list(wrapper.table.items()):
                partition, organ, dimension, code = key.split("|", 3)
                self._mark(grain, key, window, (organ, dimension, code), int(partition), value[0])

    def changed(self) -> list[LiveRow]:
        """The windows that changed since they were last written."""
        return list(self.dirty.values())

    def written(self, rows: Iterable[LiveRow]) -> None:
        """Forget the changes that are in the database now; what changed meanwhile stays."""
        kept = set(rows)
        for name in [name for name, row in self.dirty.items() if row in kept]:
            del self.dirty[name]

    def _purge(self, partition: int, now_seconds: float) -> None:
        """Drop what is too old in this partition, at most once a minute, so that memory stays bounded."""
        if now_seconds - self.purged_at.get(partition, 0.0) < PURGE_SECONDS:
            return
        self.purged_at[partition] = now_seconds
        mine = f"{partition}|"
        for grain, wrapper in self.windows.items():
            oldest = now_seconds - KEPT_SECONDS[grain]
            for key, window in [name for name in wrapper.table if name[0].startswith(mine)]:
                if window[1] < oldest:
                    del wrapper.table[key, window]
        oldest = now_seconds - KEPT_SECONDS["hour"]
        for report, value in list(self.traces.items()):
            if value["p"] == partition and all(one[2] < oldest for one in value["s"]):
                del self.traces[report]


def _trace(value: Mapping[str, Any] | None, partition: int) -> Trace:
    if not value:
        return Trace(partition)
    seen = tuple(
        Seen(sequence, offset, at, tuple((organ, dimension, code) for organ, dimension, code in cuts))
        for sequence, offset, at, cuts in value["s"]
    )
    return Trace(value["p"], seen, value["f"])


def _packed(trace: Trace) -> dict[str, Any]:
    seen = [[one.sequence, one.offset, one.at_seconds, [list(cut) for cut in one.cuts]] for one in trace.seen]
    return {"p": trace.partition, "f": trace.frozen_at, "s": seen}
