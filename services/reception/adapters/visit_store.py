"""Visits with the parties picked, who stepped back, and the vault's references, in asyncpg."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from services.chassis.database import Connection
from services.chassis.security.sealing import Sealer
from services.reception.adapters.transitions import note_transition
from services.reception.adapters.visit_rows import columns_of, visit_of
from services.reception.application.ports import Page
from services.reception.domain.errors import VisitChangedMeanwhile, VisitUnknown
from services.reception.domain.record import PaperKind
from services.reception.domain.visit import Visit

COLUMNS = """
    v.visit_id, v.organ, v.synthetic, v.form, v.session_id, v.slot, v.leader_seat, v.recorder_seat,
    v.aide_seats, v.persons, v.representatives, v.name_status, v.received_on, v.state, v.sort,
    v.points, v.about_report,
    v.report_id, v.version,
    ARRAY(SELECT r.officer FROM business.visit_recused r WHERE r.visit_id = v.visit_id) AS recused,
    (SELECT coalesce(jsonb_agg(jsonb_build_array(p.party_type, p.unit, p.person) ORDER BY p.n), '[]')
       FROM business.visit_party p WHERE p.visit_id = v.visit_id) AS parties
"""
SELECT_VISIT = f"SELECT {COLUMNS} FROM business.visit v WHERE v.visit_id = $1"  # noqa: S608 # columns only
LOCK_VISIT = SELECT_VISIT + " FOR UPDATE OF v"
SELECT_PAGE = f"""
    SELECT {COLUMNS} FROM business.visit v
     WHERE v.organ = $1 AND ($2::date IS NULL OR (v.received_on, v.visit_id) > ($2, $3))
     ORDER BY v.received_on, v.visit_id
     LIMIT $4
"""  # noqa: S608 # columns only
SELECT_BOOKED = f"""
    SELECT {COLUMNS} FROM business.visit v
      JOIN business.booking b USING (visit_id)
     WHERE b.session_id = $1 AND b.cancelled_at IS NULL AND v.state = 'BOOKED'
     ORDER BY v.visit_id
       FOR UPDATE OF v
"""  # noqa: S608 # columns only
SELECT_ABOUT = f"""
    SELECT {COLUMNS} FROM business.visit v
     WHERE v.about_report = $1 OR v.report_id = $1
     ORDER BY v.visit_id
       FOR UPDATE OF v
"""  # noqa: S608 # columns only
INSERT_VISIT = """
    INSERT INTO business.visit
           (visit_id, organ, synthetic, form, session_id, slot, leader_seat, recorder_seat, aide_seats,
            persons, representatives, name_status, received_on, state, sort, points,
            about_report, report_id, version, begun_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 1, $19)
"""
UPDATE_VISIT = """
    UPDATE business.visit
       SET slot = $2, leader_seat = $3, recorder_seat = $4, aide_seats = $5, state = $6, sort = $7,
           points = $8, about_report = $9, report_id = $10, version = version + 1
     WHERE visit_id = $1 AND version = $11
"""
INSERT_PARTY = """
    INSERT INTO business.visit_party (visit_id, n, organ, party_type, unit, person)
    VALUES ($1, $2, $3, $4, $5, $6)
"""
INSERT_RECUSED = """
    INSERT INTO business.visit_recused (visit_id, officer, organ, since) VALUES ($1, $2, $3, $4)
    ON CONFLICT DO NOTHING
"""
INSERT_VISITOR = """
    INSERT INTO business.visitor (visit_id, n, organ, reporter_ref) VALUES ($1, $2, $3, $4)
