"""What is now known is applied at once: superior level stops a part, the reported side loses its routing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.referral.application.desk import reported_side, waive_clocks
from services.referral.application.ports import Unit
from services.referral.domain.exclusion import Excluded
from services.referral.domain.referral import Referral
from services.referral.domain.withdrawal import judge_anew


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why parts are judged anew: who said what is new, when, and officers who are out from now on."""

    actor: str
    at: datetime
    today: date
    recused: frozenset[str] = frozenset()


async def judge_parts(
    unit: Unit, parts: Sequence[Referral], occasion: Occasion, *, changed: bool = False
) -> int:
    """Judge locked parts anew and save those that moved; all of them when ``changed``.

    Returns how many lost an open routing. Each of these is recorded as an incident, for it had been open
    towards the reported side (services.md 2).
    """
    directory = await unit.entries.on(occasion.today)
    withdrawn = 0
    for part in parts:
        side = (await reported_side(unit, part, directory)).also(Excluded(officers=occasion.recused))
        after, events = judge_anew(part, side, directory, occasion.at)
        if not after.passages and not changed:
            continue
        routing = part.open_routing()
        if routing is not None and after.open_routing() is None:
            withdrawn += 1
            await unit.exclusions.note_incident(part, routing, occasion.at)
            await waive_clocks(unit, part, routing.target.organ)
        await unit.referrals.save(after, occasion.actor, occasion.at)
        await unit.outbox.add(events)
        if after.passages:
            await unit.audit.note("withdraw", "referral", str(part.report_id), organ=part.organ)
    return withdrawn
