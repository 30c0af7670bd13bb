"""Reaction: referral or review moved a part; intake shows its state."""

from dataclasses import replace
from uuid import UUID

from services.intake.application.ports import Moment, Unit
from services.intake.domain.errors import PremiseMissing
from services.intake.domain.lifecycle import way_to
from services.intake.domain.values import State

AUDITED = ("result-submitted", "result-withdrawn", "result-returned")
"""Facts of review; they may come before referral's own fact of the assignment, and after its end."""


async def when_part_progressed_show_state(
    report_id: UUID, organ: str, word: str, teller: str, moment: Moment, unit: Unit
) -> None:
    """Lead the part through the states of the fact. Raises PremiseMissing when it is not there yet."""
    part = await unit.parts.get(report_id, organ)
    if word in AUDITED and part.state not in {State.ASSIGNED, State.UNDER_AUDIT, State.FROZEN}:
        if not part.assigned:
            raise PremiseMissing
        return
    for state in way_to(part.state, word):
        await unit.parts.move(part, state, moment.at, teller)
        part = replace(part, state=state)
