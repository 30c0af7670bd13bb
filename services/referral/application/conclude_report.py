"""Use case: the handler reports the end (T20, T22)."""

from dataclasses import dataclass

from services.referral.application.desk import finish, open_handler_desk
from services.referral.application.ports import About, Unit
from services.referral.domain.handling import Conclusion, conclude
from services.referral.domain.lifecycle import Step
from services.referral.domain.referral import Referral


@dataclass(frozen=True, slots=True)
class ConcludeReport:
    """What was found and what followed."""

    about: About
    end: Conclusion


async def conclude_report(command: ConcludeReport, unit: Unit) -> Referral:
    """Close the routing with the end. Raises as ``open_handler_desk`` and ``handling.conclude``."""
    about = command.about
    desk, _ = await open_handler_desk(unit, about, Step.CONCLUDE)
    part, events = conclude(desk.part, command.end, about.today, about.at)
    return await finish(unit, about, "conclude-report", part, events)
