"""What is answered: receipts, lines and codes; content only where it was asked for with a reason."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from fastapi import Response

from services.chassis.idempotency import Answer
from services.chassis.strict_json import unprocessable
from services.intake.application.register_report import Registered
from services.intake.domain.report import Report

JSON = "application/json"
HANDOFF = orjson.dumps(
    {
        "superior_level": True,
        "instruction_zh": (
            "属上级管理干部或本机关主要负责人问题：不得录入、摘抄、扫描。请将原件密封，五个工作日内当面径送"
            "本机关主要负责人报送上级；反映本机关主要负责人的，直接报送上级信访举报部门。本系统未保存任何内容。"
        ),
        "instruction_en": (
            "This belongs to a superior organ: enter, excerpt and scan nothing. Seal it and hand it "
            "to the chief in person, to be sent up within five working days; a report on the chief goes "
            "straight to the superior petition office. Nothing has been kept here."
        ),
        "article": "rule art. 15",
    }
)


def handoff() -> Response:
    """The off-line instruction; the same bytes for everyone."""
    return Response(HANDOFF, 200, media_type=JSON)


def registered(done: Registered) -> Answer:
    """201 with the receipt."""
    body = {"report_id": str(done.report_id), "report_no": str(done.number), "version": done.version}
    headers = {"ETag": f'"{done.version}"', "Location": f"/intake/v1/reports/{done.report_id}"}
    return Answer(201, orjson.dumps(body), headers)


def moved(report_id: UUID, version: int, **more: str) -> Answer:
    """What an act answers: the version that now stands."""
    body = {"report_id": str(report_id), "version": version, **more}
    return Answer(200, orjson.dumps(body), {"ETag": f'"{version}"'})


def response(answer: Answer) -> Response:
    """The answer on the wire."""
    return Response(answer.body, answer.status, dict(answer.headers), JSON if answer.body else None)


def shown(body: object, version: int | None = None) -> Response:
    """An answer to a query."""
    headers = {} if version is None else {"ETag": f'"{version}"'}
    return Response(orjson.dumps(body), 200, headers, JSON)


def report_view(report: Report, report_no: str | None) -> dict[str, object]:
    """A report by its codes; no text, no name."""
    elements = report.elements
    classified, reporter = elements.classification, elements.reporter
    return {
        "report_id": str(report.id),
        "report_no": report_no,
        "organ": report.organ,
        "holder": report.holder,
        "synthetic": report.synthetic,
        "imported": report.imported,
        "state": report.state.value,
        "desk": report.desk.value,
        "version": report.version,
        "checked_by": report.checked_by,
        "confirmed_by": report.confirmed_by,
        "arrival": _fields(elements.arrival),
        "reporter": {
            "name_status": reporter.name_status.value,
            "count": reporter.count,
            "verify_method": reporter.verify_method,
            "verified_on": reporter.verified_on,
        },
        "classification": None if classified is None else _fields(classified),
        "classified_version": report.classified_version,
        "parties": [
            {
                "party": str(party.party),
                "party_type": party.party_type.value,
                "unit": party.unit,
                "authority": party.authority.value,
                "rank": party.rank,
                "is_unit_head": party.is_unit_head,
                "region": party.region,
            }
            for party in elements.parties
        ],
    }


def content_view(report: Report) -> dict[str, object]:
    """The text of a report and the names in it."""
    content = report.elements.content
    return {
        "report_id": str(report.id),
        "title": content.title,
        "summary": content.summary,
        "text": content.text,
        "allegations": [_fields(row) for row in content.allegations],
        "keywords": content.keywords,
        "other_violation": content.other_violation,
        "earlier_reply": content.earlier_reply,
        "parties": [
            {"party": str(p.party), "name": p.name, "post": p.post, "unit_name": p.unit_name}
            for p in report.elements.parties
        ],
    }


def _fields(value: Any) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__slots__}


def cursor(at: datetime, id_: UUID) -> str:
    """Where the next page begins, opaque."""
    return base64.urlsafe_b64encode(f"{at.isoformat()}/{id_}".encode()).rstrip(b"=").decode()


def place(text: str | None) -> tuple[datetime, UUID] | None:
    """The instant and id in a cursor; None without one. Answers 422 for anything else."""
    if text is None:
        return None
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
        at, _, id_ = raw.partition("/")
        instant, report_id = datetime.fromisoformat(at), UUID(id_)
        if instant.tzinfo is None:
            raise unprocessable("cursor-unknown")
        return instant.astimezone(UTC), report_id
    except (binascii.Error, ValueError, OverflowError):
        raise unprocessable("cursor-unknown") from None
