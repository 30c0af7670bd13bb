"""The assigned cases in PostgreSQL; its constraints refuse what may not stand twice even to wrong code."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from services.review.adapters.case_rows import LOCK_CASE, LOCK_OPEN_CASE, SELECT_RULINGS, case_of
from services.review.application.ports import Passage
from services.review.domain.audit import AssignedCase
from services.review.domain.errors import AlreadyAssigned, Barred, CaseChanged, CaseUnknown
from services.review.domain.rounds import DESK_OF, ENTRANCES
from services.review.domain.values import CaseId, Decision, Desk, OfficerId

INSERT_CASE = """
    INSERT INTO business.assigned_case
           (case_id, report_id, organ, handling_organ, synthetic, ground, themes, opened_on, opened_at, state,
            handlers, submitters, handling_unit, submission, holder, entries, resumes_at_r4, version)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, NULL, 0, false, 1)
"""
UPDATE_CASE = """
    UPDATE business.assigned_case
       SET state = $2, handlers = $3, submitters = $4, handling_unit = $5, submission = $6, holder = $7,
           entries = $8, resumes_at_r4 = $9, version = version + 1
     WHERE case_id = $1 AND version = $10
"""
INSERT_PASSAGE = """
    INSERT INTO business.passage (case_id, seq, from_state, decision, to_state, actor, at)
    SELECT $1, count(*) + 1, $2, $3, $4, $5, $6 FROM business.passage WHERE case_id = $1
"""
INSERT_SUBMISSION = """
    INSERT INTO business.submission
           (case_id, number, substantiation, outcome, four_form, papers, submitted_by, submitted_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
INSERT_BENCH = """
    INSERT INTO business.bench (case_id, officer, bench)
    SELECT $1, officer, $3 FROM unnest($2::text[]) officer
    ON CONFLICT (case_id, officer) DO NOTHING
"""
UPDATE_STANDING = """
    UPDATE business.ruling r
       SET stands = now_.stands
      FROM unnest($2::integer[], $3::boolean[]) AS now_ (position, stands)
     WHERE r.case_id = $1 AND r.position = now_.position AND r.stands <> now_.stands
"""
INSERT_RULING = """
    INSERT INTO business.ruling
           (case_id, position, submission, desk, decision, officer, recused, reasons, kind, stands, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
INSERT_ACTORS = """
    INSERT INTO business.ruling_actor (case_id, position, officer, desk)
    SELECT $1, $2, officer, $4 FROM unnest($3::text[]) officer
"""
COUNT_RULINGS = "SELECT count(*) FROM business.ruling WHERE case_id = $1"
INSERT_ENTRY = """
    INSERT INTO business.round_entry (case_id, entry, submission, desk, entered_at)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT DO NOTHING
"""
EXPIRE_ENTRY = """
    UPDATE business.round_entry SET expired_at = $3 WHERE case_id = $1 AND entry = $2 AND expired_at IS NULL
"""
INSERT_INCIDENT = "INSERT INTO business.incident (case_id, kind, officer, at) VALUES ($1, $2, $3, $4)"
BENCH_OF = {Desk.CHIEF: "R3"}
"""Members of the deciding body and the signing chief may be the same person."""


class PostgresCases:
    """The cases on file, seen through one open transaction; reading here locks."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def get(self, case_id: CaseId) -> AssignedCase:
        """Raises CaseUnknown."""
        row = await self._connection.fetchrow(LOCK_CASE, case_id)
        if row is None:
            raise CaseUnknown
        return case_of(row, await self._connection.fetch(SELECT_RULINGS, case_id))

    async def open_of(self, report_id: UUID) -> AssignedCase | None:
        """The report's open case, if it has one."""
        row = await self._connection.fetchrow(LOCK_OPEN_CASE, report_id)
        if row is None:
            return None
        return case_of(row, await self._connection.fetch(SELECT_RULINGS, row["case_id"]))

    async def save(self, case: AssignedCase, passage: Passage | None, at: datetime) -> AssignedCase:
        """Write the case. Raises CaseChanged, AlreadyAssigned, Barred (the database's own bar)."""
        try:
            await self._write(case, at)
            await self._write_people(case)
            if passage is not None:
                await self._write_passage(case, passage)
            await self._write_rulings(case, at)
        except asyncpg.ForeignKeyViolationError as broken:
            if broken.table_name == "ruling_actor":
                raise Barred from broken
            raise
        return replace(case, version=case.version + 1)

    async def note_incident(
        self, case_id: CaseId, kind: str, officer: OfficerId | None, at: datetime
    ) -> None:
        """Record what a person must look into."""
        await self._connection.execute(INSERT_INCIDENT, case_id, kind, officer, at)

    async def expire_round(self, case_id: CaseId, entry: int, at: datetime) -> None:
        """Mark an entry into a round as past its deadline, once."""
        await self._connection.execute(EXPIRE_ENTRY, case_id, entry, at)

    async def _write(self, case: AssignedCase, at: datetime) -> None:
        people = sorted(case.people.handlers), sorted(case.people.submitters), case.people.handling_unit
        if case.version == 0:
            try:
                await self._connection.execute(
                    INSERT_CASE, case.id, case.report_id, case.organ, case.handling_organ, case.synthetic,
                    case.ground, list(case.themes), case.opened_on, at, case.state, *people,
                )  # fmt: skip
            except asyncpg.UniqueViolationError as twice:
                raise AlreadyAssigned from twice
            return
        done = await self._connection.execute(
            UPDATE_CASE, case.id, case.state, *people, case.submission, case.holder, case.entries,
            case.resumes_at_r4, case.version,
        )  # fmt: skip
        if done != "UPDATE 1":
            raise CaseChanged

    async def _write_people(self, case: AssignedCase) -> None:
        await self._connection.execute(INSERT_BENCH, case.id, sorted(case.people.everyone()), "WORK")

    async def _write_passage(self, case: AssignedCase, passage: Passage) -> None:
        await self._connection.execute(
            INSERT_PASSAGE,
            case.id,
            passage.from_state,
            passage.decision,
            case.state,
            passage.actor,
            passage.at,
        )
        if passage.decision == Decision.SUBMIT and case.result is not None:
            result = case.result
            await self._connection.execute(
                INSERT_SUBMISSION, case.id, case.submission, result.substantiation, result.outcome,
                result.four_form, sorted(result.papers), passage.actor, passage.at,
            )  # fmt: skip
        if case.state in ENTRANCES:
            await self._connection.execute(
                INSERT_ENTRY, case.id, case.entries, case.submission, DESK_OF[case.state], passage.at
            )

    async def _write_rulings(self, case: AssignedCase, at: datetime) -> None:
        known = await self._connection.fetchval(COUNT_RULINGS, case.id)
        if known:
            standing = [ruling.stands for ruling in case.rulings[:known]]
            await self._connection.execute(UPDATE_STANDING, case.id, list(range(1, known + 1)), standing)
        for position, ruling in enumerate(case.rulings[known:], known + 1):
            actors = sorted(ruling.actors)
            await self._connection.execute(
                INSERT_BENCH, case.id, actors, BENCH_OF.get(ruling.desk, ruling.desk)
            )
            await self._connection.execute(
                INSERT_RULING, case.id, position, ruling.submission, ruling.desk, ruling.decision,
                ruling.officer, sorted(ruling.recused), sorted(ruling.reasons), ruling.kind, ruling.stands,
                at,
            )  # fmt: skip
            await self._connection.execute(INSERT_ACTORS, case.id, position, actors, ruling.desk)
