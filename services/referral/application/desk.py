"""The desk at which a report is acted upon: the part, the excluded set and the order's proposal together."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.referral.application.ports import About, Actor, Unit
from services.referral.domain.approval import check_approval
from services.referral.domain.directory import Directory
from services.referral.domain.errors import NotTheReceiver, ReferralUnknown
from services.referral.domain.events import ReportEvent
from services.referral.domain.exclusion import Excluded, excluded_set, of_parties
from services.referral.domain.handover import refuse_reported
from services.referral.domain.jurisdiction import Decision, decide
from services.referral.domain.lifecycle import Step
from services.referral.domain.referral import Referral, Routing
from services.referral.domain.values import Approval


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a decision about one part needs, read in the transaction of the act."""

    part: Referral
    decision: Decision
    excluded: Excluded
    directory: Directory


def clock_entity(report_id: UUID, organ: str) -> str:
    """The name under which the clocks of a part run."""
    return f"{report_id}/{organ}"


async def reported_side(unit: Unit, part: Referral, directory: Directory) -> Excluded:
    """The excluded set, locked: what intake told, what the parties say, and the recusal register."""
    told = await unit.exclusions.of(part.report_id)
    at_receipt = await unit.entries.on(part.matter.received_on)
    recused = await unit.recusals.officers(part.report_id)
    return whole_side(part, told, recused, (directory, at_receipt))


def whole_side(
    part: Referral, told: Excluded, recused: Iterable[str], directories: Iterable[Directory]
) -> Excluded:
    """Intake's set with what can be known here: the parties' units, and who is recused."""
    return told.also(excluded_set(of_parties(part.matter.parties), directories, part.organ, recused))


async def open_desk(unit: Unit, about: About, *steps: Step) -> Desk:
    """The actor's own part, ready for one of ``steps``.

    Raises ReferralUnknown (also to anyone excluded), IllegalStep, ReferralChanged.
    """
    part = await unit.referrals.get(about.report_id, about.actor.organ)
    desk = await _lay_out(unit, part, about)
    part.expect(about.version, *steps)
    return desk


async def open_receiver_desk(unit: Unit, about: About, *steps: Step) -> tuple[Desk, Routing]:
    """The part handed to the actor's organ, with its open routing, ready for one of ``steps``.

    Raises as ``open_desk``, and RouteToReportedSide when the receiver has joined the reported side.
    """
    part = await unit.referrals.handed_to(about.report_id, about.actor.organ)
    desk = await _lay_out(unit, part, about)
    part.expect(about.version, *steps)
    routing = part.open_routing()
    if routing is None:
        raise ReferralUnknown
    refuse_reported(routing, desk.excluded, desk.directory)
    return desk, routing


async def open_handler_desk(unit: Unit, about: About, *steps: Step) -> tuple[Desk, Routing]:
    """As ``open_receiver_desk``, for an officer of the very unit or seat. Raises NotTheReceiver."""
    desk, routing = await open_receiver_desk(unit, about, *steps)
    if not sits_at(about.actor, routing, desk.directory):
        raise NotTheReceiver
    return desk, routing


async def _lay_out(unit: Unit, part: Referral, about: About) -> Desk:
    directory = await unit.entries.on(about.today)
    excluded = await reported_side(unit, part, directory)
    refuse_excluded(about.actor, excluded, directory)
    return Desk(part, decide(part.case(excluded), directory), excluded, directory)


def refuse_excluded(actor: Actor, excluded: Excluded, directory: Directory) -> None:
    """Raise ReferralUnknown when the actor is recused or on the reported side."""
    seats = any(excluded.holds_seat(seat, directory) for seat in actor.seats)
    if seats or excluded.holds_officer(actor.id, directory):
        raise ReferralUnknown


def sits_at(actor: Actor, routing: Routing, directory: Directory) -> bool:
    """Whether the actor holds, today, the seat handed to or a seat in the unit handed to."""
    held = [
        seat
        for seat in (directory.seats.get(id_) for id_ in sorted(actor.seats))
        if seat is not None and seat.person == actor.id and directory.in_force(seat)
    ]
    if routing.target.seat is not None:
        return any(seat.id == routing.target.seat for seat in held)
    return routing.target.unit is not None and any(seat.unit == routing.target.unit for seat in held)


def seat_at(actor: Actor, routing: Routing, directory: Directory) -> str | None:
    """The seat with which the actor signs: one at the target, else any of theirs in the target's organ."""
    held = [
        seat
        for seat in (directory.seats.get(id_) for id_ in sorted(actor.seats))
        if seat is not None and seat.person == actor.id and directory.in_force(seat)
    ]
    wanted = (routing.target.seat, routing.target.unit)
    for seat in held:
        if seat.id == wanted[0] or (wanted[1] is not None and seat.unit == wanted[1]):
            return seat.id
    return next((seat.id for seat in held if seat.organ == routing.target.organ), None)


def approve(desk: Desk, approval: Approval, organ: str, about: About) -> None:
    """Refuse an approval that does not stand for this part. Raises ApprovalMissing, ApprovalOutOfTime."""
    check_approval(
        approval,
        organ,
        (about.actor.id, about.actor.seats),
        desk.part.matter.received_on,
        desk.directory,
        desk.excluded,
    )


async def finish(
    unit: Unit, about: About, action: str, part: Referral, events: Iterable[ReportEvent]
) -> Referral:
    """Save, say and note one act; returns the part as it now stands on file."""
    await unit.referrals.save(part, about.actor.id, about.at)
    await unit.outbox.add(events)
    await unit.audit.note(action, "referral", str(part.report_id), organ=part.organ, state=part.state.value)
    return replace(part, version=part.version + 1, passages=())


async def meet_triage_clocks(unit: Unit, part: Referral, met: str | None, on: date) -> None:
    """Stop the clocks of triage: ``met`` was the duty done, the others fell away; D02 is always met."""
    entity = clock_entity(part.report_id, part.organ)
    for rule in ("D04", "D05"):
        if rule == met:
            await unit.clocks.meet(rule, entity, on)
        else:
            await unit.clocks.waive(rule, entity)
    await unit.clocks.meet("D30", entity, on)
    await unit.clocks.meet("D02", entity, on)


async def waive_clocks(unit: Unit, part: Referral, receiver: str | None = None) -> None:
    """No clock of the part runs on: it was stopped, or its routing withdrawn; nor the receiver's D02."""
    entity = clock_entity(part.report_id, part.organ)
    for rule in ("D02", "D04", "D05", "D30"):
        await unit.clocks.waive(rule, entity)
    if receiver is not None:
        await unit.clocks.waive("D02", clock_entity(part.report_id, receiver))
