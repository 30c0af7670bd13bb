"""Handing a report over: one routing opened, signed for, refused or sent back."""

from dataclasses import replace
from datetime import date, datetime

from services.referral.domain.directory import Directory
from services.referral.domain.errors import (
    AlreadyRouted,
    CaseManagementNotTold,
    DepartmentUnknown,
    GroundMissing,
    IllegalStep,
    NotSignedFor,
    RouteToReportedSide,
)
from services.referral.domain.events import ReportEvent, ReportReturned, TransferSignedFor
from services.referral.domain.exclusion import Excluded
from services.referral.domain.lifecycle import Step
from services.referral.domain.referral import Referral, Routing, Target
from services.referral.domain.values import State, UnitKind


def hand_over(
    part: Referral, routing: Routing, excluded: Excluded, directory: Directory, *steps: Step
) -> Referral:
    """The part after ``steps`` with its routing.

    Raises IllegalStep, AlreadyRouted, RouteToReportedSide when the target, whoever is told or a named officer
    is excluded.
    """
    if part.open_routing() is not None:
        raise AlreadyRouted
    refuse_reported(routing, excluded, directory)
    return replace(part.step(*steps), routing=routing)


def refuse_reported(routing: Routing, excluded: Excluded, directory: Directory) -> None:
    """Raise RouteToReportedSide when anybody the routing reaches is excluded."""
    routing.target.refuse_if_reported(excluded, directory)
    if (
        excluded.holds_unit(routing.told_unit, directory)
        or excluded.holds_seat(routing.told_seat, directory)
        or any(excluded.holds_officer(officer, directory) for officer in routing.officers)
    ):
        raise RouteToReportedSide


def told_of_move(
    part: Referral, excluded: Excluded, directory: Directory, *, told: bool
) -> tuple[str | None, str | None]:
    """The case-management department that has the notice, or the chief's seat where it is excluded.

    Raises CaseManagementNotTold when the officer does not state the notice, or nobody is there to have it.

    Source: rule art. 14; domain.md 22 no. 3 and 10.
    """
    organ = directory.organs.get(part.organ)
    if not told or organ is None:
        raise CaseManagementNotTold
    department = directory.resolve(organ.departments.case_management)
    if department is not None and not excluded.holds_unit(department, directory):
        return department, None
    seat = organ.chief_seat
    if department is None or seat is None or excluded.holds_seat(seat, directory):
        raise CaseManagementNotTold
    return None, seat


def competent_department(id_: str, directory: Directory, home: str) -> Target:
    """Where an out-of-scope letter goes; ``home`` is our organ. Raises DepartmentUnknown."""
    found = directory.resolve(id_)
    unit = directory.units.get(found) if found is not None else None
    if unit is None or unit.kind is not UnitKind.COMPETENT_DEPT:
        raise DepartmentUnknown
    return Target(None, unit.organ or home, unit.id)


def refuse_without_ground(letter_no: str) -> None:
    """Raise GroundMissing when an assignment has no letter; the ground itself is typed."""
    if not letter_no.strip():
        raise GroundMissing


def sign_for_move(part: Referral, seat: str, at: datetime) -> Referral:
    """The receiver signs; once. Raises IllegalStep."""
    routing = part.open_routing()
    if part.state is not State.MOVED or routing is None or routing.signed_at is not None:
        raise IllegalStep(f"{part.state}: sign for the move")
    return replace(part, routing=replace(routing, signed_by_seat=seat, signed_at=at))


def require_signature(part: Referral) -> Routing:
    """The open routing, signed for. Raises NotSignedFor, and IllegalStep when none is open.

    Source: ZJ art. 23.
    """
    routing = part.open_routing()
    if routing is None:
        raise IllegalStep(f"{part.state}: no open routing")
    if routing.signed_at is None:
        raise NotSignedFor
    return routing


def sign_for_transfer(
    part: Referral, receiver: str, seat: str | None, on: date, at: datetime
) -> tuple[Referral, list[ReportEvent]]:
    """T10a: the lower organ takes it; our part ends here, and intake opens the receiver's."""
    signed = part.step(Step.SIGN_TRANSFER)
    routing = signed.open_routing()
    if routing is not None:
        signed = replace(signed, routing=replace(routing, signed_by_seat=seat, signed_at=at))
    event = TransferSignedFor(part.report_id, receiver, part.matter.synthetic, part.organ, on)
    return signed.close(at, "SIGNED"), [event]


def refuse_transfer(part: Referral, reason_code: str, at: datetime) -> tuple[Referral, list[ReportEvent]]:
    """T10b: the lower organ shows that it is not competent; back to our triage."""
    event = ReportReturned(part.report_id, part.organ, part.matter.synthetic, "LOWER_ORGAN", reason_code)
    return part.step(Step.REFUSE_TRANSFER).close(at, "REFUSED"), [event]


def return_to_office(part: Referral, reason_code: str, at: datetime) -> tuple[Referral, list[ReportEvent]]:
    """T15: the handler sends it back. Raises NotSignedFor, IllegalStep."""
    after = part.step(Step.RETURN)
    require_signature(part)
    event = ReportReturned(part.report_id, part.organ, part.matter.synthetic, "HANDLER", reason_code)
    return after.close(at, "RETURNED"), [event]
