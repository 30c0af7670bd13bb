"""Shares and changes by the rules of domain.md 13.3: like with like, the base beside the figure."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

DASH = "–"
SMALLEST_BASE = 5
"""Below it a change is shown as a number, never as a percentage."""
TENTH = Decimal("0.1")
DEFINITION = "definition-changed"
BORDERS = "borders-changed"


@dataclass(frozen=True, slots=True)
class Change:
    """A change against an earlier span 同比 / 环比.

    ``base`` is the earlier figure. ``difference`` and ``shown`` are what may be printed: ``shown`` is a
    percentage, a number when the base is below five, or a dash; ``why_not`` is the code of the reason for
    a dash: ``no-base``, ``definition-changed`` or ``borders-changed``.
    """

    base: int
    difference: int | None
    shown: str
    why_not: str | None = None


def change(now: int, base: int, unlike: str | None = None) -> Change:
    """The change from ``base`` to ``now``; ``unlike`` says why the two may not be compared."""
    if unlike is not None:
        return Change(base, None, DASH, unlike)
    if base == 0:
        return Change(base, None, DASH, "no-base")
    difference = now - base
    if base < SMALLEST_BASE:
        return Change(base, difference, f"{difference:+d}")
    return Change(base, difference, f"{_percent(difference, base):+}%")


def share(part: int, base: int) -> str:
    """``part`` of ``base`` in per cent with one decimal, rounded half up; a dash of nothing."""
    return DASH if base == 0 else f"{_percent(part, base)}%"


def _percent(part: int, base: int) -> Decimal:
    return (Decimal(part) * 100 / Decimal(base)).quantize(TENTH, ROUND_HALF_UP)
