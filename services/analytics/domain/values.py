"""Words of the figures: states, acts, scopes and months."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

ACCUSATION = "N1"
"""The nature 检举控告, the only one counted by violation and rank."""
UNCLASSIFIED = "UNCLASSIFIED"
UNKNOWN = "UNKNOWN"
OUTSIDE = "OUTSIDE"
NOT_GIVEN = "NOT_GIVEN"


class ReceiptKind(StrEnum):
    """What a receipt 件次 is; the first two begin a part."""

    FIRST = "FIRST"
    TRANSFER_RECEIPT = "TRANSFER_RECEIPT"
    ASSIGNMENT_RECEIPT = "ASSIGNMENT_RECEIPT"


class State(StrEnum):
    """Where a part (report, organ) stands, as far as facts tell; contracts/reference/lifecycle.yaml."""

    REGISTERED = "REGISTERED"
    UNDER_TRIAGE = "UNDER_TRIAGE"
    UNDER_COLLECTIVE_STUDY = "UNDER_COLLECTIVE_STUDY"
    ACCEPTED = "ACCEPTED"
    RETURNED_BY_HANDLER = "RETURNED_BY_HANDLER"
    MOVED = "MOVED"
    TRANSFER_PENDING = "TRANSFER_PENDING"
    ASSIGNED = "ASSIGNED"
    UNDER_AUDIT = "UNDER_AUDIT"
    DISPOSAL_DECIDED = "DISPOSAL_DECIDED"
    TRANSFERRED = "TRANSFERRED"
    RETAINED_REPEAT = "RETAINED_REPEAT"
    RETAINED_NO_SUBSTANCE = "RETAINED_NO_SUBSTANCE"
    OOS_ADVISED = "OOS_ADVISED"
    OOS_FORWARDED = "OOS_FORWARDED"
    APPEAL_ROUTED = "APPEAL_ROUTED"
    SUGGESTION_FILED = "SUGGESTION_FILED"
    CONCLUDED = "CONCLUDED"


class Act(StrEnum):
    """What moved a part, as a fact told it."""

    REGISTER = "REGISTER"
    CLASSIFY = "CLASSIFY"
    QUEUE = "QUEUE"
    ACCEPT = "ACCEPT"
    MOVE = "MOVE"
    TRANSFER = "TRANSFER"
    SIGN_TRANSFER = "SIGN_TRANSFER"
    REFUSE_TRANSFER = "REFUSE_TRANSFER"
    ASSIGN = "ASSIGN"
    RETURN = "RETURN"
    RETAIN_REPEAT = "RETAIN_REPEAT"
    RETAIN_NO_SUBSTANCE = "RETAIN_NO_SUBSTANCE"
    ADVISE = "ADVISE"
    FORWARD = "FORWARD"
    APPEAL = "APPEAL"
    SUGGEST = "SUGGEST"
    DECIDE_DISPOSAL = "DECIDE_DISPOSAL"
    SUBMIT_RESULT = "SUBMIT_RESULT"
    RETURN_RESULT = "RETURN_RESULT"
    CONCLUDE = "CONCLUDE"
    WITHDRAW = "WITHDRAW"


LEADS_TO: Mapping[Act, State] = MappingProxyType(
    {
        Act.REGISTER: State.REGISTERED,
        Act.CLASSIFY: State.UNDER_TRIAGE,
        Act.QUEUE: State.UNDER_COLLECTIVE_STUDY,
        Act.ACCEPT: State.ACCEPTED,
        Act.MOVE: State.MOVED,
        Act.TRANSFER: State.TRANSFER_PENDING,
        Act.SIGN_TRANSFER: State.TRANSFERRED,
        Act.REFUSE_TRANSFER: State.UNDER_TRIAGE,
        Act.ASSIGN: State.ASSIGNED,
        Act.RETURN: State.RETURNED_BY_HANDLER,
        Act.RETAIN_REPEAT: State.RETAINED_REPEAT,
        Act.RETAIN_NO_SUBSTANCE: State.RETAINED_NO_SUBSTANCE,
        Act.ADVISE: State.OOS_ADVISED,
        Act.FORWARD: State.OOS_FORWARDED,
        Act.APPEAL: State.APPEAL_ROUTED,
        Act.SUGGEST: State.SUGGESTION_FILED,
        Act.DECIDE_DISPOSAL: State.DISPOSAL_DECIDED,
        Act.SUBMIT_RESULT: State.UNDER_AUDIT,
        Act.RETURN_RESULT: State.ASSIGNED,
        Act.CONCLUDE: State.CONCLUDED,
        Act.WITHDRAW: State.UNDER_TRIAGE,
    }
)
"""The state each act leaves a part in. The owners judge whether an act was allowed; here it is counted."""


class Scope(StrEnum):
    """Which receipts a table counts: all, or the accusations 检举控告 alone."""

    ALL = "all"
    ACCUSATIONS = "accusations"


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month of Asia/Shanghai."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month a local day lies in."""
        return cls(day.year, day.month)

    def plus(self, months: int) -> "Month":
        """So many months later; earlier when negative."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(year, month + 1)

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    def __str__(self) -> str:
        """``2018-07``."""
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True, slots=True)
class Span:
    """Whole months, both ends included; ``since`` is never after ``until``."""

    since: Month
    until: Month

    @property
    def length(self) -> int:
        """How many months."""
        return (self.until.year - self.since.year) * 12 + self.until.month - self.since.month + 1

    @property
    def first(self) -> date:
        """Its first day."""
        return self.since.first

    @property
    def last(self) -> date:
        """Its last day."""
        return self.until.last

    @property
    def eve(self) -> date:
        """The day before its first."""
        return self.first - timedelta(days=1)

    def year_before(self) -> "Span":
        """The same months one year earlier 上年同期."""
        return Span(self.since.plus(-12), self.until.plus(-12))

    def period_before(self) -> "Span":
        """As many months, ending right before 上期."""
        return Span(self.since.plus(-self.length), self.until.plus(-self.length))

    def year_to_date(self) -> "Span":
        """From January of its last year to its end 本年累计."""
        return Span(Month(self.until.year, 1), self.until)
