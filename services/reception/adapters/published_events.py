"""What leaves the service: a domain event becomes a fact."""

from services.chassis.facts import Fact
from services.reception.domain.events import (
    Event,
    SessionChanged,
    SessionPublished,
    VisitBooked,
    VisitRegistered,
    VisitSignedOff,
)

SESSIONS = "petition.reception.sessions.v1"
VISITS = "petition.reception.visits.v1"


def publish(event: Event) -> Fact:
    """The fact to put into the outbox; a session and a visit are each their own subject."""
    data: dict[str, object]
    match event:
        case SessionPublished():
            type_, data = "reception.session-published.v1", _session(event)
        case SessionChanged(change=change):
            type_, data = "reception.session-changed.v1", _session(event) | {"change": change}
        case VisitBooked(session_id=session_id, held_on=held_on):
            type_ = "reception.visit-booked.v1"
            data = _visit(event) | {"session_id": str(session_id), "held_on": held_on.isoformat()}
        case VisitRegistered(form=form, persons=persons, received_on=received_on):
            type_ = "reception.visit-registered.v1"
            data = _visit(event) | {
                "form": form.value,
                "persons": persons,
                "received_on": received_on.isoformat(),
            }
        case VisitSignedOff(received_on=received_on, form=form, persons=persons, leader_seat=seat):
            type_ = "reception.visit-signed-off.v1"
            data = _visit(event) | {
                "received_on": received_on.isoformat(),
                "form": form.value,
                "persons": persons,
                "leader_seat": seat,
            }
    if isinstance(event, SessionPublished | SessionChanged):
        return Fact(SESSIONS, str(event.session_id), str(event.session_id), type_, data)
    return Fact(VISITS, str(event.visit_id), str(event.visit_id), type_, data)


def _session(event: SessionPublished | SessionChanged) -> dict[str, object]:
    return {
        "session_id": str(event.session_id),
        "organ": event.organ,
        "synthetic": event.synthetic,
        "held_on": event.held_on.isoformat(),
        "form": event.form.value,
        "leader_seat": event.leader_seat,
    }


def _visit(event: VisitBooked | VisitRegistered | VisitSignedOff) -> dict[str, object]:
    return {"visit_id": str(event.visit_id), "organ": event.organ, "synthetic": event.synthetic}
