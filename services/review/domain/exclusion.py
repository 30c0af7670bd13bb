"""The excluded set 应当回避的对象 of a report, as intake tells it (domain.md 8.2): nothing may go there."""

from dataclasses import dataclass

from services.review.domain.directory import Directory
from services.review.domain.values import OfficerId


@dataclass(frozen=True, slots=True)
class Excluded:
    """Ids that may neither receive nor judge; ``units`` holds organs too.

    ``version`` counts intake's changes from 1; 0 when nothing was told. ``frozen`` when the report was found
    to be superior-level: then nothing goes on at all.
    """

    units: frozenset[str] = frozenset()
    seats: frozenset[str] = frozenset()
    officers: frozenset[OfficerId] = frozenset()
    version: int = 0
    frozen: bool = False

    def holds_unit(self, id_: str, directory: Directory, deciding_organ: str) -> bool:
        """Whether the unit or organ, one it inherited from, or anything up to the deciding organ is excluded.

        The branch of the deciding organ is not excluded with what lies above it (domain.md 8.2 (b)).
        """
        if not self.units:
            return False
        named = frozenset[str]().union(*(directory.standing_for(unit) for unit in self.units))
        return bool(named & directory.line_up(id_, deciding_organ))

    def people(self, directory: Directory, deciding_organ: str) -> frozenset[OfficerId]:
        """Everyone of the directory's seats who is out: by name, by seat, or by the unit of the seat."""
        return self.officers | frozenset(
            seat.person
            for seat in directory.seats.values()
            if seat.person is not None
            and seat.in_force(directory.day)
            and (seat.id in self.seats or self.holds_unit(seat.unit or seat.organ, directory, deciding_organ))
        )
