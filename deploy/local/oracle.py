"""What the oracle views of a platform say at one drained moment, and what a judgement on them looks like."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Views:
    """Rows of the oracle views by service and view, as read at one drained moment."""

    rows: Mapping[tuple[str, str], tuple[Row, ...]]

    def of(self, service: str, view: str) -> tuple[Row, ...]:
        """The rows of one view, none when the service does not ship it."""
        return self.rows.get((service, view), ())

    def everywhere(self, view: str) -> Iterable[tuple[str, Row]]:
        """Every row of a view that several services ship, with the service's name."""
        return ((service, row) for (service, name), rows in self.rows.items() if name == view for row in rows)

    def held(self) -> set[str]:
        """The aggregates of which a fact lies as a dead letter or waits: a place of their own."""
        aggregate_of = {str(r["event_id"]): str(r["aggregate_id"]) for _, r in self.everywhere("outbox")}
        stuck = [row for view in ("dead_letter", "waiting") for _, row in self.everywhere(view)]
        return {aggregate_of.get(str(row["event_id"]), "") for row in stuck}


@dataclass(frozen=True, slots=True)
class Finding:
    """One promise, what was counted for it, and the ids that break it."""

    promise: str
    counted: int
    broken: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing breaks the promise."""
        return not self.broken
