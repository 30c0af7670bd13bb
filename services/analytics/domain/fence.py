"""Who may not follow a report: the reported side.

Intake's excluded set of the report; and, for as long as it has not been heard, the units that the facts
themselves name as reported, or as led by a reported person.

Source: rule art. 47; domain.md 8.2, excluded set (a) to (d).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ReportedSide:
    """Ids of the directory that may not see a report; ``units`` holds organs too.

    ``organ`` decides on the report: what is excluded above it does not reach it or below it (b).
    """

    organ: str | None = None
    units: frozenset[str] = frozenset()
    seats: frozenset[str] = frozenset()
    officers: frozenset[str] = frozenset()

    def named_in(self, bodies: Iterable[Mapping[str, Any]]) -> "ReportedSide":
        """This side, with the units that facts name as reported or as led by a reported person."""
        named = frozenset(
            party["unit"]
            for body in bodies
            for party in body.get("parties", ())
            if party.get("unit") and (party.get("party_type") == "ORGANISATION" or party.get("is_unit_head"))
        )
        return ReportedSide(self.organ, self.units | named, self.seats, self.officers)

    def holds(self, asker: "Asker") -> bool:
        """Whether the asker is on it: by person, by seat, or by a unit that is, or lies below, one of it."""
        return (
            asker.person in self.officers
            or not self.seats.isdisjoint(asker.seats)
            or not self.units.isdisjoint(asker.units)
        )


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the person, the seats held, and the units and organs belonged to, with all above each."""

    person: str
    seats: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
