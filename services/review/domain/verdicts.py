"""What a desk says: a pass, a return, a signature or an acceptance, and what each must bring with it."""

from dataclasses import dataclass
from datetime import date

from services.review.domain.errors import (
    ChecklistIncomplete,
    MinutesMissing,
    OpinionMissing,
    QuorumMissing,
    ReasonMissing,
    ReturnIncomplete,
    StrangerInMinutes,
)
from services.review.domain.values import Check, Decision, Desk, OfficerId, Reason, ReturnKind, State


@dataclass(frozen=True, slots=True)
class Minutes:
    """Minutes of the deciding body 会议纪要: its text, who was present, who stepped back in the meeting."""

    text: str
    present: frozenset[OfficerId]
    recused: frozenset[OfficerId] = frozenset()

    def refuse_unless_quorate(self, members: frozenset[OfficerId], recused: frozenset[OfficerId]) -> None:
        """Refuse minutes of strangers or of too few.

        ``members`` is the whole deciding body, ``recused`` who was out before the meeting began. More than
        half of the members who are not recused must be present (domain.md 16.4). Raises StrangerInMinutes,
        QuorumMissing.
        """
        able = members - recused - self.recused
        if not self.present <= able or not self.recused <= members:
            raise StrangerInMinutes
        if 2 * len(self.present) <= len(able):
            raise QuorumMissing


@dataclass(frozen=True, slots=True)
class Pass:
    """The result goes on; each of the three rounds brings its own proof."""

    checklist: frozenset[Check] = frozenset()
    opinion: str | None = None
    minutes: Minutes | None = None

    def refuse_if_incomplete(self, desk: Desk) -> None:
        """Raises ChecklistIncomplete (R1), OpinionMissing (R2), MinutesMissing (R3)."""
        if desk is Desk.R1 and self.checklist != frozenset(Check):
            raise ChecklistIncomplete
        if desk is Desk.R2 and not (self.opinion and self.opinion.strip()):
            raise OpinionMissing
        if desk is Desk.R3 and self.minutes is None:
            raise MinutesMissing


@dataclass(frozen=True, slots=True)
class Return:
    """The result goes back; ``kind`` and ``new_due_on`` belong to the fourth round."""

    reasons: frozenset[Reason]
    back_to: State = State.SUPPLEMENTING
    note: str | None = None
    minutes: Minutes | None = None
    kind: ReturnKind | None = None
    new_due_on: date | None = None

    def refuse_if_incomplete(self, desk: Desk, today: date) -> None:
        """Raises ReasonMissing, MinutesMissing (R3), ReturnIncomplete (R4; or a kind given elsewhere)."""
        if not self.reasons:
            raise ReasonMissing
        if desk is Desk.R3 and self.minutes is None:
            raise MinutesMissing
        if desk is Desk.R4:
            if self.kind is None or self.new_due_on is None or self.new_due_on <= today:
                raise ReturnIncomplete
        elif self.kind is not None or self.new_due_on is not None:
            raise ReturnIncomplete


@dataclass(frozen=True, slots=True)
class Sign:
    """The chief's signature 主要负责人签批."""


@dataclass(frozen=True, slots=True)
class Accept:
    """The superior office accepts and closes."""


Verdict = Pass | Return | Sign | Accept


def decision_of(verdict: Verdict) -> Decision:
    """The table's word for what was said."""
    match verdict:
        case Pass():
            return Decision.PASS
        case Return():
            return Decision.RETURN
        case Sign():
            return Decision.SIGN
        case Accept():
            return Decision.ACCEPT


@dataclass(frozen=True, slots=True)
class Ruling:
    """A verdict as the history keeps it; ``actors`` are those whom the bar counts.

    In the third round these are all members noted as present, and ``recused`` are those who stepped back
    there. ``stands`` is lost when the case goes back behind the ruling, or when a later verdict of the same
    desk takes its place.
    """

    submission: int
    desk: Desk
    decision: Decision
    officer: OfficerId
    actors: frozenset[OfficerId]
    recused: frozenset[OfficerId] = frozenset()
    reasons: frozenset[Reason] = frozenset()
    kind: ReturnKind | None = None
    stands: bool = True
