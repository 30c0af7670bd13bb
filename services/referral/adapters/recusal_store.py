"""The recusal register."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.referral.domain.errors import RecusalUnknown
from services.referral.domain.recusal import Recusal, RecusalGround, RecusalState

INSERT_RECUSAL = """
    INSERT INTO business.recusal (id, organ, report_id, officer, ground, asked_by, asked_at, state)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
LOCK_RECUSAL = """
    SELECT id, organ, report_id, officer, ground, asked_by, asked_at, state
      FROM business.recusal
     WHERE id = $1 AND organ = $2
       FOR UPDATE
"""
DECIDE_RECUSAL = """
    UPDATE business.recusal
       SET state = $3, decided_by = $4, decided_at = $5
     WHERE id = $1 AND organ = $2 AND state = 'REQUESTED'
"""
SELECT_OFFICERS = """
    SELECT report_id, officer
      FROM business.recusal
     WHERE report_id = ANY ($1::uuid[]) AND state <> 'REFUSED'
"""


class PostgresRecusals:
    """The register seen through one open transaction."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def add(self, recusal: Recusal) -> None:
        """Keep a request."""
        await self._connection.execute(
            INSERT_RECUSAL,
            recusal.id,
            recusal.organ,
            recusal.report_id,
            recusal.officer,
            recusal.ground.value,
            recusal.asked_by,
            recusal.asked_at,
            recusal.state.value,
        )

    async def get(self, recusal_id: UUID, organ: str) -> Recusal:
        """A request of the organ, locked."""
        row = await self._connection.fetchrow(LOCK_RECUSAL, recusal_id, organ)
        if row is None:
            raise RecusalUnknown
        return Recusal(
            UUID(str(row["id"])),
            row["organ"],
            UUID(str(row["report_id"])),
            row["officer"],
            RecusalGround(row["ground"]),
            row["asked_by"],
            row["asked_at"],
            RecusalState(row["state"]),
        )

    async def decide(self, recusal_id: UUID, organ: str, state: RecusalState, by: str, at: datetime) -> None:
        """Write the decision, once."""
        done = await self._connection.execute(DECIDE_RECUSAL, recusal_id, organ, state.value, by, at)
        if done != "UPDATE 1":
            raise RecusalUnknown

    async def officers(self, report_id: UUID) -> frozenset[str]:
        """Who is out of a report."""
        return (await self.officers_of_many([report_id])).get(report_id, frozenset())

    async def officers_of_many(self, reports: Sequence[UUID]) -> Mapping[UUID, frozenset[str]]:
        """Who is out of each of many reports."""
        found: dict[UUID, set[str]] = {}
        for row in await self._connection.fetch(SELECT_OFFICERS, list(reports)):
            found.setdefault(UUID(str(row["report_id"])), set()).add(row["officer"])
        return {report: frozenset(officers) for report, officers in found.items()}
