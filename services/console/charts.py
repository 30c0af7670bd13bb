"""A bar chart as SVG, drawn on the server: shapes and classes only, so that no inline style is needed."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, LABELS, VALUES, STEP = 720, 220, 70, 26


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar in user units; ``base`` is the line its words stand on."""

    y: int
    width: float
    base: int
    value_x: float
    label: str
    value: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart ready to be written out."""

    bars: tuple[Bar, ...]
    height: int
    width: int = WIDTH
    left: int = LABELS


def bar_chart(points: Sequence[tuple[str, int]]) -> Chart:
    """A chart of counts from top to bottom in the order given; lengths are shares of the largest."""
    most = max([value for _, value in points], default=0) or 1
    room = WIDTH - LABELS - VALUES
    bars = []
    for place, (label, value) in enumerate(points):
        length = round(room * value / most, 1)
        y = place * STEP + 4
        bars.append(Bar(y, length, y + 14, LABELS + length + 8, label, value))
    return Chart(tuple(bars), max(1, len(points)) * STEP + 4)
