"""The roster 接访安排: which leader receives on which day; approved by another than who drafted it (PT01)."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.reception.domain.errors import RosterApproved, RosterByItsDrafter
from services.reception.domain.values import Form


@dataclass(frozen=True, slots=True)
class RosterDay:
    """One leader on one day, the place, the form and the duties told in the notice."""

    day: date
    leader_seat: str
    form: Form
    place: str
    duties: str


@dataclass(frozen=True, slots=True)
class Roster:
    """A year's or a quarter's roster of one organ; ``quarter`` is None for a year's."""

    id: UUID
    organ: str
    year: int
    quarter: int | None
    days: tuple[RosterDay, ...]
    drafted_by: str
    approved_by: str | None = None

    def approve(self, person: str) -> "Roster":
        """The roster as approved. Raises RosterApproved, RosterByItsDrafter."""
        if self.approved_by is not None:
            raise RosterApproved
        if person == self.drafted_by:
            raise RosterByItsDrafter
        return replace(self, approved_by=person)
