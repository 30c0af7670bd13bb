"""Corrections that wait for a second person; their text sealed, their codes in sight."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from services.chassis.database import Connection
from services.chassis.security.sealing import Sealer
from services.intake.adapters.report_rows import classification_columns, classification_of
from services.intake.adapters.sealed import open_content, seal_content
from services.intake.domain.errors import CorrectionUnknown
from services.intake.domain.report import Correction

INSERT_CORRECTION = """
    INSERT INTO business.correction
           (correction_id, report_id, organ, reason_code, content, classification, asked_by, asked_at)
    SELECT $1, $2, holder, $3, $4, $5::jsonb, $6, $7 FROM business.report WHERE report_id = $2
"""
SELECT_CORRECTION = """
    SELECT correction_id, report_id, reason_code, content, classification, asked_by
      FROM business.correction
     WHERE report_id = $1 AND correction_id = $2 AND approved_by IS NULL
       FOR UPDATE
"""
CLOSE_CORRECTION = """
    UPDATE business.correction SET approved_by = $2, approved_at = $3 WHERE correction_id = $1
"""


class PostgresCorrections:
    """The corrections, seen through one open transaction."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._connection, self._sealer = connection, sealer

    async def add(self, report_id: UUID, correction: Correction, at: datetime) -> None:
        """Keep a correction, its text sealed."""
        content = seal_content(self._sealer, correction.content, "correction", str(correction.id))
        codes = orjson.dumps(classification_columns(correction.classification)).decode()
        await self._connection.execute(
            INSERT_CORRECTION,
            correction.id,
            report_id,
            correction.reason_code,
            content,
            codes,
            correction.by,
            at,
        )

    async def take(self, report_id: UUID, correction_id: UUID) -> Correction:
        """The one that waits, locked. Raises CorrectionUnknown."""
        row = await self._connection.fetchrow(SELECT_CORRECTION, report_id, correction_id)
        if row is None:
            raise CorrectionUnknown
        classification = classification_of(_typed(orjson.loads(row["classification"])))
        if classification is None:
            raise CorrectionUnknown
        return Correction(
            id=correction_id,
            by=row["asked_by"],
            reason_code=row["reason_code"],
            content=open_content(self._sealer, row["content"], "correction", str(correction_id)),
            classification=classification,
        )

    async def close(self, correction_id: UUID, approver: str, at: datetime) -> None:
        """It took effect."""
        await self._connection.execute(CLOSE_CORRECTION, correction_id, approver, at)


def _typed(codes: dict[str, Any]) -> dict[str, Any]:
    """The two columns that JSON holds as text."""
    group, day = codes["repeat_group_id"], codes["conduct_on"]
    return {
        **codes,
        "repeat_group_id": None if group is None else UUID(group),
        "conduct_on": None if day is None else date.fromisoformat(day),
    }
