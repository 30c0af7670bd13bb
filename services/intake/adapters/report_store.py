"""Reports in asyncpg: codes in columns, all free text sealed, exclusions and freezing last."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.chassis.database import Connection
from services.chassis.security.sealing import Sealer
from services.intake.adapters.report_rows import (
    ARRIVAL,
    CLASSIFICATION,
    DESK,
    REPORTER,
    changing_columns,
    party_of,
    report_of,
)
from services.intake.adapters.sealed import open_content, open_details, seal_content, seal_details
from services.intake.domain.elements import ReportedParty
from services.intake.domain.errors import ReportChanged, ReportUnknown
from services.intake.domain.exclusion import Excluded
from services.intake.domain.report import Report

FIXED = ("report_id", "organ", "synthetic", "imported", "visit_id", "registered_at", "first_received_on")
CHANGING = (*DESK, *ARRIVAL, *REPORTER, *CLASSIFICATION)
NAMES = ", ".join((*FIXED, *CHANGING))
PLACES = ", ".join(f"${n}" for n in range(1, len(FIXED) + len(CHANGING) + 1))
CHANGES = ", ".join(f"{name} = ${n}" for n, name in enumerate(CHANGING, 4))
INSERT_REPORT = f"INSERT INTO business.report ({NAMES}, version, content_version) VALUES ({PLACES}, 1, 1)"  # noqa: S608
UPDATE_REPORT = f"""
    UPDATE business.report
       SET {CHANGES}, content_version = content_version + $3, version = version + 1
     WHERE report_id = $1 AND version = $2
"""  # noqa: S608 - the names are the columns listed above
ONE_REPORT = """
    SELECT r.*, p.state, false AS frozen, c.content
      FROM business.report r
      JOIN business.part p ON p.report_id = r.report_id AND p.organ = r.holder
      JOIN business.report_content c ON c.report_id = r.report_id AND c.version = r.content_version
     WHERE r.report_id = $1
       AND NOT EXISTS (SELECT FROM business.frozen f WHERE f.report_id = r.report_id)
"""
SELECT_REPORT = ONE_REPORT + " AND ($2::text IS NULL OR r.holder = $2)"
LOCK_REPORT = SELECT_REPORT + " FOR UPDATE OF r"
SELECT_RECEIVED = ONE_REPORT + " AND (r.holder = $2 OR business.received_here(r.report_id))"
SELECT_FROZEN = "SELECT by = $2 FROM business.frozen WHERE report_id = $1"
SELECT_PARTIES = """
    SELECT p.*, coalesce(l.persons, '{}') AS persons, coalesce(l.units, '{}') AS units
      FROM business.report_party p
      LEFT JOIN LATERAL (
           SELECT array_agg(entry_id ORDER BY entry_id) FILTER (WHERE kind = 'PERSON') AS persons,
                  array_agg(entry_id ORDER BY entry_id) FILTER (WHERE kind = 'UNIT') AS units
             FROM business.party_link
            WHERE party_id = p.party_id AND until IS NULL) l ON true
     WHERE p.report_id = $1
     ORDER BY p.position
