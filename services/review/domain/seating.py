"""Who sits where in the audit of one case, as the directory and the excluded set stand today."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.review.domain.directory import HANDLING_KINDS, Directory, Organ
from services.review.domain.errors import PremiseMissing
from services.review.domain.exclusion import Excluded
from services.review.domain.values import Desk, OfficerId


@dataclass(frozen=True, slots=True)
class Seating:
    """Persons by id. ``seats`` holds the four rounds; ``chief`` is the lower organ's, if it has one.

    ``recused`` are all who may take no part: officers in the excluded set, and whoever holds a seat in it.
    ``staff`` are the lower organ's people, ``units`` its departments and teams that may handle the case.
    """

    seats: Mapping[Desk, frozenset[OfficerId]]
    chief: OfficerId | None
    recused: frozenset[OfficerId] = frozenset()
    staff: frozenset[OfficerId] = frozenset()
    units: frozenset[str] = frozenset()

    def of(self, desk: Desk) -> frozenset[OfficerId]:
        """Who has a seat at a desk, recused or not."""
        return self.seats.get(desk, frozenset())


def seating_of(
    assigning: str, handling: str, handling_unit: str | None, directory: Directory, excluded: Excluded
) -> Seating:
    """The four rounds' seats and the chief's, from the directory and the excluded set.

    R1 is the handling department, R2 the trial department, R3 the deciding body of the lower organ; R4 is the
    petition office of the organ that assigned. Raises PremiseMissing when the directory has not told of one
    of the two organs yet.
    """
    lower, upper = _organ(handling, directory), _organ(assigning, directory)
    chief = directory.seats.get(lower.chief_seat or "")
    trial = lower.trial
    return Seating(
        seats={
            Desk.R1: directory.seats_in(handling_unit),
            Desk.R2: directory.seats_in(trial),
            Desk.R3: directory.members_of(lower),
            Desk.R4: directory.seats_in(upper.petition),
        },
        chief=chief.person if chief is not None and chief.in_force(directory.day) else None,
        recused=excluded.people(directory, assigning),
        staff=frozenset(
            seat.person
            for seat in directory.seats.values()
            if seat.organ == handling and seat.person is not None and seat.in_force(directory.day)
        ),
        units=frozenset(
            entry.id
            for entry in directory.units.values()
            if entry.organ == handling
            and entry.kind in HANDLING_KINDS
            and entry.in_force(directory.day)
            and entry.id != trial
            and not excluded.holds_unit(entry.id, directory, assigning)
        ),
    )


def _organ(id_: str, directory: Directory) -> Organ:
    found = directory.organs.get(id_)
    if found is None:
        raise PremiseMissing(id_)
    return found
