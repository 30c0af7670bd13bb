"""Runs of the register import, the rows that wait sealed, and the place each row came to."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.chassis.database import Connection
from services.chassis.security.sealing import Sealer
from services.intake.adapters.import_rows import pack, row_text
from services.intake.application.import_register import Chunk, ImportRegister
from services.intake.application.ports import Moment
from services.intake.domain.register_cells import Reason
from services.intake.domain.register_mapping import Field
from services.intake.domain.register_row import RegisterRow, ReturnedRow

INSERT_RUN = """
    INSERT INTO business.import_run
           (run_id, organ, register, file_hmac, asked_by, head, officers, rows, started_at, gate_no_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
INSERT_CHUNKS = """
    INSERT INTO business.import_spool (run_id, chunk, organ, rows, sealed)
    SELECT $1, chunk, $2, rows, sealed
      FROM unnest($3::int[], $4::int[], $5::bytea[]) AS waiting (chunk, rows, sealed)
"""
TAKE_CHUNK = "DELETE FROM business.import_spool WHERE run_id = $1 AND chunk = $2"
ONE_REGISTER_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('register import'), hashtext($1))"
SELECT_ENTERED = """
    SELECT number, content_hmac
      FROM business.import_row
     WHERE organ = $1 AND register = $2 AND number = ANY ($3::text[]) AND report_id IS NOT NULL
"""
INSERT_ENTERED = """
    INSERT INTO business.import_row (organ, register, number, content_hmac, report_id, run_id, sheet_row, at)
    SELECT $1, $2, number, content_hmac, report_id, $3, sheet_row, $4
      FROM unnest($5::text[], $6::bytea[], $7::uuid[], $8::int[])
           AS entered (number, content_hmac, report_id, sheet_row)
"""
INSERT_RETURNED = """
    INSERT INTO business.import_returned (run_id, sheet_row, organ, number, "column", reason)
    SELECT $1, sheet_row, $2, number, "column", reason
      FROM unnest($3::int[], $4::text[], $5::text[], $6::text[]) AS back (sheet_row, number, "column", reason)
    ON CONFLICT DO NOTHING
"""
PLACE_RETURNED = """
    INSERT INTO business.import_row
           (organ, register, number, content_hmac, returned_reason, returned_column, conflict,
            run_id, sheet_row, at)
    SELECT $1, $2, number, content_hmac, reason, "column", reason = 'conflict', $3, sheet_row, $4
      FROM unnest($5::int[], $6::text[], $7::text[], $8::text[], $9::bytea[])
           AS back (sheet_row, number, "column", reason, content_hmac)
    ON CONFLICT DO NOTHING
"""
CLOSE_IF_DONE = """
    UPDATE business.import_run r SET finished_at = $2
     WHERE run_id = $1 AND finished_at IS NULL
       AND NOT EXISTS (SELECT FROM business.import_spool s WHERE s.run_id = r.run_id)
"""
CONTENT, RETURNED = "import-content", "import-returned"


def seal_chunk(sealer: Sealer, run_id: UUID, number: int, text: str) -> bytes:
    """A packed chunk for its cell."""
    return sealer.seal(text, table="import_spool", column="sealed", row=f"{run_id}/{number}")


def open_chunk(sealer: Sealer, run_id: UUID, number: int, sealed: bytes) -> str:
    """A packed chunk out of its cell. Raises SealBroken."""
    return sealer.open(sealed, table="import_spool", column="sealed", row=f"{run_id}/{number}")