"""
SELECT_EXCLUDED = "SELECT kind, entry_id FROM business.exclusion WHERE report_id = $1"
INSERT_CONTENT = """
    INSERT INTO business.report_content (report_id, version, organ, content, written_by, reason_code, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
SELECT_CONTENT_VERSION = "SELECT content_version FROM business.report WHERE report_id = $1"
PUT_PARTY = """
    INSERT INTO business.report_party
           (report_id, party_id, organ, position, party_type, unit, authority, rank, is_unit_head, region,
            is_party_member, is_supervision_object, is_own_staff, details, entered_by, entered_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
    ON CONFLICT (report_id, party_id) DO UPDATE
       SET position = excluded.position, unit = excluded.unit, authority = excluded.authority,
           rank = excluded.rank, is_unit_head = excluded.is_unit_head, region = excluded.region,
           is_party_member = excluded.is_party_member, is_own_staff = excluded.is_own_staff,
           is_supervision_object = excluded.is_supervision_object, details = excluded.details
"""
INSERT_PART = """
    INSERT INTO business.part (report_id, organ, state, synthetic, opened_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (report_id, organ) DO UPDATE SET state = excluded.state
"""
UPDATE_PART = "UPDATE business.part SET state = $3 WHERE report_id = $1 AND organ = $2"
INSERT_TRANSITION = """
    INSERT INTO business.transition (report_id, organ, from_state, to_state, actor, reason_code, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
DROP_EXCLUSIONS = """
    DELETE FROM business.exclusion WHERE report_id = $1 AND NOT (kind || ':' || entry_id) = ANY ($2)
"""
INSERT_EXCLUSIONS = """
    INSERT INTO business.exclusion (report_id, organ, kind, entry_id)
    SELECT $1, $2, split_part(named, ':', 1), substr(named, strpos(named, ':') + 1)
      FROM unnest($3::text[]) AS named
    ON CONFLICT DO NOTHING
"""
INSERT_FROZEN = """
    INSERT INTO business.frozen (report_id, organ, by, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
"""
SET_STUDIED = "UPDATE business.report SET studied = true, version = version + 1 WHERE report_id = $1"
SET_HOLDER = """
    UPDATE business.report
       SET holder = $2, received_on = $3, source = $4, superior_organ = $5, first_received_on = $6,
           version = version + 1
     WHERE report_id = $1
"""
HAND_OVER_EXCLUSIONS = "UPDATE business.exclusion SET organ = $2 WHERE report_id = $1"

KINDS = ("UNIT", "SEAT", "OFFICER")


class PostgresReports:
    """The reports on file, seen through one open transaction."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._connection, self._sealer = connection, sealer
        self._loaded: dict[UUID, Report] = {}

    async def get(self, report_id: UUID, organ: str | None) -> Report:
        """The report, locked. Raises ReportUnknown."""
        return await self._read(LOCK_REPORT, report_id, organ)

    async def look_at(self, report_id: UUID, organ: str) -> Report:
        """The report as its holder would act on it, not locked. Raises ReportUnknown."""
        return await self._read(SELECT_REPORT, report_id, organ)

    async def see(self, report_id: UUID, organ: str) -> Report:
        """The report for an organ that has a receipt on it, not locked. Raises ReportUnknown."""
        return await self._read(SELECT_RECEIVED, report_id, organ)

    async def frozen_by(self, report_id: UUID, actor: str) -> bool:
        """Whether this actor froze the report."""
        return bool(await self._connection.fetchval(SELECT_FROZEN, report_id, actor))

    async def _read(self, query: str, report_id: UUID, organ: str | None) -> Report:
        row = await self._connection.fetchrow(query, report_id, organ)
        if row is None:
            raise ReportUnknown
        found = await self._connection.fetch(SELECT_PARTIES, report_id)
        parties = tuple(
            party_of(p, open_details(self._sealer, p["details"], report_id, p["party_id"])) for p in found
        )
        place = f"{report_id}/{row['content_version']}"
        content = open_content(self._sealer, row["content"], "report_content", place)
        excluded = await self._excluded(report_id, row["excluded_version"], row["holder"])
        self._loaded[report_id] = report_of(row, content, parties, excluded)
        return self._loaded[report_id]

    async def _excluded(self, report_id: UUID, version: int, holder: str) -> Excluded:
        rows = await self._connection.fetch(SELECT_EXCLUDED, report_id)
        ids = {kind: frozenset(r["entry_id"] for r in rows if r["kind"] == kind) for kind in KINDS}
        return Excluded(ids["UNIT"], ids["SEAT"], ids["OFFICER"], version, holder)

    async def add_many(self, reports: Sequence[Report], actor: str, at: datetime) -> None:
        """Write new reports with their parts and parties."""
        run = self._connection.executemany
        await run(INSERT_REPORT, [self._new_row(report, at) for report in reports])
        await run(INSERT_PART, [(r.id, r.organ, r.state.value, r.synthetic, at) for r in reports])
        contents = [(r.id, 1, r.organ, self._sealed(r, 1), actor, None, at) for r in reports]
        await run(INSERT_CONTENT, contents)
        rows = [
            self._party_row(r, p, n, actor, at) for r in reports for n, p in enumerate(r.elements.parties)
        ]
        await run(PUT_PARTY, rows)
        await self._log(reports, actor, at, None)

    async def save(self, report: Report, actor: str, at: datetime, reason_code: str | None = None) -> None:
        """Write a changed report. Raises ReportChanged."""
        before = self._loaded[report.id].elements
        rewritten = before.content != report.elements.content
        columns = changing_columns(report)
        values = [columns[name] for name in CHANGING]
        done = await self._connection.execute(
            UPDATE_REPORT, report.id, report.version, int(rewritten), *values
        )
        if done != "UPDATE 1":
            raise ReportChanged
        if rewritten:
            version = await self._connection.fetchval(SELECT_CONTENT_VERSION, report.id)
            sealed = self._sealed(report, version)
            await self._connection.execute(
                INSERT_CONTENT, report.id, version, report.holder, sealed, actor, reason_code, at
            )
        known = set(before.parties)
        changed = [
            self._party_row(report, party, n, actor, at)
            for n, party in enumerate(report.elements.parties)
            if party not in known
        ]
        await self._connection.executemany(PUT_PARTY, changed)
        if report.passages:
            await self._connection.execute(UPDATE_PART, report.id, report.holder, report.state.value)
        await self._log([report], actor, at, reason_code)

    async def freeze(self, report: Report, actor: str, at: datetime) -> None:
        """Hide a report from everyone; the last statement about it in a transaction."""
        await self._connection.execute(UPDATE_PART, report.id, report.holder, report.state.value)
        await self._log([report], actor, at, None)
        await self._connection.execute(INSERT_FROZEN, report.id, report.holder, actor, at)

    async def put_exclusions(self, reports: Sequence[Report]) -> None:
        """Write the excluded sets of these reports; hides them from the excluded at once."""
        for report in reports:
            named = [f"{kind}:{id_}" for kind, ids in _named(report.excluded) for id_ in sorted(ids)]
            await self._connection.execute(DROP_EXCLUSIONS, report.id, named)
            await self._connection.execute(INSERT_EXCLUSIONS, report.id, report.holder, named)

    async def note_studied(self, report_id: UUID) -> None:
        """Note that a study meeting decided on the report."""
        await self._connection.execute(SET_STUDIED, report_id)

    async def hand_over(self, report: Report) -> None:
        """Its new holder holds the report from now on, as that organ received it."""
        arrival = report.elements.arrival
        await self._connection.execute(
            SET_HOLDER,
            report.id,
            report.holder,
            arrival.received_on,
            arrival.source.value,
            arrival.superior_organ,
            report.first_received_on,
        )
        await self._connection.execute(HAND_OVER_EXCLUSIONS, report.id, report.holder)

    def _new_row(self, report: Report, at: datetime) -> tuple[Any, ...]:
        fixed = (report.id, report.organ, report.synthetic, report.imported, report.visit_id, at, None)
        columns = changing_columns(report)
        return (*fixed, *(columns[name] for name in CHANGING))

    def _sealed(self, report: Report, version: int) -> bytes:
        return seal_content(self._sealer, report.elements.content, "report_content", f"{report.id}/{version}")

    def _party_row(
        self, report: Report, party: ReportedParty, position: int, actor: str, at: datetime
    ) -> tuple[Any, ...]:
        return (
            report.id,
            party.party,
            report.holder,
            position,
            party.party_type.value,
            party.unit,
            party.authority.value,
            party.rank,
            party.is_unit_head,
            party.region,
            party.is_party_member,
            party.is_supervision_object,
            party.is_own_staff,
            seal_details(self._sealer, party, report.id),
            actor,
            at,
        )

    async def _log(
        self, reports: Sequence[Report], actor: str, at: datetime, reason_code: str | None
    ) -> None:
        rows = [
            (r.id, r.holder, p.from_state, p.to_state.value, actor, reason_code, at)
            for r in reports
            for p in r.passages
        ]
        await self._connection.executemany(INSERT_TRANSITION, rows)


def _named(excluded: Excluded) -> tuple[tuple[str, frozenset[str]], ...]:
    return ("UNIT", excluded.units), ("SEAT", excluded.seats), ("OFFICER", excluded.officers)
