"""Study meetings and the decisions on their items."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.referral.domain.errors import MeetingUnknown
from services.referral.domain.meeting import ItemDecision, Meeting, Tier

INSERT_MEETING = """
    INSERT INTO business.meeting (id, organ, held_on, tier, present, absent, recorder, convened_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
SELECT_MEETING = """
    SELECT id, organ, held_on, tier, present, absent, recorder
      FROM business.meeting
     WHERE id = $1 AND organ = $2
"""
SELECT_MEETINGS = """
    SELECT id, organ, held_on, tier, present, absent, recorder
      FROM business.meeting
     WHERE organ = $1 AND ($2::date IS NULL OR (held_on, id) < ($2, $3))
     ORDER BY held_on DESC, id DESC
     LIMIT $4
"""
INSERT_ITEM = """
    INSERT INTO business.meeting_item
           (meeting_id, report_id, organ, decision, spoke, recused, dissent, executor, due_on, decided_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""


class PostgresMeetings:
    """Meetings seen through one open transaction."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def add(self, meeting: Meeting, at: datetime) -> None:
        """Keep a new meeting."""
        await self._connection.execute(
            INSERT_MEETING,
            meeting.id,
            meeting.organ,
            meeting.held_on,
            meeting.tier.value,
            list(meeting.present),
            list(meeting.absent),
            meeting.recorder,
            at,
        )

    async def get(self, meeting_id: UUID, organ: str) -> Meeting:
        """A meeting of the organ."""
        row = await self._connection.fetchrow(SELECT_MEETING, meeting_id, organ)
        if row is None:
            raise MeetingUnknown
        return _meeting(row)

    async def listed(self, organ: str, after: tuple[date, UUID] | None, limit: int) -> list[Meeting]:
        """The organ's meetings, latest first."""
        day, id_ = after or (None, None)
        rows = await self._connection.fetch(SELECT_MEETINGS, organ, day, id_, limit)
        return [_meeting(row) for row in rows]

    async def record(self, meeting: Meeting, report_id: UUID, item: ItemDecision, at: datetime) -> None:
        """Keep the decision on one item."""
        await self._connection.execute(
            INSERT_ITEM,
            meeting.id,
            report_id,
            meeting.organ,
            item.decision.value,
            list(item.spoke),
            list(item.recused),
            list(item.dissent),
            item.executor,
            item.due_on,
            at,
        )


def _meeting(row: Any) -> Meeting:
    return Meeting(
        UUID(str(row["id"])),
        row["organ"],
        row["held_on"],
        Tier(row["tier"]),
        tuple(row["present"]),
        tuple(row["absent"]),
        row["recorder"],
    )
