"""Use case: the organ decides on a recusal."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.referral.application.ports import Actor, Unit
from services.referral.domain.recusal import RecusalState, refuse_own


@dataclass(frozen=True, slots=True)
class DecideRecusal:
    """Granted, the officer stays out; refused, the officer is back."""

    actor: Actor
    recusal_id: UUID
    granted: bool
    at: datetime


async def decide_recusal(command: DecideRecusal, unit: Unit) -> None:
    """Decide once. Raises RecusalUnknown, OwnRecusal."""
    actor = command.actor
    recusal = await unit.recusals.get(command.recusal_id, actor.organ)
    refuse_own(recusal, actor.id)
    state = RecusalState.GRANTED if command.granted else RecusalState.REFUSED
    await unit.recusals.decide(recusal.id, actor.organ, state, actor.id, command.at)
    await unit.audit.note("decide-recusal", "recusal", str(recusal.id), state=state.value)
