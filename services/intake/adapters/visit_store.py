"""Signed-off visits on their way into the register."""

from datetime import datetime
from uuid import UUID

from services.chassis.database import Connection
from services.intake.application.ports import VisitItem
from services.intake.domain.errors import VisitUnknown

INSERT_ITEM = """
    INSERT INTO business.visit_item (visit_id, report_id, organ, synthetic, received_on, told_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT DO NOTHING
"""
SELECT_ITEM = """
    SELECT visit_id, report_id, organ, synthetic, received_on, held, second_no_by
      FROM business.visit_item
     WHERE visit_id = $1 AND registered_at IS NULL
       FOR UPDATE
"""
ANSWER_ITEM = "UPDATE business.visit_item SET second_no_by = $2, held = NULL WHERE visit_id = $1"
HOLD_ITEM = "UPDATE business.visit_item SET held = $2 WHERE visit_id = $1"
CLOSE_ITEM = "UPDATE business.visit_item SET registered_at = $2 WHERE visit_id = $1"


class PostgresVisits:
    """The items, seen through one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, item: VisitItem, at: datetime) -> bool:
        """Keep an item; False when it is here already."""
        done = await self._connection.execute(
            INSERT_ITEM, item.visit_id, item.report_id, item.organ, item.synthetic, item.received_on, at
        )
        return bool(done == "INSERT 0 1")

    async def get(self, visit_id: UUID) -> VisitItem:
        """The item that waits, locked. Raises VisitUnknown."""
        row = await self._connection.fetchrow(SELECT_ITEM, visit_id)
        if row is None:
            raise VisitUnknown
        return VisitItem(
            visit_id=row["visit_id"],
            report_id=row["report_id"],
            organ=row["organ"],
            received_on=row["received_on"],
            synthetic=row["synthetic"],
            second_no=row["second_no_by"] is not None,
            held=row["held"],
        )

    async def answer(self, visit_id: UUID, officer: str) -> None:
        """A person said the second no."""
        await self._connection.execute(ANSWER_ITEM, visit_id, officer)

    async def hold(self, visit_id: UUID, reason: str) -> None:
        """It cannot be registered without a person."""
        await self._connection.execute(HOLD_ITEM, visit_id, reason)

    async def registered(self, visit_id: UUID, at: datetime) -> None:
        """It stands in the register."""
        await self._connection.execute(CLOSE_ITEM, visit_id, at)
