"""Queries: one report at the desk, and the list of a desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.referral.application.desk import refuse_excluded, sits_at, whole_side
from services.referral.application.ports import Actor, DeskFilter, Paper, Unit
from services.referral.domain.directory import Directory
from services.referral.domain.errors import ReferralUnknown
from services.referral.domain.exclusion import Excluded
from services.referral.domain.jurisdiction import Decision, decide
from services.referral.domain.referral import Referral


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads; ``office`` for the petition office and its leaders, else only what lies with their unit."""

    actor: Actor
    office: bool
    today: date


@dataclass(frozen=True, slots=True)
class Seen:
    """A part as its reader sees it; the proposal is for the office that decides."""

    part: Referral
    proposal: Decision | None


async def find_report(report_id: UUID, reader: Reader, unit: Unit) -> Seen:
    """The reader's part of a report. Raises ReferralUnknown, also to anyone excluded."""
    found = await _visible(unit, await unit.referrals.find(report_id, reader.actor.organ), reader)
    if not found:
        raise ReferralUnknown
    seen = found[0]
    await unit.audit.note("read", "referral", str(report_id), organ=seen.part.organ)
    return seen


async def list_desk(asked: DeskFilter, reader: Reader, unit: Unit) -> tuple[list[Seen], Referral | None]:
    """The parts of one page that the reader may see, and the last one looked at when more may follow."""
    parts = await unit.referrals.page(asked)
    seen = await _visible(unit, parts, reader)
    await unit.audit.note("list", "desk", asked.organ, count=len(seen))
    return seen, parts[-1] if len(parts) == asked.limit else None


async def read_papers(report_id: UUID, reader: Reader, unit: Unit) -> list[Paper]:
    """The office's own texts on a report, opened; the read is noted first. Raises ReferralUnknown."""
    await find_report(report_id, reader, unit)
    await unit.audit.note("read-papers", "referral", str(report_id))
    return await unit.papers.of(report_id, reader.actor.organ)


async def _visible(unit: Unit, parts: Sequence[Referral], reader: Reader) -> list[Seen]:
    reports = [part.report_id for part in parts]
    told = await unit.exclusions.of_many(reports)
    recused = await unit.recusals.officers_of_many(reports)
    directory = await unit.entries.on(reader.today)
    seen = []
    for part in parts:
        at_receipt = await unit.entries.on(part.matter.received_on)
        side = whole_side(
            part,
            told.get(part.report_id, Excluded()),
            recused.get(part.report_id, ()),
            (directory, at_receipt),
        )
        if _may_read(part, side, directory, reader):
            own = part.organ == reader.actor.organ and reader.office
            seen.append(Seen(part, decide(part.case(side), directory) if own else None))
    return seen


def _may_read(part: Referral, side: Excluded, directory: Directory, reader: Reader) -> bool:
    try:
        refuse_excluded(reader.actor, side, directory)
    except ReferralUnknown:
        return False
    if reader.office:
        return True
    routing = part.open_routing()
    return routing is not None and sits_at(reader.actor, routing, directory)
