"""Use case: a talk, an inquiry or a preliminary verification begins (T18)."""

from dataclasses import dataclass

from services.referral.application.desk import finish, open_handler_desk
from services.referral.application.ports import About, Unit
from services.referral.domain import handling
from services.referral.domain.lifecycle import Step
from services.referral.domain.referral import Referral


@dataclass(frozen=True, slots=True)
class BeginVerification:
    """The handler reports that it began."""

    about: About


async def begin_verification(command: BeginVerification, unit: Unit) -> Referral:
    """Write it down. Raises as ``open_handler_desk`` and ``handling.begin_verification``."""
    desk, _ = await open_handler_desk(unit, command.about, Step.VERIFY)
    part = handling.begin_verification(desk.part)
    return await finish(unit, command.about, "begin-verification", part, [])
