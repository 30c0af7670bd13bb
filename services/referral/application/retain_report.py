"""Use case: a repeat, or a report without substance, is kept (T8, T9)."""

from dataclasses import dataclass

from services.referral.application.desk import finish, meet_triage_clocks, open_desk
from services.referral.application.ports import About, Unit
from services.referral.domain.lifecycle import Step
from services.referral.domain.referral import Referral
from services.referral.domain.screening import retain
from services.referral.domain.triage import permit


@dataclass(frozen=True, slots=True)
class RetainReport:
    """The head confirms; ``no_substance`` needs the meeting's decision, a repeat does not."""

    about: About
    no_substance: bool


async def retain_report(command: RetainReport, unit: Unit) -> Referral:
    """Keep it. Raises the refusals of ``open_desk`` and ``permit``."""
    about = command.about
    step = Step.RETAIN_NO_SUBSTANCE if command.no_substance else Step.RETAIN_REPEAT
    desk = await open_desk(unit, about, step)
    permit(desk.part, step, desk.decision)
    part, events = retain(desk.part, step)
    await meet_triage_clocks(unit, part, "D05", about.today)
    return await finish(unit, about, "retain-report", part, events)
