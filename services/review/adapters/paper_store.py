"""Texts of the audit, sealed for the very cell they lie in."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from services.chassis.security.sealing import Sealer
from services.review.application.ports import About
from services.review.domain.audit import AssignedCase
from services.review.domain.errors import PaperUnknown
from services.review.domain.values import CaseId, Desk

INSERT_PAPER = """
    INSERT INTO business.paper (paper_id, case_id, submission, desk, kind, text, written_by, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
SELECT_PAPER = "SELECT text FROM business.paper WHERE case_id = $1 AND paper_id = $2"


class PostgresPapers:
    """The papers of the cases; ``new_id`` makes a random id."""

    def __init__(self, connection: Any, sealer: Sealer, new_id: Callable[[], UUID]) -> None:
        self._connection, self._sealer, self._new_id = connection, sealer, new_id

    async def keep(self, case: AssignedCase, kind: str, desk: Desk | None, text: str, about: About) -> UUID:
        """Seal and keep one text under the case's present submission."""
        paper_id = self._new_id()
        sealed = self._sealer.seal(text, table="paper", column="text", row=str(paper_id))
        await self._connection.execute(
            INSERT_PAPER, paper_id, case.id, case.submission, desk, kind, sealed, about.actor.id, about.at
        )
        return paper_id

    async def read(self, case_id: CaseId, paper_id: UUID) -> str:
        """The text. Raises PaperUnknown."""
        sealed = await self._connection.fetchval(SELECT_PAPER, case_id, paper_id)
        if sealed is None:
            raise PaperUnknown
        return self._sealer.open(sealed, table="paper", column="text", row=str(paper_id))
