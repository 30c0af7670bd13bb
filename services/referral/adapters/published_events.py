"""What leaves referral: a domain event becomes a fact; what is None is left out."""

from datetime import UTC, datetime

from services.chassis.facts import Fact
from services.referral.domain.events import (
    AppealRouted,
    DirectoryChanged,
    DisposalDecided,
    Event,
    ReportAccepted,
    ReportAdvised,
    ReportAssigned,
    ReportConcluded,
    ReportForwarded,
    ReportMoved,
    ReportQueuedForStudy,
    ReportRetained,
    ReportReturned,
    ReportStudied,
    ReportTransferred,
    RoutingEvent,
    RoutingWithdrawn,
    ScreeningEvent,
    SuggestionFiled,
    SuperiorLevelSuspected,
    TransferSignedFor,
)

REPORTS = "petition.referral.reports.v1"
DIRECTORY = "petition.referral.directory.v1"


def publish(event: Event) -> Fact:
    """The fact to put into the outbox; its key keeps one report's facts in order."""
    if isinstance(event, DirectoryChanged):
        return _directory(event)
    type_, own = _of_screening(event) if isinstance(event, ScreeningEvent) else _of_routing(event)
    shared = {"report_id": str(event.report_id), "organ": event.organ, "synthetic": event.synthetic}
    data = shared | {name: value for name, value in own.items() if value is not None}
    key = str(event.report_id)
    return Fact(topic=REPORTS, key=key, subject=key, type=f"referral.{type_}.v1", data=data)


def _directory(event: DirectoryChanged) -> Fact:
    data: dict[str, object] = {
        "kind": event.kind,
        "id": event.id,
        "synthetic": event.synthetic,
        "effective_on": event.effective_on.isoformat(),
        "state": dict(event.state),
    }
    if event.organ is not None:
        data["organ"] = event.organ
    return Fact(DIRECTORY, event.id, event.id, "referral.directory-changed.v1", data, compacted=True)


def _of_screening(event: ScreeningEvent) -> tuple[str, dict[str, object]]:  # noqa: PLR0911 - one line a fact
    match event:
        case ReportQueuedForStudy(reasons=reasons):
            return "report-queued-for-study", {"reasons": list(reasons)}
        case ReportStudied(meeting_id=meeting, decision=decision, reasons=reasons):
            said: dict[str, object] = {
                "meeting_id": str(meeting),
                "decision": decision.value,
                "reasons": list(reasons),
            }
            return "report-studied", said
        case ReportAccepted(basis=basis):
            return "report-accepted", {"basis": basis}
        case ReportRetained(kind=kind, meeting_id=by):
            return "report-retained", {"kind": kind, "meeting_id": None if by is None else str(by)}
        case ReportAdvised(kinds=kinds):
            return "report-advised", {"kinds": list(kinds)}
        case ReportForwarded(competent_department=department):
            return "report-forwarded", {"competent_department": department}
        case AppealRouted(target_unit=unit):
            return "appeal-routed", {"target_unit": unit}
        case SuggestionFiled(target_unit=unit):
            return "suggestion-filed", {"target_unit": unit}
        case SuperiorLevelSuspected():
            return "superior-level-suspected", {}


def _of_routing(event: RoutingEvent) -> tuple[str, dict[str, object]]:  # noqa: PLR0911 - one line a fact
    match event:
        case ReportMoved():
            return "report-moved", _moved(event)
        case ReportTransferred(target_organ=target):
            return "report-transferred", {"target_organ": target}
        case TransferSignedFor(from_organ=sender, signed_on=on):
            return "transfer-signed-for", {"from_organ": sender, "signed_on": on.isoformat()}
        case ReportAssigned():
            return "report-assigned", _assigned(event)
        case ReportReturned(returned_by=by, reason_code=code):
            return "report-returned", {"returned_by": by, "reason_code": code}
        case DisposalDecided(disposal=disposal):
            return "disposal-decided", {"disposal": disposal.value}
        case ReportConcluded():
            return "report-concluded", _concluded(event)
        case RoutingWithdrawn(reason=reason):
            return "routing-withdrawn", {"reason": reason}


def _concluded(event: ReportConcluded) -> dict[str, object]:
    return {
        "concluded_on": event.concluded_on.isoformat(),
        "substantiation": event.substantiation,
        "outcome": event.outcome,
        "four_form": event.four_form,
    }


def _moved(event: ReportMoved) -> dict[str, object]:
    return {
        "way": event.way.value,
        "target_organ": event.target_organ,
        "target_unit": event.target_unit,
        "target_seat": event.target_seat,
        "case_management_notified_at": _instant(event.case_management_notified_at),
        "signed_by_seat": event.signed_by_seat,
    }


def _assigned(event: ReportAssigned) -> dict[str, object]:
    return {
        "target_organ": event.target_organ,
        "ground": event.ground.value,
        "themes": list(event.themes),
        "assigned_on": event.assigned_on.isoformat(),
        "officers": list(event.officers),
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
