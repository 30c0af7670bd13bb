"""The worker's part of the register import: chunk after chunk, the vault first, then one transaction."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from services.chassis.calendar import local_day
from services.chassis.calling import Caller, CallFailed
from services.chassis.database import Pool, is_world_fault, transaction
from services.chassis.failpoints import crash_point
from services.intake.adapters.import_rows import unpack
from services.intake.adapters.import_store import PostgresImports, open_chunk
from services.intake.adapters.work import PostgresUnit, Tools
from services.intake.application.import_register import (
    Chunk,
    finish_chunk,
    fresh_rows,
    register_chunk,
    register_row_alone,
    return_row,
)
from services.intake.application.ports import Moment
from services.intake.domain.errors import OrganUnknown, Refused
from services.intake.domain.register_row import RegisterRow, identity_of

LOG = logging.getLogger(__name__)
SELECT_WAITING = """
    SELECT r.run_id, r.organ, r.register, r.asked_by, r.officers, s.chunk, s.sealed
      FROM business.import_run r
      JOIN business.import_spool s USING (run_id)
     ORDER BY r.started_at, r.run_id, s.chunk
     LIMIT 1
"""
MOST_IDENTITIES = 500
IDLE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class ImportWorker:
    """Registers what waits; ``vault`` takes who reported, ``now`` gives the instant in UTC."""

    pool: Pool
    tools: Tools
    vault: Caller
    now: Callable[[], datetime]

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; a vault or a database that is away is waited out."""
        pause = IDLE_SECONDS
        while not stop.is_set():
            try:
                busy = await self.step()
                pause = IDLE_SECONDS
            except (
                CallFailed, OrganUnknown, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError
            ) as fault:  # fmt: skip
                if not isinstance(fault, CallFailed | OrganUnknown) and not is_world_fault(fault):
                    raise
                LOG.warning("import-waits", extra={"cause": type(fault).__name__})
                busy, pause = False, min(pause * 2, LONGEST_PAUSE_SECONDS)
            if not busy:
                await _wait(stop, pause)

    async def step(self) -> bool:
        """Bring the oldest waiting chunk to its end; False when nothing waits.

        Raises CallFailed when the vault does not answer, OrganUnknown before the directory has come.
        """
        chunk = await self._next()
        if chunk is None:
            return False
        async with self._begin(chunk) as (unit, imports):
            fresh = await fresh_rows(chunk, imports)
        references = await self._to_vault(fresh)
        await crash_point("import.kept_not_registered")
        moment = self._moment()
        try:
            async with self._begin(chunk) as (unit, imports):
                await register_chunk(chunk, references, moment, imports, unit)
                await crash_point("import.registered_not_committed")
        except OrganUnknown:
            raise
        except Refused:
            await self._one_by_one(chunk, references, moment)
        await crash_point("import.chunk_committed")
        return True

    async def _one_by_one(self, chunk: Chunk, references: dict[int, UUID], moment: Moment) -> None:
        for row in chunk.rows:
            try:
                async with self._begin(chunk) as (unit, imports):
                    await register_row_alone(chunk, row, references.get(row.row), moment, imports, unit)
            except Refused as refused:
                async with self._begin(chunk) as (unit, imports):
                    await return_row(chunk, row, refused, moment, imports)
        async with self._begin(chunk) as (unit, imports):
            await finish_chunk(chunk, moment, imports, unit)

    async def _next(self) -> Chunk | None:
        async with transaction(self.pool) as connection:
            waiting = await connection.fetchrow(SELECT_WAITING)
        if waiting is None:
            return None
        text = open_chunk(self.tools.sealer, waiting["run_id"], waiting["chunk"], waiting["sealed"])
        columns, rows = await asyncio.to_thread(unpack, text)
        return Chunk(
            waiting["run_id"],
            waiting["chunk"],
            waiting["organ"],
            waiting["register"],
            waiting["asked_by"],
            tuple(waiting["officers"]),
            columns,
            rows,
        )

    @asynccontextmanager
    async def _begin(self, chunk: Chunk) -> AsyncIterator[tuple[PostgresUnit, PostgresImports]]:
        async with transaction(self.pool) as connection:
            unit = PostgresUnit(connection, self.tools, chunk.asked_by, chunk.organ)
            yield unit, PostgresImports(connection, self.tools.sealer)

    async def _to_vault(self, rows: Sequence[RegisterRow]) -> dict[int, UUID]:
        """Give the vault who reported; a reference that no report comes to name is erased there later."""
        named = [(row.row, identity) for row in rows if (identity := identity_of(row))]
        references: dict[int, UUID] = {}
        for start in range(0, len(named), MOST_IDENTITIES):
            some = named[start : start + MOST_IDENTITIES]
            kept = await self.vault.post(
                "/vault/v1/identities/batch", {"identities": [identity for _, identity in some]}
            )
            references |= {row: UUID(ref) for (row, _), ref in zip(some, kept["reporter_refs"], strict=True)}
        return references

    def _moment(self) -> Moment:
        at = self.now()
        return Moment(at, local_day(at))


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
