"""Directory entries, excluded sets, visits and sessions as their newest facts tell them."""

from collections.abc import Sequence
from dataclasses import replace

from services.analytics.application.ports import EntryRow, ExclusionRow, SessionRow, VisitRow
from services.chassis.database import Connection

UPSERT_ENTRIES = """
    INSERT INTO entry (id, kind, organ, sequence, state)
    SELECT id, kind, organ, sequence, state::jsonb
      FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[])
           AS told (id, kind, organ, sequence, state)
     ORDER BY id
    ON CONFLICT (id) DO UPDATE
       SET (kind, organ, sequence, state)
         = (excluded.kind, excluded.organ, excluded.sequence, excluded.state)
     WHERE entry.sequence < excluded.sequence
"""
DELETE_LINES = "DELETE FROM organ_line"
INSERT_LINES = """
    WITH RECURSIVE line (organ, above, superior) AS (
        SELECT id, id, state ->> 'superior' FROM entry WHERE kind = 'ORGAN'
         UNION
        SELECT line.organ, up.id, up.state ->> 'superior'
          FROM line JOIN entry up ON up.id = line.superior AND up.kind = 'ORGAN'
    )
    INSERT INTO organ_line (organ, above) SELECT DISTINCT organ, above FROM line
"""
UPSERT_EXCLUSION = """
    INSERT INTO exclusion (report_id, organ, sequence, units, seats, officers)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (report_id) DO UPDATE
       SET (organ, sequence, units, seats, officers)
         = (excluded.organ, excluded.sequence, excluded.units, excluded.seats, excluded.officers)
     WHERE exclusion.sequence < excluded.sequence
"""
UPSERT_VISITS = """
    INSERT INTO visit (visit_id, organ, state, session_id, form, persons, received_on)
    SELECT visit_id, organ, state, session_id, form, persons, received_on
      FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::int[], $7::date[])
           AS told (visit_id, organ, state, session_id, form, persons, received_on)
     ORDER BY visit_id
    ON CONFLICT (visit_id) DO UPDATE
       SET (organ, state, session_id, form, persons, received_on)
         = (excluded.organ, excluded.state, coalesce(excluded.session_id, visit.session_id),
            coalesce(excluded.form, visit.form), coalesce(excluded.persons, visit.persons),
            coalesce(excluded.received_on, visit.received_on))
"""
UPSERT_SESSIONS = """
    INSERT INTO session (session_id, organ, held_on, form, state)
    SELECT session_id, organ, held_on, form, state
      FROM unnest($1::uuid[], $2::text[], $3::date[], $4::text[], $5::text[])
           AS told (session_id, organ, held_on, form, state)
     ORDER BY session_id
    ON CONFLICT (session_id) DO UPDATE
       SET (organ, held_on, form, state) = (excluded.organ, excluded.held_on, excluded.form, excluded.state)
"""


class PostgresSurroundings:
    """What stands around the reports, seen through one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def save_entries(self, rows: Sequence[EntryRow]) -> None:
        """Keep the newest state of each entry; an organ told of redraws the lines of superiors."""
        newest: dict[str, EntryRow] = {}
        for row in rows:
            if row.id not in newest or newest[row.id].sequence < row.sequence:
                newest[row.id] = row
        kept = list(newest.values())
        await self._connection.execute(
            UPSERT_ENTRIES,
            [row.id for row in kept],
            [row.kind for row in kept],
            [row.organ for row in kept],
            [row.sequence for row in kept],
            [row.state for row in kept],
        )
        if any(row.kind == "ORGAN" for row in kept):
            await self._connection.execute(DELETE_LINES)
            await self._connection.execute(INSERT_LINES)

    async def save_exclusions(self, rows: Sequence[ExclusionRow]) -> None:
        """Keep the newest excluded set of each report."""
        await self._connection.executemany(
            UPSERT_EXCLUSION,
            [
                (row.report_id, row.organ, row.sequence, row.units, row.seats, row.officers)
                for row in sorted(rows, key=lambda row: row.report_id)
            ],
        )

    async def save_visits(self, rows: Sequence[VisitRow]) -> None:
        """Keep what is now known of each visit; the rows come in the order of their facts."""
        known: dict[object, VisitRow] = {}
        for row in rows:
            known[row.visit_id] = _over(known.get(row.visit_id), row)
        kept = list(known.values())
        await self._connection.execute(
            UPSERT_VISITS,
            [row.visit_id for row in kept],
            [row.organ for row in kept],
            [row.state for row in kept],
            [row.session_id for row in kept],
            [row.form for row in kept],
            [row.persons for row in kept],
            [row.received_on for row in kept],
        )

    async def save_sessions(self, rows: Sequence[SessionRow]) -> None:
        """Keep the latest state of each session; the rows come in the order of their facts."""
        kept = list({row.session_id: row for row in rows}.values())
        await self._connection.execute(
            UPSERT_SESSIONS,
            [row.session_id for row in kept],
            [row.organ for row in kept],
            [row.held_on for row in kept],
            [row.form for row in kept],
            [row.state for row in kept],
        )


def _over(before: VisitRow | None, row: VisitRow) -> VisitRow:
    """The later row, with what only the earlier one said."""
    if before is None:
        return row
    return replace(
        row,
        session_id=row.session_id or before.session_id,
        form=row.form or before.form,
        persons=row.persons if row.persons is not None else before.persons,
        received_on=row.received_on or before.received_on,
    )
