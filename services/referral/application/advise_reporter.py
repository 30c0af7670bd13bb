"""Use case: out of scope; the person was told where to go (T12 by visit, phone or network)."""

from dataclasses import dataclass

from services.referral.application.desk import finish, meet_triage_clocks, open_desk
from services.referral.application.ports import About, Unit
from services.referral.domain.lifecycle import Step
from services.referral.domain.referral import Referral
from services.referral.domain.screening import advise
from services.referral.domain.triage import permit


@dataclass(frozen=True, slots=True)
class AdviseReporter:
    """The office's note that the person was told."""

    about: About


async def advise_reporter(command: AdviseReporter, unit: Unit) -> Referral:
    """Write down that the person was told. Raises the refusals of ``open_desk`` and ``permit``."""
    about = command.about
    desk = await open_desk(unit, about, Step.ADVISE)
    permit(desk.part, Step.ADVISE, desk.decision)
    part, events = advise(desk.part)
    await meet_triage_clocks(unit, part, "D05", about.today)
    return await finish(unit, about, "advise-reporter", part, events)
