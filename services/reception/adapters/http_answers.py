"""What is answered: ids, codes and days; text only where a record is read."""

import base64
import binascii
from collections.abc import Mapping
from datetime import date
from uuid import UUID

import orjson
from fastapi import Response

from services.chassis.idempotency import Answer
from services.chassis.strict_json import unprocessable
from services.reception.application.find_visit import FetchedRecord
from services.reception.domain.session import Session
from services.reception.domain.values import Slot
from services.reception.domain.visit import Visit

JSON = "application/json"
HANDOFF = {
    "superior_level": True,
    "instruction_zh": "涉及上级管理的干部或本机关主要负责人：不得登记、录入、复印或摘抄。请来访人将材料密封，"
    "由经办人当面送交本机关主要负责人，五个工作日内报送上级；涉及本机关主要负责人的，直接报送上级信访举报部门。",
    "instruction_en": "A person managed above this organ, or its chief: register, enter, copy and extract "
    "nothing. Have the material sealed and handed to the chief in person, to reach the superior organ "
    "within five working days; if it is about the chief, send it straight to the superior petition office.",
    "article": "纪检监察机关处理检举控告工作规则 第十五条",
}


def handoff() -> Response:
    """The off-line instruction; what was asked leaves nothing behind."""
    return Response(orjson.dumps(HANDOFF), 200, None, JSON)


def changed(version: int, **ids: object) -> Answer:
    """200 with the new version."""
    return Answer(200, orjson.dumps({**ids, "version": version}), {"ETag": f'"{version}"'})


def created(**fields: object) -> Answer:
    """201 with what was made."""
    return Answer(201, orjson.dumps(fields))


def response(answer: Answer) -> Response:
    """The answer on the wire."""
    return Response(answer.body, answer.status, dict(answer.headers), JSON if answer.body else None)


def shown(body: object, version: int | None = None) -> Response:
    """An answer to a query."""
    headers = {} if version is None else {"ETag": f'"{version}"'}
    return Response(orjson.dumps(body), 200, headers, JSON)


def session_view(session: Session, free: list[Slot]) -> dict[str, object]:
    """A session as its notice tells it, with its free slots."""
    return {
        "session_id": str(session.id),
        "held_on": session.held_on,
        "opens_at": session.opens_at,
        "closes_at": session.closes_at,
        "slot_minutes": session.slot_minutes,
        "place": session.place,
        "form": session.form.value,
        "leader_seat": session.staff.leader_seat,
        "recorder_seat": session.staff.recorder_seat,
        "aide_seats": session.staff.aide_seats,
        "state": session.state.value,
        "version": session.version,
        "synthetic": session.synthetic,
        "free_slots": [
            {"slot": slot.number, "starts_at": slot.starts_at, "ends_at": slot.ends_at} for slot in free
        ],
    }


def visit_view(visit: Visit) -> dict[str, object]:
    """A visit without its papers."""
    return {
        "visit_id": str(visit.id),
        "form": visit.form.value,
        "state": visit.state.value,
        "sort": visit.sort,
        "received_on": visit.received_on,
        "session_id": None if visit.session_id is None else str(visit.session_id),
        "slot": visit.slot,
        "leader_seat": visit.staff.leader_seat,
        "recorder_seat": visit.staff.recorder_seat,
        "aide_seats": visit.staff.aide_seats,
        "persons": visit.group.persons,
        "representatives": visit.group.representatives,
        "name_status": visit.group.name_status.value,
        "points": sorted(visit.points),
        "parties": len(visit.parties),
        "report_id": None if visit.report_id is None else str(visit.report_id),
        "synthetic": visit.synthetic,
        "version": visit.version,
    }


def record_view(fetched: FetchedRecord) -> dict[str, object]:
    """A signed record as intake takes it over."""
    visit, record = fetched.visit, fetched.record
    body: dict[str, object] = {
        "visit_id": str(visit.id),
        "organ": visit.organ,
        "received_on": visit.received_on,
        "persons": visit.group.persons,
        "name_status": visit.group.name_status.value,
        "parties": [_party_view(party) for party in _rows(record.get("parties"))],
        "title": record["title"],
        "text": record["text"],
        "allegations": [_without_none(row) for row in _rows(record.get("allegations"))],
    }
    if fetched.refs:
        body["reporter_ref"] = str(fetched.refs[0])
    return body


def _rows(value: object) -> list[Mapping[str, object]]:
    return list(value) if isinstance(value, list) else []


def _party_view(party: Mapping[str, object]) -> dict[str, object]:
    named = {**party, "unit_id": party.get("unit"), "person_id": party.get("person")}
    return _without_none({name: value for name, value in named.items() if name not in {"unit", "person"}})


def _without_none(row: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if value is not None}


def cursor(on: date, id_: UUID) -> str:
    """Where the next page begins, opaque."""
    return base64.urlsafe_b64encode(f"{on.isoformat()}/{id_}".encode()).rstrip(b"=").decode()


def place(text: str | None) -> tuple[date, UUID] | None:
    """The day and id in a cursor; None without one. Answers 422 for anything else."""
    if text is None:
        return None
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
        on, _, id_ = raw.partition("/")
        return date.fromisoformat(on), UUID(id_)
    except (binascii.Error, ValueError):
        raise unprocessable("cursor-unknown") from None
