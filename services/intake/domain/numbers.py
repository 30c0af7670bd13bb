"""Report numbers 编号: organ, year and a serial without gaps."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class ReportNumber:
    """The ``serial``-th receipt of an organ in a year, from 1; a withdrawn one is never given again."""

    organ: str
    year: int
    serial: int

    def __str__(self) -> str:
        """As it is printed: ``520000-2024-000017``."""
        return f"{self.organ}-{self.year}-{self.serial:06d}"