"""
SELECT_REFS = "SELECT reporter_ref FROM business.visitor WHERE visit_id = $1 ORDER BY n"
INSERT_PAPER = """
    INSERT INTO business.visit_paper (visit_id, kind, version, organ, content, written_by, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
NEXT_PAPER = """
    SELECT coalesce(max(version), 0) + 1 FROM business.visit_paper WHERE visit_id = $1 AND kind = $2
"""
SELECT_PAPER = """
    SELECT version, content FROM business.visit_paper
     WHERE visit_id = $1 AND kind = $2
     ORDER BY version DESC
     LIMIT 1
"""
FORGET = (
    "DELETE FROM business.visit_paper WHERE visit_id = $1",
    "DELETE FROM business.visit_party WHERE visit_id = $1",
    "DELETE FROM business.visitor WHERE visit_id = $1",
)
INSERT_INCIDENT = """
    INSERT INTO business.incident (incident_id, organ, visit_id, kind, at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT DO NOTHING
"""


class PostgresVisits:
    """The visits on file, seen through one open transaction."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    async def get(self, visit_id: UUID) -> Visit:
        """The visit, locked. Raises VisitUnknown."""
        return self._one(await self._connection.fetchrow(LOCK_VISIT, visit_id))

    async def find(self, visit_id: UUID) -> Visit:
        """The visit, not locked. Raises VisitUnknown."""
        return self._one(await self._connection.fetchrow(SELECT_VISIT, visit_id))

    async def page(self, organ: str, page: Page) -> list[Visit]:
        """Visits by day."""
        day, after = page.after or (None, None)
        rows = await self._connection.fetch(SELECT_PAGE, organ, day, after, page.limit)
        return [visit_of(row) for row in rows]

    async def booked_in(self, session_id: UUID) -> list[Visit]:
        """Visits whose slot of the session is held, locked."""
        return [visit_of(row) for row in await self._connection.fetch(SELECT_BOOKED, session_id)]

    async def about(self, report_id: UUID) -> list[Visit]:
        """Visits that come about a report or became it, locked."""
        return [visit_of(row) for row in await self._connection.fetch(SELECT_ABOUT, report_id)]

    async def add(self, visit: Visit, refs: Sequence[UUID], actor: str, at: datetime) -> None:
        """Keep a new visit and the vault's references of who comes."""
        await self._connection.execute(INSERT_VISIT, *columns_of(visit), at)
        await self._put_parties(visit, 0)
        await self._connection.executemany(
            INSERT_VISITOR, [(visit.id, n, visit.organ, ref) for n, ref in enumerate(refs, 1)]
        )
        await self._note(visit, (None, visit.state.value, None), actor, at)

    async def save(self, before: Visit, after: Visit, actor: str, at: datetime, detail: str = "") -> int:
        """Write a change; returns the new version. Raises VisitChangedMeanwhile."""
        staff, seen = after.staff, before.version or 1
        done = await self._connection.execute(
            UPDATE_VISIT, after.id, after.slot, staff.leader_seat, staff.recorder_seat,
            list(staff.aide_seats), after.state.value, after.sort and after.sort.value, sorted(after.points),
            after.about_report, after.report_id, seen,
        )  # fmt: skip
        if done != "UPDATE 1":
            raise VisitChangedMeanwhile
        await self._put_parties(after, len(before.parties))
        for officer in sorted(after.recused - before.recused):
            await self._connection.execute(INSERT_RECUSED, after.id, officer, after.organ, at)
        if after.state is not before.state or detail:
            passage = (before.state.value, after.state.value, detail or None)
            await self._note(after, passage, actor, at)
        return seen + 1

    async def put_paper(
        self, visit: Visit, kind: PaperKind, content: Mapping[str, object], actor: str, at: datetime
    ) -> None:
        """Seal a paper as its next version."""
        version = await self._connection.fetchval(NEXT_PAPER, visit.id, kind.value)
        place = f"{visit.id}/{kind}/{version}"
        text = orjson.dumps(content).decode()
        sealed = self._sealer.seal(text, table="visit_paper", column="content", row=place)
        await self._connection.execute(
            INSERT_PAPER, visit.id, kind.value, version, visit.organ, sealed, actor, at
        )

    async def paper(self, visit_id: UUID, kind: PaperKind) -> Mapping[str, object] | None:
        """The newest version of a paper, opened."""
        row = await self._connection.fetchrow(SELECT_PAPER, visit_id, kind.value)
        if row is None:
            return None
        place = f"{visit_id}/{kind}/{row['version']}"
        text = self._sealer.open(row["content"], table="visit_paper", column="content", row=place)
        opened: dict[str, object] = orjson.loads(text)
        return opened

    async def forget(self, visit: Visit) -> None:
        """Destroy the papers, the parties picked and the references: a superior-level talk leaves nothing."""
        for query in FORGET:
            await self._connection.execute(query, visit.id)

    async def refs(self, visit_id: UUID) -> list[UUID]:
        """The vault's references of who came, in order."""
        return [row["reporter_ref"] for row in await self._connection.fetch(SELECT_REFS, visit_id)]

    async def note_incident(self, incident_id: UUID, visit: Visit, kind: str, at: datetime) -> None:
        """Record that a visit had to be stopped."""
        await self._connection.execute(INSERT_INCIDENT, incident_id, visit.organ, visit.id, kind, at)

    async def _put_parties(self, visit: Visit, known: int) -> None:
        rows = [
            (visit.id, n, visit.organ, party.party_type.value, party.unit, party.person)
            for n, party in enumerate(visit.parties, 1)
            if n > known
        ]
        await self._connection.executemany(INSERT_PARTY, rows)

    async def _note(
        self, visit: Visit, passage: tuple[str | None, str, str | None], actor: str, at: datetime
    ) -> None:
        await note_transition(self._connection, "visit", visit.id, visit.organ, passage, actor, at)

    @staticmethod
    def _one(row: Mapping[str, Any] | None) -> Visit:
        if row is None:
            raise VisitUnknown
        return visit_of(row)
