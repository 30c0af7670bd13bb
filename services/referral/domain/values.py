"""Words with meaning: levels, authorities, natures, channels of routing, states of a part."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class Level(StrEnum):
    """Level of an organ 纪检监察机关层级, highest first."""

    CENTRAL = "CENTRAL"
    PROVINCE = "PROVINCE"
    PREFECTURE = "PREFECTURE"
    COUNTY = "COUNTY"
    GRASSROOTS = "GRASSROOTS"


class Authority(StrEnum):
    """Cadre authority 干部管理权限 of a person, or of the leading group of an organisation."""

    CENTRAL = "CENTRAL"
    PROVINCIAL = "PROVINCIAL"
    PREFECTURE = "PREFECTURE"
    COUNTY = "COUNTY"
    GRASSROOTS = "GRASSROOTS"
    HOST_PARTY_GROUP = "HOST_PARTY_GROUP"
    VERTICAL = "VERTICAL"
    UNKNOWN = "UNKNOWN"


class UnitKind(StrEnum):
    """What a unit of the directory is."""

    DEPARTMENT = "DEPARTMENT"
    STATIONED_TEAM = "STATIONED_TEAM"
    HOST_UNIT = "HOST_UNIT"
    COMPETENT_DEPT = "COMPETENT_DEPT"
    LINE_ORGAN = "LINE_ORGAN"


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


class Nature(StrEnum):
    """信访分类, domain.md 5.1."""

    ACCUSATION = "N1"
    APPEAL = "N2"
    SUGGESTION = "N3"
    OUT_OF_SCOPE = "N4"
    NO_SUBSTANCE = "N5"


class Occurrence(StrEnum):
    """初次 / 重复."""

    INITIAL = "INITIAL"
    REPEAT = "REPEAT"


class Kind(StrEnum):
    """What the decision order of domain.md 8.2 proposes."""

    MOVE = "MOVE"
    TRANSFER = "TRANSFER"
    RETAIN_REPEAT = "RETAIN_REPEAT"
    STUDY = "STUDY"
    ADVISE_OR_FORWARD = "ADVISE_OR_FORWARD"
    APPEAL = "APPEAL"
    SUGGESTION = "SUGGESTION"
    SUPERIOR_LEVEL = "SUPERIOR_LEVEL"


class Way(StrEnum):
    """The channel of a routing: 室 · 组 · 地, and the two desks for reports on own staff."""

    ROOM = "ROOM"
    GROUP = "GROUP"
    LOCAL = "LOCAL"
    INTERNAL = "INTERNAL"
    CHIEF_DESK = "CHIEF_DESK"


class State(StrEnum):
    """State of one part (report, organ), domain.md 4.1, as far as referral moves it."""

    UNDER_TRIAGE = "UNDER_TRIAGE"
    UNDER_COLLECTIVE_STUDY = "UNDER_COLLECTIVE_STUDY"
    ACCEPTED = "ACCEPTED"
    MOVED = "MOVED"
    RETURNED_BY_HANDLER = "RETURNED_BY_HANDLER"
    TRANSFER_PENDING = "TRANSFER_PENDING"
    TRANSFERRED = "TRANSFERRED"
    ASSIGNED = "ASSIGNED"
    UNDER_AUDIT = "UNDER_AUDIT"
    RETAINED_REPEAT = "RETAINED_REPEAT"
    RETAINED_NO_SUBSTANCE = "RETAINED_NO_SUBSTANCE"
    OOS_ADVISED = "OOS_ADVISED"
    OOS_FORWARDED = "OOS_FORWARDED"
    APPEAL_ROUTED = "APPEAL_ROUTED"
    SUGGESTION_FILED = "SUGGESTION_FILED"
    DISPOSAL_DECIDED = "DISPOSAL_DECIDED"
    IN_VERIFICATION = "IN_VERIFICATION"
    HELD = "HELD"
    CONCLUDED = "CONCLUDED"
    FROZEN = "FROZEN"


class Disposal(StrEnum):
    """The four disposals 四类处置方式, rule art. 17."""

    TALK_OR_INQUIRY = "TALK_OR_INQUIRY"
    PRELIMINARY_VERIFICATION = "PRELIMINARY_VERIFICATION"
    HELD = "HELD"
    CLOSED = "CLOSED"


class Ground(StrEnum):
    """Grounds of assignment 交办情形, rule art. 20."""

    A1 = "A1"
    A2 = "A2"
    A3 = "A3"
    A4 = "A4"


class StudyReason(StrEnum):
    """Why a report goes before the meeting, domain.md 9."""

    OOS = "OOS"
    NO_SUBSTANCE = "NO_SUBSTANCE"
    SENSITIVE = "SENSITIVE"
    COMPLEX = "COMPLEX"
    MODE_UNCLEAR = "MODE_UNCLEAR"
    MIXED = "MIXED"
    SUSPECTED_ABNORMAL = "SUSPECTED_ABNORMAL"


class StudyDecision(StrEnum):
    """What a meeting may decide; the decisions of domain.md 9 that are built."""

    ACCEPT_MOVE = "ACCEPT_MOVE"
    TRANSFER = "TRANSFER"
    ASSIGN = "ASSIGN"
    RETAIN_REPEAT = "RETAIN_REPEAT"
    RETAIN_NO_SUBSTANCE = "RETAIN_NO_SUBSTANCE"
    OOS_ADVISE = "OOS_ADVISE"
    OOS_FORWARD = "OOS_FORWARD"
    DEFER = "DEFER"


@dataclass(frozen=True, slots=True)
class Party:
    """One reported party as intake's facts describe it: codes and directory ids, never a name.

    ``unit`` is the id of a unit or of an organ; ``region`` a six-digit code, used when the unit says none.
    """

    party: UUID
    party_type: PartyType
    unit: str | None = None
    authority: Authority = Authority.UNKNOWN
    rank: str | None = None
    is_unit_head: bool = False
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval as it stands on paper 领导批示: whose seat gave it, and on which local day."""

    seat: str
    approved_on: date
