"""Queries: one case, the cases of an organ, and the text of one paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.review.application.desk import ENTITY
from services.review.application.ports import CaseLine, CasePage, Unit
from services.review.domain.values import CaseId, State


@dataclass(frozen=True, slots=True)
class ReadPaper:
    """Which text, and the code of the reason why it is read."""

    case_id: CaseId
    paper_id: UUID
    reason_code: str


async def find_case(case_id: CaseId, unit: Unit) -> CasePage:
    """One case with its rulings and clocks. Raises CaseUnknown."""
    page = await unit.pages.find(case_id)
    await unit.audit.note("read", ENTITY, str(case_id), field_class="BUSINESS")
    return page


async def list_cases(
    states: Sequence[State], after: tuple[datetime, UUID] | None, limit: int, unit: Unit
) -> list[CaseLine]:
    """The cases the actor may see, oldest first."""
    return await unit.pages.list_cases(states, after, limit)


async def read_paper(command: ReadPaper, unit: Unit) -> str:
    """The text, after its reading was noted. Raises CaseUnknown, PaperUnknown."""
    page = await unit.pages.find(command.case_id)
    await unit.audit.note(
        "read-paper",
        ENTITY,
        str(command.case_id),
        paper=str(command.paper_id),
        reason=command.reason_code,
        field_class="BUSINESS",
    )
    return await unit.papers.read(page.case.id, command.paper_id)
