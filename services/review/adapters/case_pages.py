"""What is read of the cases without a lock: one page, and lists by an opaque cursor."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.review.adapters.case_rows import SELECT_CASE, SELECT_RULINGS, case_of
from services.review.application.ports import CaseLine, CasePage, ClockFace, PaperSlip
from services.review.domain.errors import CaseUnknown
from services.review.domain.values import CaseId, Desk, State

SELECT_CLOCKS = """
    SELECT rule_id, due_on, provisional, state, prewarned_at IS NOT NULL AS prewarned
      FROM mechanism.clock
     WHERE (entity_id = $1 OR entity_id LIKE $1 || '/%') AND met_on IS NULL AND state IN ('RUNNING', 'LATE')
     ORDER BY rule_id, due_on
"""
SELECT_PAPERS = """
    SELECT paper_id, kind, submission, desk, written_by, at
      FROM business.paper
     WHERE case_id = $1
     ORDER BY at, paper_id
"""
SELECT_EXPIRED = """
    SELECT expired_at IS NOT NULL FROM business.round_entry WHERE case_id = $1 AND entry = $2
"""
SELECT_LINES = """
    SELECT c.case_id, c.report_id, c.organ, c.handling_organ, c.synthetic, c.state, c.submission, c.version,
           c.opened_on, c.opened_at,
           (SELECT max(k.due_on)
              FROM mechanism.clock k
             WHERE k.rule_id = 'D12'
               AND (k.entity_id = c.case_id::text OR k.entity_id LIKE c.case_id || '/%')) AS due_on,
           coalesce((SELECT e.expired_at IS NOT NULL
                       FROM business.round_entry e
                      WHERE e.case_id = c.case_id AND e.entry = c.entries), false)
             AND c.state LIKE 'R__%' AS expired
      FROM business.assigned_case c
     WHERE (cardinality($1::text[]) = 0 OR c.state = ANY ($1::text[]))
       AND ($2::timestamptz IS NULL OR (c.opened_at, c.case_id) > ($2, $3::uuid))
     ORDER BY c.opened_at, c.case_id
     LIMIT $4
"""


class PostgresPages:
    """Pages and lists of the cases the acting subject may see; row security draws the line."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def find(self, case_id: CaseId) -> CasePage:
        """Raises CaseUnknown."""
        row = await self._connection.fetchrow(SELECT_CASE, case_id)
        if row is None:
            raise CaseUnknown
        rulings = await self._connection.fetch(SELECT_RULINGS, case_id)
        case = case_of(row, rulings)
        clocks = await self._connection.fetch(SELECT_CLOCKS, str(case_id))
        papers = await self._connection.fetch(SELECT_PAPERS, case_id)
        expired = await self._connection.fetchval(SELECT_EXPIRED, case_id, case.entries)
        return CasePage(
            case=case,
            clocks=tuple(ClockFace(**dict(clock)) for clock in clocks),
            expired=bool(expired) and case.state.startswith("R"),
            papers=tuple(_slip(paper) for paper in papers),
            decided_at=tuple(ruling["at"] for ruling in rulings),
        )

    async def list_cases(
        self, states: Sequence[State], after: tuple[datetime, UUID] | None, limit: int
    ) -> list[CaseLine]:
        """The cases in order of opening, from behind ``after``."""
        since, behind = after if after is not None else (None, None)
        rows = await self._connection.fetch(SELECT_LINES, [str(s) for s in states], since, behind, limit)
        return [CaseLine(**{**dict(row), "state": State(row["state"])}) for row in rows]


def _slip(row: Any) -> PaperSlip:
    desk = None if row["desk"] is None else Desk(row["desk"])
    return PaperSlip(row["paper_id"], row["kind"], row["submission"], desk, row["written_by"], row["at"])