class PostgresImports:
    """The register import, seen through one open transaction."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._connection, self._sealer = connection, sealer

    def digest(self, row: RegisterRow) -> bytes:
        """A keyed digest of everything the row says, but not of where it stands."""
        return self._sealer.blind(row_text(row), CONTENT)

    async def entered(self, organ: str, register: str, numbers: Sequence[str]) -> dict[str, bytes]:
        """The digests of the rows entered under these numbers."""
        rows = await self._connection.fetch(SELECT_ENTERED, organ, register, list(numbers))
        return {row["number"]: row["content_hmac"] for row in rows}

    async def open(self, command: ImportRegister, chunks: Sequence[Sequence[RegisterRow]]) -> None:
        """Write a run, the rows given back, and the rows that wait, sealed."""
        mapping, organ = command.mapping, command.actor.organ
        await self._connection.execute(
            INSERT_RUN,
            command.run_id,
            organ,
            mapping.register,
            command.file_digest,
            command.actor.id,
            mapping.cleared.names[0] if mapping.cleared else "",
            list(mapping.confirmed.names) if mapping.confirmed else [],
            command.judged.total,
            command.moment.at,
            command.cleared_by,
        )
        await self._connection.execute(
            INSERT_CHUNKS,
            command.run_id,
            organ,
            list(range(len(chunks))),
            [len(rows) for rows in chunks],
            [
                seal_chunk(self._sealer, command.run_id, n, pack(mapping.columns, rows))
                for n, rows in enumerate(chunks)
            ],
        )
        back = command.judged.returned
        await self._give_back(
            command.run_id, organ, mapping.register, back, command.moment, command.file_digest
        )

    async def take(self, chunk: Chunk) -> bool:
        """Take a chunk; runs of one register wait for each other, so that the first row stays the first."""
        await self._connection.execute(ONE_REGISTER_AT_A_TIME, f"{chunk.organ}/{chunk.register}")
        done = await self._connection.execute(TAKE_CHUNK, chunk.run_id, chunk.number)
        return bool(done == "DELETE 1")

    async def place_entered(self, chunk: Chunk, rows: Sequence[tuple[RegisterRow, UUID]], at: Moment) -> None:
        """Mark rows as entered, each with its report."""
        await self._connection.execute(
            INSERT_ENTERED,
            chunk.organ,
            chunk.register,
            chunk.run_id,
            at.at,
            [row.number for row, _ in rows],
            [self.digest(row) for row, _ in rows],
            [report_id for _, report_id in rows],
            [row.row for row, _ in rows],
        )

    async def place_returned(self, chunk: Chunk, rows: Sequence[ReturnedRow], at: Moment) -> None:
        """Mark rows as given back."""
        await self._give_back(chunk.run_id, chunk.organ, chunk.register, rows, at, b"")

    async def place_conflicts(self, chunk: Chunk, rows: Sequence[RegisterRow], at: Moment) -> None:
        """Mark rows as given back because another content stands under their number."""
        column = chunk.columns[Field.NUMBER]
        back = [ReturnedRow(row.row, row.number, column, Reason.CONFLICT) for row in rows]
        await self._write_back(
            chunk.run_id, chunk.organ, chunk.register, back, at, [self.digest(row) for row in rows]
        )

    async def close_if_done(self, run_id: UUID, at: Moment) -> bool:
        """End a run for which nothing waits any more; whether it ended."""
        return bool(await self._connection.execute(CLOSE_IF_DONE, run_id, at.at) == "UPDATE 1")

    async def _give_back(
        self, run_id: UUID, organ: str, register: str, rows: Sequence[ReturnedRow], at: Moment, file: bytes
    ) -> None:
        """What is kept of such a row is where it stood and why it came back: no digest of what it said."""
        keys = [
            self._sealer.blind(f"{row.row}|{row.number or file.hex()}|{row.column}|{row.reason}", RETURNED)
            for row in rows
        ]
        await self._write_back(run_id, organ, register, rows, at, keys)

    async def _write_back(
        self,
        run_id: UUID,
        organ: str,
        register: str,
        rows: Sequence[ReturnedRow],
        at: Moment,
        keys: Sequence[bytes],
    ) -> None:
        columns: tuple[list[Any], ...] = (
            [row.row for row in rows],
            [row.number for row in rows],
            [row.column for row in rows],
            [row.reason.value for row in rows],
        )
        await self._connection.execute(INSERT_RETURNED, run_id, organ, *columns)
        await self._connection.execute(PLACE_RETURNED, organ, register, run_id, at.at, *columns, list(keys))
