"""Free text of the office, sealed here before it goes anywhere."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from services.chassis.security.sealing import Sealer
from services.referral.application.ports import Paper
from services.referral.domain.referral import Referral

INSERT_PAPER = """
    INSERT INTO business.paper (id, report_id, organ, by_organ, kind, sealed, by, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
SELECT_PAPERS = """
    SELECT id, kind, sealed, by, at
      FROM business.paper
     WHERE report_id = $1 AND organ = $2
     ORDER BY at, id
"""


class SealedPapers:
    """Texts seen through one open transaction; the database has their sealed form alone."""

    def __init__(self, connection: Any, sealer: Sealer, organ: str | None) -> None:
        self._connection = connection
        self._sealer = sealer
        self._organ = organ

    async def keep(self, part: Referral, kind: str, text: str, by: str, at: datetime) -> UUID:
        """Seal and keep one text about a part."""
        id_ = uuid4()
        sealed = self._sealer.seal(text, table="paper", column="sealed", row=str(id_))
        author = self._organ or part.organ
        await self._connection.execute(
            INSERT_PAPER, id_, part.report_id, part.organ, author, kind, sealed, by, at
        )
        return id_

    async def of(self, report_id: UUID, organ: str) -> list[Paper]:
        """The texts of an organ's part, opened."""
        rows = await self._connection.fetch(SELECT_PAPERS, report_id, organ)
        return [
            Paper(
                UUID(str(row["id"])),
                row["kind"],
                row["by"],
                row["at"],
                self._sealer.open(row["sealed"], table="paper", column="sealed", row=str(row["id"])),
            )
            for row in rows
        ]
