"""Whether the office a token speaks of still stands, by the seats of the directory as a service keeps it.

A token lives for minutes, a removal counts at once. Of whom the directory knows no seat, nothing is said
here: the directory itself is loaded by somebody whom it does not know yet.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.chassis.database import Subject
from services.chassis.metrics import ACCESS_DENIED
from services.chassis.problems import unauthenticated


@dataclass(frozen=True, slots=True)
class HeldSeat:
    """A seat of the directory: who holds it, in which organ; both days belong to its span."""

    id: str
    organ: str
    person: str | None
    valid_from: date
    valid_to: date | None = None

    def is_held_by(self, subject: Subject, day: date) -> bool:
        """Whether the subject sits there on ``day``, for this organ."""
        in_force = self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
        return in_force and self.person == subject.id and self.organ == subject.organ


def office_stands(subject: Subject, seats: Iterable[HeldSeat], day: date) -> bool:
    """Whether the subject may act on ``day``; ``seats`` are those the token names and those of the person.

    Every seat the token names that the directory knows must be held; and of whom it knows seats, one must be.
    """
    held = {seat.id: seat.is_held_by(subject, day) for seat in seats}
    return all(held.get(id_, True) for id_ in subject.seats) and (not held or any(held.values()))


def ask_office(subject: Subject, seats: Iterable[HeldSeat], day: date) -> None:
    """Answer 401 to whose office has fallen; asked in the transaction that acts."""
    if subject.kind == "staff" and not office_stands(subject, seats, day):
        ACCESS_DENIED.labels("office").inc()
        raise unauthenticated()
