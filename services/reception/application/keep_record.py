"""Use cases of the talk: the record written, confirmed, the visitor answered, and the leader's signature."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from services.reception.application.desk import open_desk
from services.reception.application.pass_gate import check_entries, gate_of
from services.reception.application.ports import Act, Unit
from services.reception.domain.errors import RecordMissing
from services.reception.domain.record import PaperKind, Promise, Record
from services.reception.domain.values import Point
from services.reception.domain.visit import Step


async def look_at_record(record: Record, second_no: bool, act: Act, unit: Unit) -> None:
    """The gate for a record, by reading alone. Raises SuperiorLevelParty, GateUnanswered, EntryUnknown."""
    gate = await gate_of(unit, act)
    gate.pass_reported(record.parties)
    gate.pass_text(record.texts(), second_no)
    check_entries((party.picked() for party in record.parties), gate)


async def write_record(
    visit_id: UUID, version: int, record: Record, second_no: bool, act: Act, unit: Unit
) -> int:
    """PT09: write, or correct, the record; corrections are kept, and it must be confirmed again.

    A party told in the talk joins those picked; if that reaches the staff, the next act is refused until
    others take over. Raises what ``open_desk`` raises, SuperiorLevelParty, GateUnanswered, EntryUnknown,
    VisitNotAt.
    """
    await look_at_record(record, second_no, act, unit)
    desk = await open_desk(unit, act, visit_id, version)
    written = desk.visit.write([party.picked() for party in record.parties])
    await unit.visits.put_paper(written, PaperKind.RECORD, asdict(record), act.actor.id, act.at)
    await unit.audit.note("write-record", "visit", str(visit_id))
    return await unit.visits.save(desk.visit, written, act.actor.id, act.at)


async def confirm_record(visit_id: UUID, version: int, act: Act, unit: Unit) -> int:
    """PT11: the record was read by or to the visitor and confirmed. Raises RecordMissing, VisitNotAt."""
    desk = await open_desk(unit, act, visit_id, version)
    if Point.PT09 not in desk.visit.points:
        raise RecordMissing
    confirmed = desk.visit.confirm()
    await unit.audit.note("confirm-record", "visit", str(visit_id))
    return await unit.visits.save(desk.visit, confirmed, act.actor.id, act.at)


async def answer_visitor(
    visit_id: UUID, version: int, text: str, promises: Sequence[Promise], act: Act, unit: Unit
) -> int:
    """PT12 and PT13: the answer given, promises made. Raises what ``open_desk`` raises, PointMissing."""
    desk = await open_desk(unit, act, visit_id, version)
    answered = desk.visit.step(Step.ANSWER, unit.rules.stages, Point.PT12, Point.PT13)
    content = {"text": text, "promises": [asdict(promise) for promise in promises]}
    await unit.visits.put_paper(answered, PaperKind.ANSWER, content, act.actor.id, act.at)
    await unit.audit.note("answer-visitor", "visit", str(visit_id), promises=len(promises))
    return await unit.visits.save(desk.visit, answered, act.actor.id, act.at)


async def sign_off_visit(visit_id: UUID, version: int, opinion: str, act: Act, unit: Unit) -> int:
    """PT15: the leader signs with an opinion, and intake is told; no word of it leaves.

    Raises what ``open_desk`` raises, NotTheLeader, PointMissing, VisitNotAt.
    """
    desk = await open_desk(unit, act, visit_id, version)
    signed, events = desk.visit.sign_off(act.actor.seats, unit.rules.stages)
    await unit.visits.put_paper(signed, PaperKind.OPINION, {"text": opinion}, act.actor.id, act.at)
    await unit.audit.note("sign-off-visit", "visit", str(visit_id))
    saved = await unit.visits.save(desk.visit, signed, act.actor.id, act.at)
    await unit.outbox.add(events)
    return saved
