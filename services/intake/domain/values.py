"""Words with meaning: levels and authorities, codes of a report, states of a part."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


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


HEIGHT: Mapping[str, int] = MappingProxyType(
    {
        **{level: height for height, level in enumerate(Level)},
        Authority.CENTRAL: 0,
        Authority.PROVINCIAL: 1,
        Authority.PREFECTURE: 2,
        Authority.COUNTY: 3,
        Authority.GRASSROOTS: 4,
    }
)
"""How far below the top a level of an organ, or a cadre authority that is a level, stands."""


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


class Channel(StrEnum):
    """来信 · 来访 · 来电 · 网络 · 其他, domain.md 5.7."""

    LETTER = "LETTER"
    VISIT = "VISIT"
    PHONE = "PHONE"
    NETWORK = "NETWORK"
    OTHER = "OTHER"


class Source(StrEnum):
    """Where a report came from 来源, domain.md 5.7."""

    SELF_RECEIVED = "SELF_RECEIVED"
    SUPERIOR_TRANSFER = "SUPERIOR_TRANSFER"
    SUPERIOR_ASSIGNMENT = "SUPERIOR_ASSIGNMENT"
    LEADER_NOTE = "LEADER_NOTE"
    PEER_BODY = "PEER_BODY"
    SUBORDINATE = "SUBORDINATE"
    RECEPTION = "RECEPTION"
    INSPECTION_TEAM = "INSPECTION_TEAM"


class NameStatus(StrEnum):
    """实名 · 署名未核 · 匿名, domain.md 6.3."""

    REAL_NAME = "REAL_NAME"
    SIGNED_UNVERIFIED = "SIGNED_UNVERIFIED"
    ANONYMOUS = "ANONYMOUS"


class VerifyMethod(StrEnum):
    """How a reporter's name was verified, rule art. 24."""

    PHONE = "PHONE"
    MEETING = "MEETING"


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


class Urgency(StrEnum):
    """缓急, domain.md 5.7."""

    NORMAL = "NORMAL"
    IMPORTANT = "IMPORTANT"
    URGENT = "URGENT"


class StudyReason(StrEnum):
    """Why a report should go before the meeting, domain.md 9."""

    OOS = "OOS"
    NO_SUBSTANCE = "NO_SUBSTANCE"
    SENSITIVE = "SENSITIVE"
    COMPLEX = "COMPLEX"
    MODE_UNCLEAR = "MODE_UNCLEAR"
    MIXED = "MIXED"
    SUSPECTED_ABNORMAL = "SUSPECTED_ABNORMAL"


class ReceiptKind(StrEnum):
    """One receipt is one 件次; the first two open a part (report, organ), an assignment opens none."""

    FIRST = "FIRST"
    TRANSFER_RECEIPT = "TRANSFER_RECEIPT"
    ASSIGNMENT_RECEIPT = "ASSIGNMENT_RECEIPT"


class Desk(StrEnum):
    """How far entry and its checks are 录入状态, domain.md 6.2."""

    DRAFT = "DRAFT"
    ELEMENT_COMPLETE = "ELEMENT_COMPLETE"
    CHECKED = "CHECKED"
    CONFIRMED = "CONFIRMED"


class State(StrEnum):
    """State of one part (report, organ), the words of contracts/reference/lifecycle.yaml."""

    RECEIVED = "RECEIVED"
    REGISTERED = "REGISTERED"
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
