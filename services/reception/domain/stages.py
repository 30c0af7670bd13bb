"""The eleven stages and eighteen points 接访环节要点 as rows, and what must be passed before a step."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.reception.domain.values import Point


@dataclass(frozen=True, slots=True)
class Stages:
    """``before`` maps a step to the points that must be passed when it is taken.

    ``ticked`` are points that staff tick; the others are passed by an act of their own.
    """

    before: Mapping[str, frozenset[Point]] = field(default_factory=dict)
    ticked: frozenset[Point] = frozenset()

    def needed(self, step: str) -> frozenset[Point]:
        """The points without which ``step`` is refused."""
        return self.before.get(step, frozenset())
