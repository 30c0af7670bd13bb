"""What happens to an open routing when somebody joins the reported side, or the report is frozen."""

from datetime import datetime

from services.referral.domain.directory import Directory
from services.referral.domain.errors import RouteToReportedSide
from services.referral.domain.events import ReportEvent, RoutingWithdrawn, SuperiorLevelSuspected
from services.referral.domain.exclusion import Excluded
from services.referral.domain.handover import refuse_reported
from services.referral.domain.jurisdiction import decide
from services.referral.domain.lifecycle import OPEN, Step
from services.referral.domain.referral import Referral
from services.referral.domain.values import Kind, State

BEFORE_HANDLING = frozenset({State.UNDER_TRIAGE, State.UNDER_COLLECTIVE_STUDY, *OPEN})
"""States in which a superior-level party found later still stops the part here."""


def withdraw_if_reported(
    part: Referral, excluded: Excluded, directory: Directory, at: datetime
) -> tuple[Referral, list[ReportEvent]]:
    """Close an open routing that reaches the reported side, by its notice too; back to triage (T33)."""
    routing = part.open_routing()
    if routing is None or part.state not in OPEN:
        return part, []
    try:
        refuse_reported(routing, excluded, directory)
    except RouteToReportedSide:
        return withdraw(part, at)
    return part, []


def withdraw(part: Referral, at: datetime) -> tuple[Referral, list[ReportEvent]]:
    """Close the open routing, which leads to the reported side. Raises IllegalStep when none is open."""
    event = RoutingWithdrawn(part.report_id, part.organ, part.matter.synthetic, "EXCLUDED")
    return part.close(at, "EXCLUDED").step(Step.WITHDRAW), [event]


def freeze(part: Referral, at: datetime) -> tuple[Referral, list[ReportEvent]]:
    """Stop the part for good; an open routing is withdrawn. Nothing when it is frozen already."""
    if part.state is State.FROZEN:
        return part, []
    event = RoutingWithdrawn(part.report_id, part.organ, part.matter.synthetic, "FROZEN")
    events: list[ReportEvent] = [event] if part.open_routing() is not None else []
    return part.close(at, "FROZEN").step(Step.FREEZE), events


def judge_anew(
    part: Referral, excluded: Excluded, directory: Directory, at: datetime
) -> tuple[Referral, list[ReportEvent]]:
    """Apply what is now known: superior level stops the part, the reported side loses its routing.

    Source: domain.md 8.2, rules 1 and 2 found after registration.
    """
    if part.state not in BEFORE_HANDLING:
        return part, []
    if decide(part.case(excluded), directory).kind is Kind.SUPERIOR_LEVEL:
        suspected = SuperiorLevelSuspected(part.report_id, part.organ, part.matter.synthetic)
        frozen, events = freeze(part, at)
        return frozen, [suspected, *events]
    return withdraw_if_reported(part, excluded, directory, at)
