"""How far a run of the register import is, and what it gave back: column and reason by row, never a text."""

from dataclasses import dataclass
from uuid import UUID

from services.chassis.database import Connection
from services.intake.application.import_register import Counts
from services.intake.domain.register_cells import Reason
from services.intake.domain.register_row import ReturnedRow

SELECT_RUN = """
    SELECT r.rows, r.finished_at IS NOT NULL AS finished,
           (SELECT count(*) FROM business.import_row i
             WHERE i.run_id = r.run_id AND i.report_id IS NOT NULL) AS imported,
           (SELECT count(*) FROM business.import_returned b
             WHERE b.run_id = r.run_id AND b.reason <> 'conflict') AS returned,
           (SELECT count(*) FROM business.import_returned b
             WHERE b.run_id = r.run_id AND b.reason = 'conflict') AS conflict,
           (SELECT coalesce(sum(s.rows), 0) FROM business.import_spool s
             WHERE s.run_id = r.run_id) AS waiting
      FROM business.import_run r
     WHERE r.run_id = $1
"""
SELECT_RETURNED = """
    SELECT sheet_row, number, "column", reason
      FROM business.import_returned
     WHERE run_id = $1 AND sheet_row > $2
     ORDER BY sheet_row
     LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class RunView:
    """One run: PENDING before its first row, RUNNING, DONE."""

    run_id: UUID
    state: str
    counts: Counts


async def run_view(connection: Connection, run_id: UUID) -> RunView | None:
    """The run, None when it is not there for who asks.

    While a chunk goes through row by row, its rows count as waiting until the chunk is done.
    """
    row = await connection.fetchrow(SELECT_RUN, run_id)
    if row is None:
        return None
    waiting = int(row["waiting"])
    settled = row["rows"] - row["returned"] - row["conflict"] - waiting
    imported = min(row["imported"], settled)
    counts = Counts(
        rows=row["rows"],
        imported=imported,
        known=settled - imported,
        returned=row["returned"],
        conflict=row["conflict"],
        waiting=waiting,
    )
    begun = waiting < row["rows"] - row["returned"] - row["conflict"]
    state = "DONE" if row["finished"] else "RUNNING" if begun else "PENDING"
    return RunView(run_id, state, counts)


async def returned_page(
    connection: Connection, run_id: UUID, after_row: int, limit: int
) -> list[ReturnedRow]:
    """The rows a run gave back, below a row of the sheet."""
    rows = await connection.fetch(SELECT_RETURNED, run_id, after_row, limit)
    return [ReturnedRow(r["sheet_row"], r["number"], r["column"], Reason(r["reason"])) for r in rows]
