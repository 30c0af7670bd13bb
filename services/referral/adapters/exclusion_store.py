"""Intake's excluded sets, entry by entry with their days, and incidents."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.referral.domain.errors import ReferralUnknown
from services.referral.domain.exclusion import Excluded
from services.referral.domain.referral import Referral, Routing

LOCK_EXCLUSION = "SELECT version FROM business.exclusion WHERE report_id = $1 FOR SHARE"
SELECT_ENTRIES = """
    SELECT x.report_id, x.version, e.kind, e.id
      FROM business.exclusion x
      LEFT JOIN business.exclusion_entry e ON e.report_id = x.report_id AND e.until IS NULL
     WHERE x.report_id = ANY ($1::uuid[])
"""
PUT_EXCLUSION = """
    INSERT INTO business.exclusion AS held (report_id, organ, version, at)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (report_id) DO UPDATE
       SET organ = excluded.organ, version = excluded.version, at = excluded.at
     WHERE held.version < excluded.version
"""
END_ENTRIES = """
    UPDATE business.exclusion_entry e
       SET until = $4
     WHERE e.report_id = $1 AND e.until IS NULL
       AND NOT EXISTS (SELECT 1 FROM unnest($2::text[], $3::text[]) AS told (kind, id)
                        WHERE told.kind = e.kind AND told.id = e.id)
"""
ADD_ENTRIES = """
    INSERT INTO business.exclusion_entry (report_id, kind, id, since)
    SELECT $1, kind, id, $4 FROM unnest($2::text[], $3::text[]) AS told (kind, id)
    ON CONFLICT (report_id, kind, id) WHERE until IS NULL DO NOTHING
"""
INSERT_INCIDENT = """
    INSERT INTO business.incident (kind, report_id, organ, by_organ, routing_id, at)
    VALUES ('ROUTING_TO_REPORTED_SIDE', $1, $2, $3, $4, $5)
"""


class PostgresExclusions:
    """The sets seen through one open transaction."""

    def __init__(self, connection: Any, organ: str | None) -> None:
        self._connection = connection
        self._organ = organ

    async def of(self, report_id: UUID) -> Excluded:
        """The set under a shared lock: a change of it waits for us, or we see it."""
        if await self._connection.fetchval(LOCK_EXCLUSION, report_id) is None:
            raise ReferralUnknown
        return (await self.of_many([report_id]))[report_id]

    async def of_many(self, reports: Sequence[UUID]) -> Mapping[UUID, Excluded]:
        """The sets as they stand, not locked."""
        rows = await self._connection.fetch(SELECT_ENTRIES, list(reports))
        kinds: dict[UUID, dict[str, set[str]]] = {}
        versions: dict[UUID, int] = {}
        for row in rows:
            report = UUID(str(row["report_id"]))
            versions[report] = row["version"]
            found = kinds.setdefault(report, {"UNIT": set(), "SEAT": set(), "OFFICER": set()})
            if row["kind"] is not None:
                found[row["kind"]].add(row["id"])
        return {
            report: Excluded(
                frozenset(found["UNIT"]),
                frozenset(found["SEAT"]),
                frozenset(found["OFFICER"]),
                versions[report],
                reported=frozenset(found["OFFICER"]),
            )
            for report, found in kinds.items()
        }

    async def put(self, report_id: UUID, organ: str, excluded: Excluded, at: datetime) -> bool:
        """Keep a newer set; what left it gets an end, what stays keeps its beginning."""
        done = await self._connection.execute(PUT_EXCLUSION, report_id, organ, excluded.version, at)
        if done != "INSERT 0 1":
            return False
        told = [
            *(("UNIT", id_) for id_ in sorted(excluded.units)),
            *(("SEAT", id_) for id_ in sorted(excluded.seats)),
            *(("OFFICER", id_) for id_ in sorted(excluded.officers)),
        ]
        columns = ([kind for kind, _ in told], [id_ for _, id_ in told])
        await self._connection.execute(END_ENTRIES, report_id, *columns, at)
        await self._connection.execute(ADD_ENTRIES, report_id, *columns, at)
        return True

    async def note_incident(self, part: Referral, routing: Routing, at: datetime) -> None:
        """A routing had been open towards the reported side."""
        by = self._organ or part.organ
        await self._connection.execute(INSERT_INCIDENT, part.report_id, part.organ, by, routing.id, at)
