"""What was played and what came of it: said at once, and as one table at the end."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

LONGEST_FIGURES = 600
BETWEEN_WORDS_SECONDS = 15.0
WIDTH = 118


@dataclass(slots=True)
class Row:
    """One line of the table."""

    promise: str
    played: str
    figures: str = ""
    held: bool = False


@dataclass(slots=True)
class Ledger:
    """The table as it grows; several hands may write in it, and begin nothing more once it is ``over``."""

    console: Console
    began: float = field(default_factory=time.monotonic)
    rows: list[Row] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    _said: dict[int, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def progress(self, text: str) -> None:
        """A word while something long goes on: a line every quarter of a minute at most, from each hand."""
        now, hand = time.monotonic(), threading.get_ident()
        with self._lock:
            if now - self._said.get(hand, 0.0) < BETWEEN_WORDS_SECONDS:
                return
            self._said[hand] = now
        self._print(f"     {(now - self.began) / 60:4.1f} min  {text}")

    def note(self, promise: str, played: str, figures: str, held: bool) -> None:
        """One line, shown at once and in the table at the end."""
        self.rows.append(Row(promise, played, figures, held))
        self._print(f"{'held' if held else 'NOT HELD':9} {promise:9} {played}: {figures}")

    def _print(self, line: str) -> None:
        self.console.print(line, highlight=False, markup=False, soft_wrap=True)

    @contextmanager
    def row(self, promise: str, played: str) -> Iterator[Row]:
        """A line whose block sets the figures; what the block asserts and does not find is NOT HELD."""
        row, began = Row(promise, played), time.monotonic()
        try:
            yield row
            row.held = True
        except Exception as broken:  # whatever ended it, the other rows are played, and this one did not hold
            kind = "" if isinstance(broken, AssertionError) else f"{type(broken).__name__}: "
            row.figures = f"{kind}{broken}"[:LONGEST_FIGURES]
        self.note(promise, played, f"{row.figures} ({time.monotonic() - began:.0f} s)", row.held)

    def show(self) -> int:
        """The table; 1 when anything did not hold, or nothing was played."""
        table = Table(box=None, pad_edge=False, padding=(0, 1))
        table.add_column("promise", width=9)
        table.add_column("played", width=38)
        table.add_column("figures", width=WIDTH - 9 - 38 - 8 - 6)
        table.add_column("", width=8)
        for row in self.rows:
            table.add_row(row.promise, row.played, row.figures, "held" if row.held else "NOT HELD")
        self.console.print(table, markup=False, highlight=False, width=WIDTH)
        broken = sum(not row.held for row in self.rows)
        minutes = (time.monotonic() - self.began) / 60
        self._print(f"{len(self.rows)} rows played in {minutes:.1f} minutes, {broken} not held")
        return 0 if self.rows and not broken else 1
