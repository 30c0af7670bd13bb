"""Words with meaning: forms of reception, points, states, reported parties as they are picked."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Form(StrEnum):
    """Form of reception 接访形式; DUTY is a walk-in received by the leader on duty."""

    RECEIVE = "RECEIVE"
    INVITE = "INVITE"
    GO_DOWN = "GO_DOWN"
    GO_DOWN_WITH_CASE = "GO_DOWN_WITH_CASE"
    RETURN_VISIT = "RETURN_VISIT"
    DUTY = "DUTY"


class Level(StrEnum):
    """Level of an organ 纪检监察机关层级, highest first."""

    CENTRAL = "CENTRAL"
    PROVINCE = "PROVINCE"
    PREFECTURE = "PREFECTURE"
    COUNTY = "COUNTY"
    GRASSROOTS = "GRASSROOTS"


HEIGHT = {
    **{level.value: height for height, level in enumerate(Level)},
    "PROVINCIAL": 1,
}
"""How far below the top a level, or a cadre authority that is a level, stands."""


class Post(StrEnum):
    """Post of a seat 席位职务."""

    CHIEF = "CHIEF"
    DEPUTY = "DEPUTY"
    HEAD = "HEAD"
    MEMBER = "MEMBER"
    COMMITTEE_MEMBER = "COMMITTEE_MEMBER"
    OFFICER = "OFFICER"


class PartyType(StrEnum):
    """A reported party is a person or an organisation."""

    PERSON = "PERSON"
    ORGANISATION = "ORGANISATION"


class NameStatus(StrEnum):
    """署名情况 of who comes; what is known of them lies in the vault."""

    REAL_NAME = "REAL_NAME"
    SIGNED_UNVERIFIED = "SIGNED_UNVERIFIED"
    ANONYMOUS = "ANONYMOUS"


class Sort(StrEnum):
    """What pre-sorting 预分类 says of the matter (PT05)."""

    IN_SCOPE = "IN_SCOPE"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    MIXED = "MIXED"
    APPEAL = "APPEAL"


class Point(StrEnum):
    """The eighteen points 要点 of the eleven stages, domain.md 15.1."""

    PT01 = "PT01"
    PT02 = "PT02"
    PT03 = "PT03"
    PT04 = "PT04"
    PT05 = "PT05"
    PT06 = "PT06"
    PT07 = "PT07"
    PT08 = "PT08"
    PT09 = "PT09"
    PT10 = "PT10"
    PT11 = "PT11"
    PT12 = "PT12"
    PT13 = "PT13"
    PT14 = "PT14"
    PT15 = "PT15"
    PT16 = "PT16"
    PT17 = "PT17"
    PT18 = "PT18"


@dataclass(frozen=True, slots=True)
class Party:
    """A reported party as it was picked at PT03: directory ids only, never a name."""

    party_type: PartyType
    unit: str | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Staff:
    """Who receives, as seats of the directory; leader and recorder are two, nobody is alone (PT08)."""

    leader_seat: str
    recorder_seat: str
    aide_seats: tuple[str, ...] = ()

    def seats(self) -> tuple[str, ...]:
        """All seats, the leader's first."""
        return (self.leader_seat, *self.aide_seats, self.recorder_seat)


@dataclass(frozen=True, slots=True)
class Slot:
    """One span of a session in which one visit is received; ``number`` counts from 1."""

    number: int
    starts_at: datetime
    ends_at: datetime
