"""One consistent look at the figures: a snapshot in which the asker acts."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from services.analytics.adapters.statistic_store import count_passages, count_receipts
from services.analytics.application.ports import (
    MonthFigure,
    OrganSeen,
    Overview,
    StateFigure,
    TimelineFact,
    Window,
)
from services.analytics.domain.counts import Counts, Movements
from services.analytics.domain.fence import Asker, ReportedSide
from services.analytics.domain.values import Scope, Span
from services.chassis.database import Connection, Pool, Subject, act_as
from services.chassis.security.offices import HeldSeat, ask_office

SELECT_ORGAN = """
    SELECT e.id, e.state ->> 'name' AS name, e.state ->> 'region' AS region
      FROM business.entry e JOIN business.organ_line l ON l.organ = e.id
     WHERE e.kind = 'ORGAN' AND e.id = $1 AND l.above = (SELECT mechanism.acting_organ())
"""
SELECT_MONTHS = """
    SELECT to_char(received_on, 'YYYY-MM') AS month, count(*) AS item_times,
           count(DISTINCT report_id) AS items, count(*) FILTER (WHERE nature = 'N1') AS accusations,
           count(*) FILTER (WHERE nature IS NULL) AS unclassified
      FROM business.receipt
     WHERE $1::text IS NULL OR organ = $1
     GROUP BY 1
     ORDER BY 1 DESC
     LIMIT $2
"""
SELECT_TOTALS = """
    SELECT count(*) AS receipts, count(DISTINCT report_id) AS reports,
           count(*) FILTER (WHERE nature IS NULL) AS unclassified,
           count(*) FILTER (WHERE nature = 'N1') AS accusations,
           count(*) FILTER (WHERE registered_on = $1) AS registered_today,
           (SELECT count(*) FROM business.visit WHERE received_on = $1) AS visits_today,
           (SELECT count(*) FROM business.session
             WHERE held_on >= $1 AND state IN ('PUBLISHED', 'CHANGED')) AS sessions_ahead
      FROM business.receipt
"""
SELECT_STATES = "SELECT state, count(*) AS parts FROM business.part GROUP BY state"
SELECT_WINDOWS = """
    SELECT starts_at, dimension, code, sum(count) AS count
      FROM business.live_window
     WHERE grain = $1 AND starts_at >= $2 AND ($3::text IS NULL OR organ = $3)
     GROUP BY starts_at, dimension, code
    HAVING sum(count) > 0
     ORDER BY starts_at, dimension, code
"""
SELECT_TIMELINE = """
    SELECT said_at, day, type, organ, topic, subject, sequence, data::text AS data
      FROM business.fact
     WHERE report_id = $1
"""
SELECT_UNITS = """
    WITH RECURSIVE seat AS (
        SELECT unnest($4::text[]) AS id
    ), up (id) AS (
        SELECT $2::text
         UNION
        SELECT member ->> 'unit' FROM business.entry, jsonb_array_elements(state -> 'units') AS member
         WHERE id = $1 AND kind = 'PERSON' AND jsonb_typeof(state -> 'units') = 'array'
         UNION
        SELECT e.state ->> 'unit' FROM business.entry e JOIN seat ON seat.id = e.id
         UNION
        SELECT above.id
          FROM up JOIN business.entry e ON e.id = up.id
         CROSS JOIN LATERAL unnest(ARRAY[e.state ->> 'parent', e.state ->> 'organ', e.state ->> 'superior'])
               AS above (id)
         WHERE above.id IS NOT NULL AND up.id IS DISTINCT FROM $3
    )
    SELECT id FROM up WHERE id IS NOT NULL
"""
SELECT_SEATS = """
    SELECT id FROM business.entry WHERE kind = 'SEAT' AND state ->> 'person' = $1
     UNION
    SELECT jsonb_array_elements_text(state -> 'seats') FROM business.entry
     WHERE id = $1 AND kind = 'PERSON' AND jsonb_typeof(state -> 'seats') = 'array'
"""
SELECT_EXCLUDED = "SELECT organ, units, seats, officers FROM business.exclusion WHERE report_id = $1"
SELECT_OFFICES = """
    SELECT id, state ->> 'organ' AS organ, state ->> 'person' AS person,
           (state ->> 'valid_from')::date AS valid_from, (state ->> 'valid_to')::date AS valid_to
      FROM business.entry
     WHERE kind = 'SEAT' AND (id = ANY ($2::text[]) OR state ->> 'person' = $1)
