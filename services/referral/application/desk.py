"""The desk at which a report is acted upon: the part, the excluded set and the order's proposal together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.referral.application.ports import About, Actor, Unit
from services.referral.domain.approval import check_approval
from services.referral.domain.directory import Directory
from services.referral.domain.errors import NotTheReceiver, ReferralUnknown
from services.referral.domain.events import ReportEvent
from services.referral.domain.exclusion import Excluded, excluded_set, of_parties
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
    """The excluded set: what intake told, what the parties' facts say, and the recusal register."""
    told = await unit.exclusions.of(part.report_id)
    at_receipt = await unit.entries.on(part.matter.received_on)
    recused = await unit.recusals.officers(part.report_id)
    own = excluded_set(of_parties(part.matter.parties), (directory, at_receipt), part.organ, recused)
    return told.also(own)


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
    routing.target.refuse_if_reported(desk.excluded, desk.directory)
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


def refuse_other_units(actor: Actor, routing: Routing, directory: Directory) -> None:
    """Raise NotTheReceiver unless the actor sits where the report was handed to, or leads its organ's seat."""
    if routing.target.seat is not None and routing.target.seat in actor.seats:
        return
    for id_ in actor.seats:
        seat = directory.seats.get(id_)
        if (
            seat is not None
            and seat.person == actor.id
            and directory.in_force(seat)
            and seat.unit is not None
            and seat.unit == routing.target.unit
        ):
            return
    raise NotTheReceiver


def approve(desk: Desk, approval: Approval, organ: str, about: About) -> None:
    """Refuse an approval that does not stand for this part. Raises ApprovalMissing, ApprovalOutOfTime."""
    check_approval(
        approval,
        organ,
        about.actor.seats,
        desk.part.matter.received_on,
        desk.directory,
        desk.excluded,
    )


async def finish(
    unit: Unit, about: About, action: str, part: Referral, events: Iterable[ReportEvent]
) -> Referral:
    """Save, say and note one act; returns the part as saved is to be read anew."""
    await unit.referrals.save(part, about.actor.id, about.at)
    await unit.outbox.add(events)
    await unit.audit.note(action, "referral", str(part.report_id), organ=part.organ, state=part.state.value)
    return part


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
