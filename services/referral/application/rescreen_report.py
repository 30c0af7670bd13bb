"""Use case: what a handler sent back is screened again (T16)."""

from dataclasses import dataclass

from services.referral.application.desk import finish, open_desk
from services.referral.application.ports import About, Unit
from services.referral.domain.lifecycle import Step
from services.referral.domain.referral import Referral


@dataclass(frozen=True, slots=True)
class RescreenReport:
    """The office takes it back to its triage desk."""

    about: About


async def rescreen_report(command: RescreenReport, unit: Unit) -> Referral:
    """Back to triage. A changed category comes from intake as a fact. Raises as ``open_desk``."""
    desk = await open_desk(unit, command.about, Step.RESCREEN)
    return await finish(unit, command.about, "rescreen-report", desk.part.step(Step.RESCREEN), [])
