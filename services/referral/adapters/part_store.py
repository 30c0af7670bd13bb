"""The parts on file, their routings and passages, seen through one open transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from services.referral.adapters.part_rows import matter_json, part_of, study_json
from services.referral.application.ports import DeskFilter
from services.referral.domain.errors import AlreadyRouted, ReferralChanged, ReferralUnknown
from services.referral.domain.referral import Referral, Routing
from services.referral.domain.withdrawal import BEFORE_HANDLING

PART = """
    SELECT p.report_id, p.organ, p.state, p.matter, p.received_on, p.opened_on, p.study, p.disposal,
           p.recheck_on, p.version
      FROM business.part p
"""
HANDED = """
    EXISTS (SELECT 1 FROM business.routing r
             WHERE r.report_id = p.report_id AND r.organ = p.organ AND r.closed_at IS NULL
               AND r.target_organ = $2 AND r.organ <> $2)
"""
SELECT_OWN = PART + "WHERE p.report_id = $1 AND p.organ = $2 AND p.state <> 'FROZEN'"
SELECT_HANDED = PART + f"WHERE p.report_id = $1 AND p.state <> 'FROZEN' AND {HANDED}"
LOCK_OWN = SELECT_OWN + " FOR UPDATE"
LOCK_HANDED = SELECT_HANDED.replace(" AND r.organ <> $2", "") + " FOR UPDATE OF p"
LOCK_PARTS = PART + "WHERE p.report_id = $1 ORDER BY p.opened_at, p.organ FOR UPDATE"
SELECT_PAGE = """
     WHERE p.state <> 'FROZEN' AND ($1::text IS NULL OR p.state = $1)
       AND ($3::date IS NULL OR (p.received_on, p.report_id) > ($3, $4)) AND {whose}
     ORDER BY p.received_on, p.report_id
     LIMIT $5
"""
SELECT_OWN_PAGE = PART + SELECT_PAGE.format(whose="p.organ = $2")
SELECT_HANDED_PAGE = PART + SELECT_PAGE.format(whose=HANDED.replace(" AND r.organ <> $2", ""))
SELECT_ROUTINGS = """
    SELECT DISTINCT ON (r.report_id, r.organ) r.*
      FROM business.routing r
      JOIN unnest($1::uuid[], $2::text[]) AS asked (report_id, organ) USING (report_id, organ)
     ORDER BY r.report_id, r.organ, r.number DESC
"""
SELECT_UNENDED = (
    PART
    + """
     WHERE p.state = ANY ($1::text[]) AND ($2::uuid IS NULL OR (p.report_id, p.organ) > ($2, $3))
     ORDER BY p.report_id, p.organ
     LIMIT $4
"""
)
INSERT_PARTS = """
    INSERT INTO business.part (report_id, organ, state, matter, received_on, opened_on, opened_at, passed)
    SELECT report_id, organ, state, matter::jsonb, received_on, opened_on, $7, passed
      FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::date[], $6::date[], $8::integer[])
           AS told (report_id, organ, state, matter, received_on, opened_on, passed)
    ON CONFLICT DO NOTHING
 RETURNING report_id, organ
"""
INSERT_PLACEHOLDERS = """
    INSERT INTO business.exclusion (report_id, organ, version, at)
    SELECT report_id, organ, 0, $3
      FROM unnest($1::uuid[], $2::text[]) AS opened (report_id, organ)
     ORDER BY report_id
    ON CONFLICT DO NOTHING
"""
UPDATE_PART = """
    UPDATE business.part
       SET state = $3, matter = $4::jsonb, study = $5::jsonb, disposal = $6, recheck_on = $7,
           passed = passed + $9, version = version + 1
     WHERE report_id = $1 AND organ = $2 AND version = $8
 RETURNING passed
"""
SAVE_ROUTING = """
    INSERT INTO business.routing
           (id, report_id, organ, way, target_organ, target_unit, target_seat, informed, opened_at, opened_by,
            approval_seat, approved_on, ground, letter_no, officers, told_unit, told_seat, signed_by_seat,
            signed_at, closed_at, close_reason)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
    ON CONFLICT (id) DO UPDATE
       SET signed_by_seat = excluded.signed_by_seat, signed_at = excluded.signed_at,
           closed_at = excluded.closed_at, close_reason = excluded.close_reason
"""
INSERT_TRANSITIONS = """
    INSERT INTO business.transition
           (entity, entity_id, seq, organ, by_organ, step, from_state, to_state, actor, at)
    SELECT 'part', entity_id, seq, organ, by_organ, step, from_state, to_state, $8, $9
      FROM unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
           AS made (entity_id, seq, organ, by_organ, step, from_state, to_state)
