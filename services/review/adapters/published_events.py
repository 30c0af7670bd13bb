"""What leaves the service: each event as the fact its contract describes."""

from services.chassis.facts import Fact
from services.review.domain.events import (
    CaseAccepted,
    CaseOpened,
    CaseWithdrawn,
    ChiefSigned,
    Event,
    ResultReturned,
    ResultSubmitted,
    ResultWithdrawn,
    RoundPassed,
)

TOPIC = "petition.review.cases.v1"


def publish(event: Event) -> Fact:
    """The fact to put into the outbox; its key keeps one report's facts in order, its subject is the case."""
    matter = event.matter
    type_, data = _said(event)
    return Fact(
        topic=TOPIC,
        key=str(matter.report_id),
        subject=str(matter.case_id),
        type=f"review.{type_}.v1",
        data={
            "case_id": str(matter.case_id),
            "report_id": str(matter.report_id),
            "organ": matter.organ,
            "handling_organ": matter.handling_organ,
            "synthetic": matter.synthetic,
            **{name: value for name, value in data.items() if value is not None},
        },
    )


def _said(event: Event) -> tuple[str, dict[str, object]]:
    type_: str
    data: dict[str, object]
    match event:
        case CaseOpened(ground=ground, themes=themes, opened_on=opened_on, due=due):
            type_, data = (
                "case-opened",
                {
                    "ground": ground.value,
                    "themes": list(themes),
                    "opened_on": opened_on.isoformat(),
                    "due_on": due.day.isoformat(),
                    "provisional": due.provisional,
                },
            )
        case ResultSubmitted(submission=submission, submitted_on=day):
            type_, data = "result-submitted", {"submission": submission, "submitted_on": day.isoformat()}
        case ResultWithdrawn(submission=submission):
            type_, data = "result-withdrawn", {"submission": submission}
        case RoundPassed(submission=submission, desk=desk):
            type_, data = "round-passed", {"submission": submission, "round": desk.value}
        case ResultReturned():
            type_, data = "result-returned", _returned(event)
        case ChiefSigned(submission=submission):
            type_, data = "chief-signed", {"submission": submission}
        case CaseAccepted(submission=submission, accepted_on=day, result=result):
            type_, data = (
                "case-accepted",
                {
                    "submission": submission,
                    "accepted_on": day.isoformat(),
                    "substantiation": result.substantiation.value,
                    "outcome": result.outcome.value,
                    "four_form": result.four_form,
                },
            )
        case CaseWithdrawn(cause=cause):
            type_, data = "case-withdrawn", {"reason": cause.value}
    return type_, data


def _returned(event: ResultReturned) -> dict[str, object]:
    return {
        "submission": event.submission,
        "round": event.desk.value,
        "reasons": [reason.value for reason in event.reasons],
        "kind": event.kind.value if event.kind else None,
        "back_to": event.back_to.value,
        "new_due_on": event.new_due_on.isoformat() if event.new_due_on else None,
    }
