"""Use case: an officer steps back, or somebody asks for it; from then on the officer is out (19.3)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.referral.application.desk import refuse_excluded, reported_side
from services.referral.application.judge_parts import Occasion, judge_parts
from services.referral.application.ports import Actor, Unit
from services.referral.domain.errors import ReferralUnknown
from services.referral.domain.recusal import Recusal
from services.referral.domain.referral import Referral


@dataclass(frozen=True, slots=True)
class RequestRecusal:
    """The request; ``recusal.asked_by`` is the actor."""

    actor: Actor
    recusal: Recusal
    today: date


async def request_recusal(command: RequestRecusal, unit: Unit) -> None:
    """Keep the request and withdraw at once what lies with the officer. Raises ReferralUnknown.

    Source: rule art. 48; asked for is enough to block until the organ decides.
    """
    recusal, actor = command.recusal, command.actor
    part = await _concerned(unit, recusal.report_id, actor.organ)
    directory = await unit.entries.on(command.today)
    refuse_excluded(actor, await reported_side(unit, part, directory), directory)
    out = frozenset({recusal.officer})
    await judge_parts(unit, [part], Occasion(actor.id, recusal.asked_at, command.today, out))
    await unit.recusals.add(recusal)
    await unit.audit.note(
        "request-recusal", "recusal", str(recusal.id), report_id=str(part.report_id), officer=recusal.officer
    )


async def _concerned(unit: Unit, report_id: UUID, organ: str) -> Referral:
    try:
        return await unit.referrals.get(report_id, organ)
    except ReferralUnknown:
        return await unit.referrals.handed_to(report_id, organ)
