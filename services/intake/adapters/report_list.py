"""Lines of a desk's list, by codes; row security leaves out what the reader may not see."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.chassis.database import Connection

SELECT_LINES = """
    SELECT r.report_id, r.organ, r.holder, r.desk, p.state, r.version, r.received_on, r.channel, r.source,
           r.name_status, r.nature, r.occurrence, r.imported, r.synthetic, r.registered_at,
           (SELECT c.report_no FROM business.receipt c
             WHERE c.report_id = r.report_id AND c.organ = r.holder AND c.kind <> 'ASSIGNMENT_RECEIPT'
             LIMIT 1) AS report_no
      FROM business.report r
      JOIN business.part p ON p.report_id = r.report_id AND p.organ = r.holder
     WHERE r.holder = $1
       AND ($2::text IS NULL OR r.desk = $2)
       AND ($3::text IS NULL OR p.state = $3)
       AND ($4::date IS NULL OR r.received_on >= $4)
       AND ($5::date IS NULL OR r.received_on <= $5)
       AND ($6::timestamptz IS NULL OR (r.registered_at, r.report_id) > ($6, $7))
     ORDER BY r.registered_at, r.report_id
     LIMIT $8
"""
SELECT_NUMBER = """
    SELECT report_no FROM business.receipt
     WHERE report_id = $1 AND organ = $2
     ORDER BY kind = 'ASSIGNMENT_RECEIPT'
     LIMIT 1
"""
SELECT_HELD = """
    SELECT visit_id, received_on, held FROM business.visit_item
     WHERE organ = $1 AND held IS NOT NULL AND registered_at IS NULL
     ORDER BY told_at, visit_id
     LIMIT 200
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines: all that are None do not narrow."""

    desk: str | None = None
    state: str | None = None
    received_from: date | None = None
    received_to: date | None = None


async def lines_of(
    connection: Connection, organ: str, wanted: Wanted, after: tuple[datetime, UUID] | None, limit: int
) -> list[dict[str, Any]]:
    """The lines of an organ's desk, oldest registration first; ``registered_at`` is for the cursor."""
    at, id_ = after or (None, None)
    rows = await connection.fetch(
        SELECT_LINES,
        organ,
        wanted.desk,
        wanted.state,
        wanted.received_from,
        wanted.received_to,
        at,
        id_,
        limit,
    )
    return [{**dict(row), "report_id": str(row["report_id"])} for row in rows]


async def number_of(connection: Connection, report_id: UUID, organ: str) -> str | None:
    """The number an organ gave the report; that of an assignment when it has no other."""
    found: str | None = await connection.fetchval(SELECT_NUMBER, report_id, organ)
    return found


async def held_visits(connection: Connection, organ: str) -> list[dict[str, Any]]:
    """Signed-off visits that wait for a person, with the code of what is asked."""
    rows = await connection.fetch(SELECT_HELD, organ)
    return [{**dict(row), "visit_id": str(row["visit_id"])} for row in rows]
