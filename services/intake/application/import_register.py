"""Use case: a paper office's register is imported 台账导入, each row into exactly one place.

The gate and every other judgement fall before anything is written; then the rows that can be entered wait,
sealed, and a worker registers them a chunk at a time. A chunk is registered, marked and taken from the
waiting ones in one transaction, so a run that was stopped goes on exactly where it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID, uuid4

from services.intake.application.ports import Actor, Moment, Unit
from services.intake.application.register_report import RegisterReport, register_many
from services.intake.domain.errors import CodeUnknown, GateUnanswered, Refused, SuperiorLevelParty
from services.intake.domain.register_cells import Reason
from services.intake.domain.register_mapping import Field, RegisterMapping
from services.intake.domain.register_row import RegisterRow, ReturnedRow, elements_of
from services.intake.domain.register_settlement import Judged, Settled, settle

ROWS_A_CHUNK = 500
REFUSED_ROW: Mapping[type[Refused], tuple[Field, Reason]] = {
    SuperiorLevelParty: (Field.PARTY_NAME, Reason.SUPERIOR_LEVEL),
    GateUnanswered: (Field.TEXT, Reason.GATE_UNANSWERED),
    CodeUnknown: (Field.NATURE, Reason.UNKNOWN_CODE),
}
"""What the register of parties or a newer directory may still say of a row when it is registered."""


@dataclass(frozen=True, slots=True)
class ImportRegister:
    """One file, judged. ``file_digest`` is a keyed digest of its bytes; ``cleared_by`` is the head who looked
    at the rows that the gate had asked about."""

    run_id: UUID
    mapping: RegisterMapping
    judged: Judged
    file_digest: bytes
    actor: Actor
    moment: Moment
    cleared_by: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """Where the rows of one run are; the five others add up to ``rows``."""

    rows: int
    imported: int
    known: int
    returned: int
    conflict: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of one run that wait to be registered; ``columns`` gives the header of each field."""

    run_id: UUID
    number: int
    organ: str
    register: str
    asked_by: str
    officers: tuple[str, ...]
    columns: Mapping[Field, str]
    rows: tuple[RegisterRow, ...]


class Imports(Protocol):
    """Runs, the rows that wait, and the places rows came to."""

    def digest(self, row: RegisterRow) -> bytes:
        """What makes the content of two rows the same; keyed."""

    async def entered(self, organ: str, register: str, numbers: Sequence[str]) -> dict[str, bytes]:
        """The digests of the rows entered under these numbers."""

    async def open(self, command: ImportRegister, chunks: Sequence[Sequence[RegisterRow]]) -> None:
        """Write a run, the rows given back, and the rows that wait, sealed."""

    async def take(self, chunk: Chunk) -> bool:
        """Take a chunk from those that wait; False when another worker has. One register at a time."""

    async def place_entered(self, chunk: Chunk, rows: Sequence[tuple[RegisterRow, UUID]], at: Moment) -> None:
        """Mark rows as entered, each with its report."""

    async def place_returned(self, chunk: Chunk, rows: Sequence[ReturnedRow], at: Moment) -> None:
        """Mark rows as given back."""

    async def place_conflicts(self, chunk: Chunk, rows: Sequence[RegisterRow], at: Moment) -> None:
        """Mark rows as given back because another content stands under their number."""

    async def close_if_done(self, run_id: UUID, at: Moment) -> bool:
        """End a run for which nothing waits any more; whether it ended."""


async def preview_import(command: ImportRegister, imports: Imports) -> Counts:
    """The counts an import would have, by reading alone."""
    settled = await _settled(command.judged.rows, command.actor.organ, command.mapping.register, imports)
    return Counts(
        rows=command.judged.total,
        imported=len(settled.fresh),
        known=len(settled.known),
        returned=len(command.judged.returned),
        conflict=len(settled.conflicts),
        waiting=0,
    )


