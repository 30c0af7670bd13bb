"""References into the vault: named with the report, confirmed there by a worker afterwards."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.chassis.database import Connection

INSERT_NAMED = """
    INSERT INTO business.pending_identity (reporter_ref, report_id, organ, named_at)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT DO NOTHING
"""
SELECT_UNCONFIRMED = """
    SELECT reporter_ref FROM business.pending_identity
     WHERE confirmed_at IS NULL
     ORDER BY named_at LIMIT $1
"""
CONFIRM = """
    UPDATE business.pending_identity SET confirmed_at = $2
     WHERE reporter_ref = ANY ($1::uuid[]) AND confirmed_at IS NULL
"""
SELECT_NAMED = """
    SELECT reporter_ref FROM business.pending_identity WHERE reporter_ref = ANY ($1::uuid[])
     UNION
    SELECT reporter_ref FROM business.report WHERE reporter_ref = ANY ($1::uuid[])
"""


class PostgresIdentities:
    """What is to be told to the vault, seen through one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def name(self, references: Sequence[tuple[UUID, UUID]], organ: str, at: datetime) -> None:
        """Note (reporter_ref, report_id) pairs."""
        rows = [(ref, report_id, organ, at) for ref, report_id in references]
        await self._connection.executemany(INSERT_NAMED, rows)

    async def unconfirmed(self, limit: int) -> list[UUID]:
        """What the vault has not been told yet, oldest first."""
        rows = await self._connection.fetch(SELECT_UNCONFIRMED, limit)
        return [row["reporter_ref"] for row in rows]

    async def confirmed(self, references: Sequence[UUID], at: datetime) -> None:
        """The vault knows that reports name them."""
        await self._connection.execute(CONFIRM, list(references), at)

    async def named(self, references: Sequence[UUID]) -> set[UUID]:
        """Those of the references that a report names."""
        rows = await self._connection.fetch(SELECT_NAMED, list(references))
        return {row["reporter_ref"] for row in rows}
