"""Queries: one visit, the visits of the organ, and the record as intake fetches it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reception.application.desk import lay_out
from services.reception.application.ports import Act, Page, Unit
from services.reception.domain.errors import ActorRecused, RecordMissing, VisitUnknown
from services.reception.domain.record import PaperKind
from services.reception.domain.visit import Visit, VisitState

SIGNED = frozenset(
    {
        VisitState.SIGNED_OFF,
        VisitState.ENTERED,
        VisitState.FOLLOWED_UP,
        VisitState.FED_BACK,
        VisitState.CLOSED,
    }
)


async def find_visit(visit_id: UUID, act: Act, unit: Unit) -> Visit:
    """The visit, for somebody who is not of the reported side. Raises VisitUnknown, ActorRecused."""
    visit = await unit.visits.find(visit_id)
    return (await lay_out(unit, act.actor, visit, act.today)).visit


async def list_visits(page: Page, act: Act, unit: Unit) -> tuple[list[Visit], tuple[date, UUID] | None]:
    """The organ's visits by day, but for those that are none of who asks; and where the next page begins."""
    found = await unit.visits.page(act.actor.organ, page)
    seen = []
    for visit in found:
        try:
            await lay_out(unit, act.actor, visit, act.today)
        except (VisitUnknown, ActorRecused):
            continue
        seen.append(visit)
    last = (found[-1].received_on, found[-1].id) if len(found) == page.limit else None
    return seen, last


async def read_papers(visit_id: UUID, act: Act, unit: Unit) -> Mapping[str, Mapping[str, object]]:
    """All papers of a visit as they stand; the reading is noted. Raises VisitUnknown, ActorRecused."""
    visit = await find_visit(visit_id, act, unit)
    await unit.audit.note("read-papers", "visit", str(visit_id))
    papers = {kind: await unit.visits.paper(visit.id, kind) for kind in PaperKind}
    return {kind.value: paper for kind, paper in papers.items() if paper is not None}


@dataclass(frozen=True, slots=True)
class FetchedRecord:
    """A signed record as intake takes it over; ``refs`` are the vault's references of who came."""

    visit: Visit
    record: Mapping[str, object]
    refs: tuple[UUID, ...]


async def fetch_record(visit_id: UUID, unit: Unit) -> FetchedRecord:
    """The record of a signed visit, for intake's service alone; the access is noted.

    Raises VisitUnknown (also when not signed, or frozen), RecordMissing.
    """
    visit = await unit.visits.find(visit_id)
    reports = [r for r in (visit.about_report, visit.report_id) if r is not None]
    if visit.state not in SIGNED or await unit.exclusions.frozen(reports):
        raise VisitUnknown
    record = await unit.visits.paper(visit_id, PaperKind.RECORD)
    if record is None:
        raise RecordMissing
    await unit.audit.note("fetch-record", "visit", str(visit_id))
    return FetchedRecord(visit, record, tuple(await unit.visits.refs(visit_id)))
