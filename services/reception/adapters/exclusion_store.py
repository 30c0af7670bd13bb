"""What intake told of reports: excluded sets by entry, and the frozen ones."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from services.chassis.database import Connection
from services.reception.domain.exclusion import Excluded

SELECT_EXCLUDED = "SELECT kind, entry_id, organ FROM business.exclusion WHERE report_id = ANY ($1::uuid[])"
DROP_FORMER = """
    DELETE FROM business.exclusion
     WHERE report_id = $1
       AND (kind, entry_id) NOT IN (SELECT * FROM unnest($2::text[], $3::text[]))
"""
ADD_NOW = """
    INSERT INTO business.exclusion (report_id, kind, entry_id, organ, since)
    SELECT $1, kind, entry_id, $5, $4 FROM unnest($2::text[], $3::text[]) AS now (kind, entry_id)
    ON CONFLICT DO NOTHING
"""
INSERT_FROZEN = "INSERT INTO business.frozen (report_id, at) VALUES ($1, $2) ON CONFLICT DO NOTHING"
IS_FROZEN = "SELECT EXISTS (SELECT FROM business.frozen WHERE report_id = ANY ($1::uuid[]))"


class PostgresExclusions:
    """The excluded sets, seen through one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def of(self, report_ids: Iterable[UUID]) -> Excluded:
        """The excluded sets of these reports together."""
        rows = await self._connection.fetch(SELECT_EXCLUDED, list(report_ids))
        by_kind: dict[str, set[str]] = {"UNIT": set(), "SEAT": set(), "OFFICER": set()}
        for row in rows:
            by_kind[row["kind"]].add(row["entry_id"])
        units, seats, officers = (frozenset(by_kind[kind]) for kind in ("UNIT", "SEAT", "OFFICER"))
        organs = {row["organ"] for row in rows}
        return Excluded(units, seats, officers, organs.pop() if len(organs) == 1 else None)

    async def put(self, report_id: UUID, excluded: Excluded, at: datetime) -> None:
        """Keep the whole set of a report in place of the former."""
        pairs = [
            (kind, id_)
            for kind, ids in (
                ("UNIT", excluded.units),
                ("SEAT", excluded.seats),
                ("OFFICER", excluded.officers),
            )
            for id_ in sorted(ids)
        ]
        kinds, ids = [kind for kind, _ in pairs], [id_ for _, id_ in pairs]
        await self._connection.execute(DROP_FORMER, report_id, kinds, ids)
        await self._connection.execute(ADD_NOW, report_id, kinds, ids, at, excluded.spared or "")

    async def freeze(self, report_id: UUID, at: datetime) -> None:
        """Remember that a report is frozen."""
        await self._connection.execute(INSERT_FROZEN, report_id, at)

    async def frozen(self, report_ids: Iterable[UUID]) -> bool:
        """Whether one of these reports is frozen."""
        return bool(await self._connection.fetchval(IS_FROZEN, list(report_ids)))
