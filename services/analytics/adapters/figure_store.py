"""The counted rows of reports: receipts, parts and passages, written a set at a time."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from services.analytics.domain.codes import Codes
from services.analytics.domain.projection import CountedReceipt, counted_receipts, standing_parts
from services.analytics.domain.report import Figures
from services.chassis.database import Connection

UPSERT_RECEIPTS = """
    INSERT INTO receipt (report_id, organ, report_no, kind, received_on, registered_on, channel, source,
                         name_status, reporter_count, visit_id, nature, occurrence, violations, themes,
                         rank_group, unit_head, region, taxonomy_version)
    SELECT report_id, organ, report_no, kind, received_on, registered_on, channel, source,
           name_status, reporter_count, visit_id, nature, occurrence,
           string_to_array(violations, ','), string_to_array(themes, ','),
           rank_group, unit_head, region, taxonomy_version
      FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::date[], $6::date[], $7::text[],
                  $8::text[], $9::text[], $10::int[], $11::uuid[], $12::text[], $13::text[], $14::text[],
                  $15::text[], $16::text[], $17::boolean[], $18::text[], $19::text[])
           AS counted (report_id, organ, report_no, kind, received_on, registered_on, channel, source,
                       name_status, reporter_count, visit_id, nature, occurrence, violations, themes,
                       rank_group, unit_head, region, taxonomy_version)
     ORDER BY report_id, organ, report_no
    ON CONFLICT (report_id, organ, report_no) DO UPDATE
       SET (kind, received_on, registered_on, channel, source, name_status, reporter_count, visit_id, nature,
            occurrence, violations, themes, rank_group, unit_head, region, taxonomy_version)
         = (excluded.kind, excluded.received_on, excluded.registered_on, excluded.channel, excluded.source,
            excluded.name_status, excluded.reporter_count, excluded.visit_id, excluded.nature,
            excluded.occurrence, excluded.violations, excluded.themes, excluded.rank_group,
            excluded.unit_head, excluded.region, excluded.taxonomy_version)
     WHERE receipt IS DISTINCT FROM excluded
"""
UPSERT_PARTS = """
    INSERT INTO part (report_id, organ, state, since, nature)
    SELECT report_id, organ, state, since, nature
      FROM unnest($1::uuid[], $2::text[], $3::text[], $4::date[], $5::text[])
           AS standing (report_id, organ, state, since, nature)
     ORDER BY report_id, organ
    ON CONFLICT (report_id, organ) DO UPDATE
       SET (state, since, nature) = (excluded.state, excluded.since, excluded.nature)
     WHERE part IS DISTINCT FROM excluded
"""
UPSERT_PASSAGES = """
    INSERT INTO passage (report_id, organ, n, act, from_state, to_state, on_day)
    SELECT report_id, organ, n, act, from_state, to_state, on_day
      FROM unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::text[], $6::text[], $7::date[])
           AS made (report_id, organ, n, act, from_state, to_state, on_day)
     ORDER BY report_id, organ, n
    ON CONFLICT (report_id, organ, n) DO UPDATE
       SET (act, from_state, to_state, on_day)
         = (excluded.act, excluded.from_state, excluded.to_state, excluded.on_day)
     WHERE passage IS DISTINCT FROM excluded
"""
DELETE_PASSAGES_BEYOND = """
    DELETE FROM passage p
     USING unnest($1::uuid[], $2::text[], $3::int[]) AS kept (report_id, organ, last)
     WHERE p.report_id = kept.report_id AND p.organ = kept.organ AND p.n > kept.last
"""
DELETE_RECEIPTS = "DELETE FROM receipt WHERE report_id = ANY ($1::uuid[])"
DELETE_PARTS = "DELETE FROM part WHERE report_id = ANY ($1::uuid[])"
DELETE_PASSAGES = "DELETE FROM passage WHERE report_id = ANY ($1::uuid[])"


class PostgresRows:
    """The counted rows, seen through one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def save(self, reports: Mapping[UUID, Figures], codes: Codes) -> None:
        """Make the rows of these reports what the fold says."""
        left = [report for report, figures in reports.items() if figures.frozen]
        if left:
            for statement in (DELETE_RECEIPTS, DELETE_PARTS, DELETE_PASSAGES):
                await self._connection.execute(statement, left)
        await self._save_receipts(
            [(report, row) for report, figures in reports.items() for row in counted_receipts(figures, codes)]
        )
        counted = {report: figures for report, figures in reports.items() if not figures.frozen}
        await self._save_parts(counted)
        await self._save_passages(counted)

    async def _save_receipts(self, rows: Sequence[tuple[UUID, CountedReceipt]]) -> None:
        if rows:
            await self._connection.execute(UPSERT_RECEIPTS, *_columns(_receipt(*row) for row in rows))

    async def _save_parts(self, reports: Mapping[UUID, Figures]) -> None:
        rows = [
            (report, part.organ, part.state, part.since, part.nature)
            for report, figures in reports.items()
            for part in standing_parts(figures)
        ]
        if rows:
            await self._connection.execute(UPSERT_PARTS, *_columns(rows))

    async def _save_passages(self, reports: Mapping[UUID, Figures]) -> None:
        parts = [(r, organ, part) for r, figures in reports.items() for organ, part in figures.parts.items()]
        rows = [
            (report, organ, n, passage.act, passage.from_state, passage.to_state, passage.on)
            for report, organ, part in parts
            for n, passage in enumerate(part.passages, start=1)
        ]
        if rows:
            await self._connection.execute(UPSERT_PASSAGES, *_columns(rows))
        if parts:
            kept = [(report, organ, len(part.passages)) for report, organ, part in parts]
            await self._connection.execute(DELETE_PASSAGES_BEYOND, *_columns(kept))


def _receipt(report: UUID, row: CountedReceipt) -> tuple[object, ...]:
    receipt, arrival = row.receipt, row.receipt.arrival
    return (
        report,
        row.organ,
        receipt.report_no,
        receipt.kind,
        arrival.received_on,
        receipt.registered_on,
        arrival.channel,
        arrival.source,
        arrival.name_status,
        arrival.reporter_count,
        receipt.visit_id,
        row.nature,
        row.occurrence,
        ",".join(row.violations),
        ",".join(row.themes),
        row.rank_group,
        row.unit_head,
        row.region,
        row.taxonomy_version,
    )


def _columns(rows: Iterable[tuple[object, ...]]) -> list[list[object]]:
    """Rows as columns, for unnest."""
    return [list(column) for column in zip(*rows, strict=True)]
