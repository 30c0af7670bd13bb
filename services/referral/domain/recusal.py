"""The recusal register 回避: who steps back from which report; asked for is enough to block."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.referral.domain.errors import OwnRecusal


class RecusalGround(StrEnum):
    """Grounds of rule art. 48."""

    REPORTED_OR_RELATIVE = "REPORTED_OR_RELATIVE"
    INTEREST = "INTEREST"
    RELATIVE_OF_REPORTER = "RELATIVE_OF_REPORTER"
    WITNESS = "WITNESS"
    OTHER = "OTHER"


class RecusalState(StrEnum):
    """The organ decides; until then, and after a grant, the officer is out."""

    REQUESTED = "REQUESTED"
    GRANTED = "GRANTED"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class Recusal:
    """One request; ``officer`` and ``asked_by`` are persons' ids."""

    id: UUID
    organ: str
    report_id: UUID
    officer: str
    ground: RecusalGround
    asked_by: str
    asked_at: datetime
    state: RecusalState = RecusalState.REQUESTED


def refuse_own(recusal: Recusal, actor: str) -> None:
    """Raise OwnRecusal when the one who decides is the officer or the one who asked."""
    if actor in {recusal.officer, recusal.asked_by}:
        raise OwnRecusal
