"""The facts about reports, as they were told; the base of every recomputation."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import orjson

from services.analytics.adapters.consumed_events import OfReport
from services.analytics.adapters.vocabulary import MODELS
from services.analytics.application.ports import FactRow
from services.analytics.domain.facts import Told
from services.chassis.calendar import local_day
from services.chassis.database import Connection

SELECT_TOLD = """
    SELECT report_id, topic, subject, sequence, type, said_at, data::text AS data
      FROM fact
     WHERE report_id = ANY ($1::uuid[])
"""
INSERT_FACTS = """
    INSERT INTO fact (event_id, report_id, organ, topic, subject, sequence, type, said_at, day, data)
    SELECT event_id, report_id, organ, topic, subject, sequence, type, said_at, day, data::jsonb
      FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[],
                  $8::timestamptz[], $9::date[], $10::text[])
           AS heard (event_id, report_id, organ, topic, subject, sequence, type, said_at, day, data)
    ON CONFLICT DO NOTHING
"""
HIDE = "UPDATE fact SET hidden = true WHERE report_id = ANY ($1::uuid[]) AND NOT hidden"
SELECT_REPORTS = """
    SELECT report_id FROM fact WHERE report_id > $1 GROUP BY report_id ORDER BY report_id LIMIT $2
"""


class PostgresFacts:
    """The facts, seen through one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def told_of(self, reports: Collection[UUID]) -> Mapping[UUID, list[Told]]:
        """What was told of these reports so far, in no order."""
        told: dict[UUID, list[Told]] = {}
        for row in await self._connection.fetch(SELECT_TOLD, list(reports)):
            model = MODELS[row["type"]].model_validate(orjson.loads(row["data"]))
            assert isinstance(model, OfReport)
            meaning = model.meaning(local_day(row["said_at"]))
            one = Told(row["topic"], row["subject"], row["sequence"], row["said_at"], meaning)
            told.setdefault(row["report_id"], []).append(one)
        return told

    async def add(self, rows: Sequence[FactRow]) -> None:
        """Keep facts; one that is there already stays as it is."""
        await self._connection.execute(
            INSERT_FACTS,
            [row.event_id for row in rows],
            [row.report_id for row in rows],
            [row.organ for row in rows],
            [row.told.topic for row in rows],
            [row.told.subject for row in rows],
            [row.told.sequence for row in rows],
            [row.type for row in rows],
            [row.told.said_at for row in rows],
            [row.day for row in rows],
            [row.data for row in rows],
        )

    async def hide(self, reports: Collection[UUID]) -> None:
        """Take the facts of reports that left the figures out of everybody's sight."""
        if reports:
            await self._connection.execute(HIDE, list(reports))

    async def reports_after(self, report: UUID, limit: int) -> list[UUID]:
        """The next reports in the order of their ids, for whoever goes through them all."""
        rows = await self._connection.fetch(SELECT_REPORTS, report, limit)
        return [row["report_id"] for row in rows]
