"""The codes that statistics show, in their order, and how they are folded into lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.analytics.domain.facts import ReportedParty
from services.analytics.domain.values import OUTSIDE, UNKNOWN, Span


@dataclass(frozen=True, slots=True)
class Code:
    """One code with its Chinese and English words."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Region:
    """One region code with its days in force, both included."""

    code: str
    name: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Codes:
    """The taxonomy as statistics use it.

    ``source_lines`` maps a source to the line of block 4, ``rank_lines`` a rank to its group; the groups
    stand highest first.
    """

    natures: tuple[Code, ...]
    channels: tuple[Code, ...]
    source_groups: tuple[Code, ...]
    source_lines: Mapping[str, str]
    occurrences: tuple[Code, ...]
    name_statuses: tuple[Code, ...]
    rank_groups: tuple[Code, ...]
    rank_lines: Mapping[str, str]
    violations: tuple[Code, ...]
    themes: tuple[Code, ...]
    states: tuple[Code, ...]
    regions: Mapping[str, Region] = field(default_factory=dict)

    def highest_rank_group(self, parties: Sequence[ReportedParty]) -> str:
        """The group by which a report with several parties counts: the highest; UNKNOWN without any rank."""
        found = {self.rank_lines.get(party.rank) for party in parties if party.rank is not None}
        return next((group.code for group in self.rank_groups if group.code in found), UNKNOWN)

    def region_line(self, region: str | None, home: str | None) -> str:
        """The line of block 8 a place of conduct counts in, seen from the region ``home``.

        A province shows its prefectures, a prefecture its counties, a county itself; UNKNOWN when no place
        is given, OUTSIDE for a place that lies elsewhere or is in no table.
        """
        if region is None:
            return UNKNOWN
        prefix = _prefix(home)
        if region not in self.regions or not region.startswith(prefix):
            return OUTSIDE
        if len(prefix) <= 2:
            prefecture = f"{region[:4]}00"
            return prefecture if prefecture in self.regions else region
        return region

    def same_borders(self, line: str, spans: Sequence[Span]) -> bool:
        """Whether a region line means the same place on every day of all spans."""
        region = self.regions.get(line)
        if region is None:
            return True
        first, last = min(span.first for span in spans), max(span.last for span in spans)
        return region.valid_from <= first and (region.valid_to is None or region.valid_to >= last)


def violation_groups(violations: Sequence[str]) -> tuple[str, ...]:
    """The groups ticked, each once: V3-02 and V3-08 are one tick of V3."""
    return tuple(sorted({violation.partition("-")[0] for violation in violations}))


def _prefix(home: str | None) -> str:
    """``520000`` → ``52``, ``520100`` → ``5201``, ``520102`` → ``520102``; all places when unknown."""
    if home is None or len(home) != 6 or not home.isdigit():
        return ""
    return home[:2] if home.endswith("0000") else home[:4] if home.endswith("00") else home