"""
MARK_FROZEN = "INSERT INTO business.frozen (report_id, at) VALUES ($1, $2) ON CONFLICT DO NOTHING"
SELECT_FROZEN = "SELECT report_id FROM business.frozen WHERE report_id = ANY ($1::uuid[])"
OPENING = ("OPEN", None, "UNDER_TRIAGE")
"""The first passage of every part: it comes out of nothing into triage (T4, told by intake)."""


class PostgresReferrals:
    """Parts as the acting organ sees them; ``organ`` is None for the worker, which acts for each part."""

    def __init__(self, connection: Any, organ: str | None) -> None:
        self._connection = connection
        self._organ = organ

    async def get(self, report_id: UUID, organ: str) -> Referral:
        """The organ's own part, locked."""
        return await self._one(LOCK_OWN, report_id, organ)

    async def handed_to(self, report_id: UUID, organ: str) -> Referral:
        """The part whose open routing leads to ``organ``, locked."""
        return await self._one(LOCK_HANDED, report_id, organ)

    async def _one(self, query: str, report_id: UUID, organ: str) -> Referral:
        found = await self._with_routings(await self._connection.fetch(query, report_id, organ))
        if not found:
            raise ReferralUnknown
        return found[0]

    async def find(self, report_id: UUID, organ: str) -> list[Referral]:
        """The organ's own part, then the one handed to it."""
        own = await self._connection.fetch(SELECT_OWN, report_id, organ)
        handed = await self._connection.fetch(SELECT_HANDED, report_id, organ)
        return await self._with_routings([*own, *handed])

    async def page(self, asked: DeskFilter) -> list[Referral]:
        """One page, oldest receipt first."""
        query = SELECT_HANDED_PAGE if asked.handed else SELECT_OWN_PAGE
        day, report = asked.after or (None, None)
        state = None if asked.state is None else asked.state.value
        rows = await self._connection.fetch(query, state, asked.organ, day, report, asked.limit)
        return await self._with_routings(rows)

    async def parts_of(self, report_id: UUID) -> list[Referral]:
        """All parts of a report, locked."""
        return await self._with_routings(await self._connection.fetch(LOCK_PARTS, report_id))

    async def unended(self, after: tuple[UUID, str] | None, limit: int) -> list[Referral]:
        """One chunk of the parts that a changed directory may concern."""
        report, organ = after or (None, None)
        states = [state.value for state in BEFORE_HANDLING]
        return await self._with_routings(
            await self._connection.fetch(SELECT_UNENDED, states, report, organ, limit)
        )

    async def _with_routings(self, rows: Sequence[Mapping[str, Any]]) -> list[Referral]:
        if not rows:
            return []
        routings = await self._connection.fetch(
            SELECT_ROUTINGS, [row["report_id"] for row in rows], [row["organ"] for row in rows]
        )
        latest = {(row["report_id"], row["organ"]): row for row in routings}
        return [part_of(row, latest.get((row["report_id"], row["organ"]))) for row in rows]

    async def add_all(self, parts: Sequence[Referral], at: datetime) -> frozenset[tuple[UUID, str]]:
        """Open parts that are not there yet; each gets its row of exclusions to be locked by acts."""
        rows = await self._connection.fetch(
            INSERT_PARTS,
            [part.report_id for part in parts],
            [part.organ for part in parts],
            [part.state.value for part in parts],
            [matter_json(part.matter) for part in parts],
            [part.matter.received_on for part in parts],
            [part.opened_on for part in parts],
            at,
            [1 + len(part.passages) for part in parts],
        )
        new = frozenset((UUID(str(row["report_id"])), str(row["organ"])) for row in rows)
        opened = [part for part in parts if (part.report_id, part.organ) in new]
        if opened:
            await self._connection.execute(
                INSERT_PLACEHOLDERS, [p.report_id for p in opened], [p.organ for p in opened], at
            )
            await self._pass([(part, 0, True) for part in opened], "intake", at)
        return new

    async def save(self, part: Referral, actor: str, at: datetime) -> None:
        """Write the part, its latest routing and what it passed since it was read."""
        passed = await self._connection.fetchval(
            UPDATE_PART,
            part.report_id,
            part.organ,
            part.state.value,
            matter_json(part.matter),
            study_json(part.study),
            part.disposal,
            part.recheck_on,
            part.version,
            len(part.passages),
        )
        if passed is None:
            raise ReferralChanged
        if part.routing is not None:
            await self._save_routing(part, part.routing)
        await self._pass([(part, passed - len(part.passages), False)], actor, at)

    async def _save_routing(self, part: Referral, routing: Routing) -> None:
        target, approval = routing.target, routing.approval
        try:
            await self._connection.execute(
                SAVE_ROUTING,
                routing.id,
                part.report_id,
                part.organ,
                target.way,
                target.organ,
                target.unit,
                target.seat,
                list(target.informed),
                routing.opened_at,
                routing.opened_by,
                None if approval is None else approval.seat,
                None if approval is None else approval.approved_on,
                routing.ground,
                routing.letter_no,
                list(routing.officers),
                routing.told_unit,
                routing.told_seat,
                routing.signed_by_seat,
                routing.signed_at,
                routing.closed_at,
                routing.close_reason,
            )
        except asyncpg.UniqueViolationError as clash:
            raise AlreadyRouted from clash

    async def _pass(self, made: Sequence[tuple[Referral, int, bool]], actor: str, at: datetime) -> None:
        """Log passages; of each part how many were logged before, and whether it just opened."""
        rows = []
        for part, before, opening in made:
            steps = [(p.step.value, p.from_state.value, p.to_state.value) for p in part.passages]
            entity, by = f"{part.report_id}/{part.organ}", self._organ or part.organ
            first: list[tuple[str, str | None, str]] = [OPENING] if opening else []
            for seq, step in enumerate([*first, *steps], before + 1):
                rows.append((entity, seq, part.organ, by, *step))
        if rows:
            await self._connection.execute(INSERT_TRANSITIONS, *map(list, zip(*rows, strict=True)), actor, at)

    async def mark_frozen(self, report_id: UUID, at: datetime) -> None:
        """Remember the freeze; row security reads it too."""
        await self._connection.execute(MARK_FROZEN, report_id, at)

    async def frozen(self, reports: Sequence[UUID]) -> frozenset[UUID]:
        """Which of these reports are frozen."""
        rows = await self._connection.fetch(SELECT_FROZEN, list(reports))
        return frozenset(UUID(str(row["report_id"])) for row in rows)
