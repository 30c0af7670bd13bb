"""What was played and what came of it: said at once, and as one table at the end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

LONGEST_FIGURES = 600


@dataclass(slots=True)
class Row:
    """One line of the table."""

    promise: str
    played: str
    figures: str = ""
    held: bool = False


@dataclass(slots=True)
class Ledger:
    """The table as it grows."""

    console: Console
    rows: list[Row] = field(default_factory=list)

    def note(self, promise: str, played: str, figures: str, held: bool) -> None:
        """One line, shown at once and in the table at the end."""
        self.rows.append(Row(promise, played, figures, held))
        mark = "held" if held else "NOT HELD"
        self.console.print(
            f"{mark:9} {promise} {played}: {figures}", highlight=False, markup=False, soft_wrap=True
        )

    @contextmanager
    def row(self, promise: str, played: str) -> Iterator[Row]:
        """A line whose block sets the figures; what the block asserts and does not find is NOT HELD."""
        row, began = Row(promise, played), time.monotonic()
        try:
            yield row
            row.held = True
        except AssertionError as broken:
            row.figures = str(broken)[:LONGEST_FIGURES]
        self.note(promise, played, f"{row.figures} ({time.monotonic() - began:.0f} s)", row.held)

    def show(self) -> int:
        """The table; 1 when anything did not hold, or nothing was played."""
        table = Table("promise", "played", "figures", "", box=None)
        for row in self.rows:
            table.add_row(row.promise, row.played, row.figures, "held" if row.held else "NOT HELD")
        self.console.print(table, markup=False, highlight=False)
        broken = sum(not row.held for row in self.rows)
        self.console.print(f"{len(self.rows)} promises played, {broken} not held", highlight=False)
        return 0 if self.rows and not broken else 1
