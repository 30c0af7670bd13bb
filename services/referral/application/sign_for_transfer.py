"""Use case: the lower organ signs for what was transferred to it (T10a)."""

from dataclasses import dataclass

from services.referral.application.desk import finish, open_receiver_desk, seat_at
from services.referral.application.ports import About, Unit
from services.referral.domain import handover
from services.referral.domain.lifecycle import Step
from services.referral.domain.referral import Referral


@dataclass(frozen=True, slots=True)
class SignForTransfer:
    """The receiving petition office's signature."""

    about: About


async def sign_for_transfer(command: SignForTransfer, unit: Unit) -> Referral:
    """End the sender's part; intake opens the receiver's with a number of its own.

    D02 goes on until the receiver has accepted the report or passed it on. Raises as ``open_receiver_desk``.
    """
    about = command.about
    desk, routing = await open_receiver_desk(unit, about, Step.SIGN_TRANSFER)
    seat = seat_at(about.actor, routing, desk.directory)
    part, events = handover.sign_for_transfer(desk.part, about.actor.organ, seat, about.today, about.at)
    return await finish(unit, about, "sign-for-transfer", part, events)
