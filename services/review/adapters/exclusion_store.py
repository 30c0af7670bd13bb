"""Intake's excluded sets; a report's one row is also where opening and excluding wait for each other."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.review.domain.errors import CaseUnknown
from services.review.domain.exclusion import Excluded
from services.review.domain.values import CaseId, OfficerId

FIRST_SET = """
    INSERT INTO business.excluded_set (report_id, version, units, seats, officers, frozen, since)
    VALUES ($1, 0, '{}', '{}', '{}', false, $2)
    ON CONFLICT DO NOTHING
"""
LOCK_SET = """
    SELECT version, units, seats, officers, frozen FROM business.excluded_set WHERE report_id = $1 FOR UPDATE
"""
SHARE_SET_OF_CASE = """
    SELECT x.version, x.units, x.seats, x.officers, x.frozen
      FROM business.excluded_set x
     WHERE x.report_id = (SELECT c.report_id FROM business.assigned_case c WHERE c.case_id = $1)
       FOR SHARE
"""
UPDATE_SET = """
    UPDATE business.excluded_set
       SET version = $2, units = $3, seats = $4, officers = $5, frozen = $6, since = $7
     WHERE report_id = $1
"""


class PostgresExclusions:
    """The sets seen through one open transaction, locked by whoever reads them."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def of_case(self, case_id: CaseId) -> Excluded:
        """The set of the case's report, held against change. Raises CaseUnknown."""
        row = await self._connection.fetchrow(SHARE_SET_OF_CASE, case_id)
        if row is None:
            raise CaseUnknown
        return _set_of(row)

    async def of(self, report_id: UUID, at: datetime) -> Excluded:
        """The set of a report, held; a row of version 0 is made where none was."""
        await self._connection.execute(FIRST_SET, report_id, at)
        return _set_of(await self._connection.fetchrow(LOCK_SET, report_id))

    async def put(self, report_id: UUID, excluded: Excluded, at: datetime) -> None:
        """Keep the set."""
        await self._connection.execute(
            UPDATE_SET, report_id, excluded.version, sorted(excluded.units), sorted(excluded.seats),
            sorted(excluded.officers), excluded.frozen, at,
        )  # fmt: skip


def _set_of(row: Any) -> Excluded:
    return Excluded(
        frozenset(row["units"]),
        frozenset(row["seats"]),
        frozenset(OfficerId(officer) for officer in row["officers"]),
        row["version"],
        row["frozen"],
    )
