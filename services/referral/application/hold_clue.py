"""Use case: a clue is held for a later look (T19)."""

from dataclasses import dataclass
from datetime import date

from services.referral.application.desk import finish, open_handler_desk
from services.referral.application.ports import About, Unit
from services.referral.domain import handling
from services.referral.domain.lifecycle import Step
from services.referral.domain.referral import Referral


@dataclass(frozen=True, slots=True)
class HoldClue:
    """The handler holds it until ``recheck_on`` at the latest."""

    about: About
    recheck_on: date | None


async def hold_clue(command: HoldClue, unit: Unit) -> Referral:
    """Hold it. Raises as ``open_handler_desk`` and ``handling.hold``."""
    desk, _ = await open_handler_desk(unit, command.about, Step.HOLD)
    part = handling.hold(desk.part, command.recheck_on, command.about.today)
    return await finish(unit, command.about, "hold-clue", part, [])
