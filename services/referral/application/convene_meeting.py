"""Use case: a study meeting is convened and its members are written down."""

from dataclasses import dataclass
from datetime import date, datetime

from services.referral.application.ports import Actor, Unit
from services.referral.domain.errors import OpinionMissing
from services.referral.domain.meeting import Meeting, refuse_strangers


@dataclass(frozen=True, slots=True)
class ConveneMeeting:
    """Who meets when; ``meeting.organ`` is the actor's."""

    actor: Actor
    meeting: Meeting
    at: datetime
    today: date


async def convene_meeting(command: ConveneMeeting, unit: Unit) -> None:
    """Keep the meeting. Raises MemberUnknown, and OpinionMissing when fewer than two are present."""
    meeting = command.meeting
    refuse_strangers(meeting, await unit.entries.on(command.today))
    if len(set(meeting.present)) < 2:
        raise OpinionMissing
    await unit.meetings.add(meeting, command.at)
    await unit.audit.note(
        "convene-meeting", "meeting", str(meeting.id), tier=meeting.tier.value, present=len(meeting.present)
    )
