"""What the demo plays: reports of every kind, each with the end it is brought to. Nobody in them exists."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import cycle
from typing import Any

from deploy.local.demo.stage import PROVINCE


class Ending(StrEnum):
    """How far a report is brought, and on which way."""

    CONCLUDED = "moved, verified, concluded"
    TALKED = "moved, talked to, concluded"
    CLOSED = "moved, closed"
    HELD = "moved, held"
    RETURNED = "moved, returned, studied, moved again"
    TRANSFERRED = "transferred, signed for below, concluded there"
    ASSIGNED = "assigned, four rounds, accepted"
    ASSIGNED_TWICE = "assigned, returned by the second round, accepted"
    ROUTED = "ended at the office's desk"
    STUDIED = "studied at a meeting, then ended"
    WAITING = "left at the office's desk"


MOVED = (Ending.CONCLUDED, Ending.TALKED, Ending.CLOSED, Ending.HELD, Ending.RETURNED)
ASSIGNED = (Ending.ASSIGNED, Ending.ASSIGNED_TWICE)


@dataclass(frozen=True, slots=True)
class Party:
    """A reported party as a clerk enters it; the name is invented."""

    party_type: str
    name: str
    authority: str
    unit: str | None = None
    region: str | None = None
    post: str | None = None
    rank: str | None = None
    is_unit_head: bool = False


def own_level() -> Party:
    """An organisation that the province's own committee manages."""
    return Party("ORGANISATION", "某厅（虚构）", "PROVINCIAL", f"{PROVINCE}-host-works", PROVINCE)


def of_a_host() -> Party:
    """A person managed by a host unit's Party group: the matter of the stationed team."""
    unit = f"{PROVINCE}-host-roads"
    return Party("PERSON", "贺兰舟（虚构）", "HOST_PARTY_GROUP", unit, PROVINCE, "某处工作人员", "09")


def of_a_prefecture(code: str) -> Party:
    """A person whom a prefecture's committee manages."""
    unit = f"{code}-host-works"
    return Party("PERSON", "司徒远（虚构）", "PREFECTURE", unit, code, "某局局长", "08", is_unit_head=True)


def own_staff() -> Party:
    """One of the commission's own people."""
    return Party("PERSON", "闻人静（虚构）", "PROVINCIAL", f"{PROVINCE}-trial", PROVINCE, "工作人员", "09")


def unclear() -> Party:
    """A person of whom nobody knows yet who manages him."""
    return Party("PERSON", "东方朔月（虚构）", "UNKNOWN")


@dataclass(frozen=True, slots=True)
class Case:
    """One report with its classification as the second person confirms it, and its ending."""

    ending: Ending
    channel: str = "NETWORK"
    nature: str = "N1"
    party: Party | None = None
    occurrence: str = "INITIAL"
    violations: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    oos_kinds: tuple[str, ...] = ()
    oos_impact: bool = False
    study_reasons: tuple[str, ...] = ()
    name_status: str = "ANONYMOUS"

    def classification(self) -> dict[str, Any]:
        """The codes that go with the report."""
        given: dict[str, Any] = {
            "nature": self.nature,
            "occurrence": self.occurrence,
            "violations": list(self.violations),
            "themes": list(self.themes),
            "oos_kinds": list(self.oos_kinds),
            "oos_impact": self.oos_impact,
            "study_reasons": list(self.study_reasons),
        }
        if self.party is not None and self.party.region is not None:
            given["region_of_conduct"] = self.party.region
        if self.violations:
            given["primary_violation"] = self.violations[0]
        return given


def _accusation(ending: Ending, party: Party, *violations: str, channel: str = "LETTER", **more: Any) -> Case:
    return Case(ending, channel, "N1", party, violations=violations, **more)


SEEDED = (
    _accusation(Ending.ASSIGNED_TWICE, of_a_prefecture("520300"), "V4-01", themes=("T_LIVELIHOOD",)),
    _accusation(Ending.ASSIGNED, of_a_prefecture("522600"), "V3-02", "V7-01", channel="PHONE"),
    _accusation(Ending.TRANSFERRED, of_a_prefecture("520100"), "V5-01", channel="NETWORK"),
    _accusation(Ending.CONCLUDED, own_level(), "V3-07", name_status="SIGNED_UNVERIFIED"),
    _accusation(Ending.TALKED, of_a_host(), "V3-11", channel="PHONE"),
    _accusation(Ending.CLOSED, own_staff(), "V5-04"),
    _accusation(Ending.HELD, own_level(), "V2-06"),
    _accusation(Ending.RETURNED, own_level(), "V4-03"),
    _accusation(Ending.ROUTED, own_level(), "V3-01", occurrence="REPEAT"),
    _accusation(Ending.STUDIED, unclear(), "V8-99", channel="PHONE"),
    Case(Ending.ROUTED, "LETTER", "N2"),
    Case(Ending.ROUTED, "NETWORK", "N3"),
    Case(Ending.ROUTED, "LETTER", "N4", oos_kinds=("O2",)),
    Case(Ending.STUDIED, "LETTER", "N4", oos_kinds=("O3",), oos_impact=True, study_reasons=("OOS",)),
    Case(Ending.STUDIED, "PHONE", "N5", study_reasons=("NO_SUBSTANCE",)),
)
"""One report of every kind, entered at the desk today."""

IMPORTED = (
    Case(Ending.ROUTED, nature="N4", oos_kinds=("O2",)),
    _accusation(Ending.CONCLUDED, own_level(), "V4-02", channel="NETWORK"),
    Case(Ending.ROUTED, nature="N4", oos_kinds=("O4",)),
    Case(Ending.ROUTED, nature="N3"),
    _accusation(Ending.TRANSFERRED, of_a_prefecture("520300"), "V5-01", "V4-02", channel="NETWORK"),
    Case(Ending.ROUTED, nature="N4", oos_kinds=("O5",)),
    Case(Ending.STUDIED, nature="N5", study_reasons=("NO_SUBSTANCE",)),
    _accusation(Ending.TALKED, of_a_host(), "V5-01", channel="NETWORK"),
    Case(Ending.ROUTED, nature="N4", oos_kinds=("O2",), occurrence="REPEAT"),
    _accusation(Ending.ROUTED, own_level(), "V4-01", channel="NETWORK", occurrence="REPEAT"),
    Case(Ending.WAITING, nature="N4", oos_kinds=("O3",)),
)
"""What the staff find in the rows of an imported register, over and over."""


def for_rows() -> Iterator[Case]:
    """A case for each imported row, as long as there are rows."""
    return cycle(IMPORTED)
