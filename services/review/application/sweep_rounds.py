"""What the clocks start: a round past its last day is marked, and goes on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.review.application.desk import ENTITY, ROUNDS
from services.review.application.ports import Unit
from services.review.domain.values import CaseId


@dataclass(frozen=True, slots=True)
class Told:
    """What one clock told: PREWARN, DUE or LATE, under the name it runs by."""

    rule_id: str
    entity_id: str
    kind: str


async def mark_expired(told: Iterable[Told], at: datetime, unit: Unit) -> None:
    """Note each in the trail (the hint letter 提示函 follows from it), and mark the rounds that are late."""
    for one in told:
        case_id, _, entry = one.entity_id.partition("/")
        if one.rule_id in ROUNDS.values() and one.kind == "LATE":
            await unit.cases.expire_round(CaseId(UUID(case_id)), int(entry), at)
        await unit.audit.note("clock", ENTITY, case_id, rule=one.rule_id, kind=one.kind)
