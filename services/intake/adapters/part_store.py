"""Parts, their transitions, receipts and the numbers they take."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from services.chassis.database import Connection
from services.intake.application.ports import Part
from services.intake.domain.errors import PremiseMissing
from services.intake.domain.report import Receipt
from services.intake.domain.values import ReceiptKind, State

SELECT_PART = """
    SELECT p.report_id, p.organ, p.state, p.synthetic, p.assigned, f.report_id IS NOT NULL AS frozen
      FROM business.part p
      LEFT JOIN business.frozen f USING (report_id)
     WHERE p.report_id = $1 AND p.organ = $2
       FOR UPDATE OF p
"""
UPDATE_PART = """
    UPDATE business.part SET state = $3, assigned = assigned OR $3 = 'ASSIGNED'
     WHERE report_id = $1 AND organ = $2
"""
INSERT_PART = """
    INSERT INTO business.part (report_id, organ, state, synthetic, opened_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT DO NOTHING
"""
INSERT_TRANSITION = """
    INSERT INTO business.transition (report_id, organ, from_state, to_state, actor, at)
    VALUES ($1, $2, $3, $4, $5, $6)
"""
NEXT_NUMBER = """
    INSERT INTO business.report_number AS held (organ, year, last)
    SELECT organ, year, wanted
      FROM unnest($1::text[], $2::int[], $3::int[]) AS asked (organ, year, wanted)
     ORDER BY organ, year
    ON CONFLICT (organ, year) DO UPDATE SET last = held.last + excluded.last
 RETURNING organ, year, last
"""
INSERT_RECEIPT = """
    INSERT INTO business.receipt
           (report_id, organ, kind, year, serial, report_no, received_on, registered_on, channel, source)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
SELECT_RECEIPT = """
    SELECT EXISTS (SELECT FROM business.receipt WHERE report_id = $1 AND organ = $2 AND kind = $3)
"""


class PostgresParts:
    """The parts, seen through one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, report_id: UUID, organ: str) -> Part:
        """The part, locked; a frozen one says so. Raises PremiseMissing."""
        row = await self._connection.fetchrow(SELECT_PART, report_id, organ)
        if row is None:
            raise PremiseMissing
        state = State.FROZEN if row["frozen"] else State(row["state"])
        return Part(row["report_id"], row["organ"], state, row["synthetic"], row["assigned"])

    async def move(self, part: Part, to: State, at: datetime, by: str) -> None:
        """Write the new state and the transition; nothing when it stands there already or is frozen."""
        if part.state in {to, State.FROZEN}:
            return
        await self._connection.execute(UPDATE_PART, part.report_id, part.organ, to.value)
        await self._connection.execute(
            INSERT_TRANSITION, part.report_id, part.organ, part.state.value, to.value, by, at
        )

    async def open(self, part: Part, at: datetime, by: str) -> None:
        """Open a part."""
        done = await self._connection.execute(
            INSERT_PART, part.report_id, part.organ, part.state.value, part.synthetic, at
        )
        if done == "INSERT 0 1":
            await self._connection.execute(
                INSERT_TRANSITION, part.report_id, part.organ, None, part.state.value, by, at
            )


class PostgresReceipts:
    """Receipts and numbers, seen through one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def next_numbers(self, wanted: Mapping[tuple[str, int], int]) -> dict[tuple[str, int], int]:
        """Reserve serials under a row lock that stands until the commit; returns the first of each."""
        names = sorted(wanted)
        rows = await self._connection.fetch(
            NEXT_NUMBER, [o for o, _ in names], [y for _, y in names], [wanted[name] for name in names]
        )
        return {(r["organ"], r["year"]): r["last"] - wanted[r["organ"], r["year"]] + 1 for r in rows}

    async def add_many(self, receipts: Sequence[Receipt]) -> None:
        """Write receipts."""
        rows = [
            (
                r.report_id, r.organ, r.kind.value, r.number.year, r.number.serial, str(r.number),
                r.received_on, r.registered_on, r.channel.value, r.source.value,
            )
            for r in receipts
        ]  # fmt: skip
        await self._connection.executemany(INSERT_RECEIPT, rows)

    async def has(self, report_id: UUID, organ: str, kind: ReceiptKind) -> bool:
        """Whether the organ has a receipt of that kind on the report."""
        return bool(await self._connection.fetchval(SELECT_RECEIPT, report_id, organ, kind.value))
