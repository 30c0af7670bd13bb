"""Use case: the handler signs for what was moved to it."""

from dataclasses import dataclass

from services.referral.application.desk import finish, open_handler_desk, seat_at
from services.referral.application.ports import About, Unit
from services.referral.domain import handover
from services.referral.domain.errors import NotTheReceiver
from services.referral.domain.lifecycle import Step
from services.referral.domain.referral import Referral


@dataclass(frozen=True, slots=True)
class SignForMove:
    """The handler's signature; the seat is the actor's own at the target."""

    about: About


async def sign_for_move(command: SignForMove, unit: Unit) -> Referral:
    """Write the signature down. Raises as ``open_handler_desk``, and IllegalStep when it is signed."""
    about = command.about
    desk, routing = await open_handler_desk(unit, about, Step.RETURN)
    seat = seat_at(about.actor, routing, desk.directory)
    if seat is None:
        raise NotTheReceiver
    part = handover.sign_for_move(desk.part, seat, about.at)
    return await finish(unit, about, "sign-for-move", part, [])