"""
MOST_MONTHS = 600


class PostgresReading:
    """The figures through one open transaction."""

    def __init__(self, connection: Connection, organ: str) -> None:
        self._connection, self._organ = connection, organ

    async def organ_seen(self, organ: str) -> OrganSeen | None:
        """The organ, or None when the asker may not see its figures; one's own needs no directory."""
        row = await self._connection.fetchrow(SELECT_ORGAN, organ)
        if row is not None:
            return OrganSeen(row["id"], row["name"], row["region"])
        return OrganSeen(organ, None, organ) if organ == self._organ else None

    async def counts(self, span: Span, organ: str | None, scope: Scope) -> Counts:
        """Receipts of a span; of all organs the asker sees when ``organ`` is None."""
        return await count_receipts(self._connection, span, organ, scope)

    async def movements(self, span: Span, organ: str | None, scope: Scope) -> Movements:
        """Parts that stood and moved in a span."""
        return await count_passages(self._connection, span, organ, scope)

    async def months(self, organ: str | None) -> list[MonthFigure]:
        """The months that have data, latest first."""
        return await self._months(organ, MOST_MONTHS)

    async def _months(self, organ: str | None, most: int) -> list[MonthFigure]:
        rows = await self._connection.fetch(SELECT_MONTHS, organ, most)
        return [MonthFigure(**dict(row)) for row in rows]

    async def overview(self, now: datetime, today: date, states: Mapping[str, str]) -> Overview:
        """Counts of this moment; ``states`` gives the Chinese word of each state, in order."""
        totals = dict(await self._connection.fetchrow(SELECT_TOTALS, today))
        parts = {row["state"]: row["parts"] for row in await self._connection.fetch(SELECT_STATES)}
        latest = await self._months(None, 1)
        return Overview(
            as_of=now,
            today=today,
            **totals,
            by_state=tuple(
                StateFigure(state, zh, parts[state]) for state, zh in states.items() if state in parts
            ),
            latest_month=latest[0] if latest else None,
        )

    async def windows(self, grain: str, since: datetime, organ: str | None) -> list[Window]:
        """Live windows that start at ``since`` or later, oldest first."""
        rows = await self._connection.fetch(SELECT_WINDOWS, grain, since, organ)
        return [Window(**dict(row)) for row in rows]

    async def timeline(self, report_id: UUID) -> list[TimelineFact]:
        """The facts of a report that the asker may see, in no order; none when there is no such report."""
        rows = await self._connection.fetch(SELECT_TIMELINE, report_id)
        return [
            TimelineFact(
                row["said_at"],
                row["day"],
                row["type"],
                row["organ"],
                row["topic"],
                row["subject"],
                row["sequence"],
                orjson.loads(row["data"]),
            )
            for row in rows
        ]

    async def reported_side(self, report_id: UUID) -> ReportedSide:
        """Intake's newest excluded set of a report; empty while none was heard."""
        row = await self._connection.fetchrow(SELECT_EXCLUDED, report_id)
        if row is None:
            return ReportedSide()
        units, seats, officers = (frozenset(row[name]) for name in ("units", "seats", "officers"))
        return ReportedSide(row["organ"], units, seats, officers)

    async def asker(self, person: str, organ: str, seats: frozenset[str], end: str | None) -> Asker:
        """A person with the seats of the token and of the directory, and the units and organs belonged to.

        Everything above each is among them, but nothing above ``end``.
        """
        held = seats | {row["id"] for row in await self._connection.fetch(SELECT_SEATS, person)}
        above = await self._connection.fetch(SELECT_UNITS, person, organ, end, sorted(held))
        return Asker(person, held, frozenset(row["id"] for row in above))


@asynccontextmanager
async def reading(pool: Pool, subject: Subject, today: date) -> AsyncIterator[PostgresReading]:
    """A look in which all statements see one moment, so that the figures of a table agree.

    Whose office does not stand today is answered 401.
    """
    async with (
        pool.acquire(timeout=2.0) as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        await act_as(connection, subject)
        rows = await connection.fetch(SELECT_OFFICES, subject.id, sorted(subject.seats))
        ask_office(subject, [_held(row) for row in rows], today)
        yield PostgresReading(connection, subject.organ)


def _held(row: Any) -> HeldSeat:
    first = row["valid_from"] or date.min
    return HeldSeat(row["id"], row["organ"] or "", row["person"], first, row["valid_to"])