async def accept_import(command: ImportRegister, imports: Imports, unit: Unit) -> None:
    """Begin a run: what is given back is told at once, what can be entered waits for the worker."""
    rows = command.judged.rows
    chunks = [rows[start : start + ROWS_A_CHUNK] for start in range(0, len(rows), ROWS_A_CHUNK)]
    await imports.open(command, chunks)
    await unit.audit.note(
        "register-accepted",
        "import-run",
        str(command.run_id),
        register=command.mapping.register,
        rows=command.judged.total,
        returned=len(command.judged.returned),
        looked_at=sum(row.cleared for row in rows),
        confirmed_on_paper=command.mapping.confirmed is not None,
    )
    await imports.close_if_done(command.run_id, command.moment)


async def fresh_rows(chunk: Chunk, imports: Imports) -> tuple[RegisterRow, ...]:
    """The rows of a chunk that no earlier run entered; who reported them goes to the vault first."""
    return (await _settled(chunk.rows, chunk.organ, chunk.register, imports)).fresh


async def register_chunk(
    chunk: Chunk, references: Mapping[int, UUID], moment: Moment, imports: Imports, unit: Unit
) -> None:
    """Register a chunk and mark every row of it, all or nothing.

    ``references`` gives the vault's reference by row number. Raises what ``register_many`` refuses: then
    the rows go through again one by one.
    """
    if not await imports.take(chunk):
        return
    settled = await _settled(chunk.rows, chunk.organ, chunk.register, imports)
    await _register(chunk, settled.fresh, references, moment, imports, unit)
    await _end_chunk(chunk, settled, moment, imports, unit)


async def register_row_alone(
    chunk: Chunk, row: RegisterRow, reference: UUID | None, moment: Moment, imports: Imports, unit: Unit
) -> None:
    """Register one row of a chunk that could not go through whole; the chunk goes on waiting.

    Raises what ``register_many`` refuses: then the row is given back.
    """
    settled = await _settled([row], chunk.organ, chunk.register, imports)
    references = {} if reference is None else {row.row: reference}
    await _register(chunk, settled.fresh, references, moment, imports, unit)


async def finish_chunk(chunk: Chunk, moment: Moment, imports: Imports, unit: Unit) -> None:
    """Take a chunk whose rows went through one by one; what conflicts is given back now."""
    if await imports.take(chunk):
        settled = await _settled(chunk.rows, chunk.organ, chunk.register, imports)
        await _end_chunk(chunk, settled, moment, imports, unit)


async def return_row(
    chunk: Chunk, row: RegisterRow, refused: Refused, moment: Moment, imports: Imports
) -> None:
    """Give back a row that was refused when it was registered; re-raises a refusal that is not the row's."""
    if type(refused) not in REFUSED_ROW:
        raise refused
    field, reason = REFUSED_ROW[type(refused)]
    if field is Field.PARTY_NAME and field not in row.texts and Field.PARTY_UNIT in row.texts:
        field = Field.PARTY_UNIT
    returned = ReturnedRow(row.row, row.number, chunk.columns.get(field, field.value), reason)
    await imports.place_returned(chunk, [returned], moment)


async def _end_chunk(chunk: Chunk, settled: Settled, moment: Moment, imports: Imports, unit: Unit) -> None:
    await imports.place_conflicts(chunk, settled.conflicts, moment)
    if await imports.close_if_done(chunk.run_id, moment):
        await unit.audit.note("register-imported", "import-run", str(chunk.run_id))


async def _settled(rows: Sequence[RegisterRow], organ: str, register: str, imports: Imports) -> Settled:
    entered = await imports.entered(organ, register, [row.number for row in rows])
    return settle(rows, entered, imports.digest)


async def _register(
    chunk: Chunk,
    rows: Sequence[RegisterRow],
    references: Mapping[int, UUID],
    moment: Moment,
    imports: Imports,
    unit: Unit,
) -> None:
    officers = chunk.officers[:2]
    commands = [
        RegisterReport(
            report_id=uuid4(),
            elements=elements_of(
                row,
                reporter_ref=references.get(row.row),
                party=uuid4(),
                taxonomy_version=unit.rules.taxonomy.version,
            ),
            gate_second_no=row.cleared,
            on_paper=(officers[0], officers[1]) if len(officers) == 2 else None,
            imported=True,
        )
        for row in rows
    ]
    done = await register_many(commands, Actor(chunk.asked_by, chunk.organ), moment, unit)
    await imports.place_entered(
        chunk, [(row, one.report_id) for row, one in zip(rows, done, strict=True)], moment
    )
