"""What is answered: parts, proposals, meetings, entries; ids and codes, and no name but those of staff."""

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from fastapi import Response

from services.chassis.idempotency import Answer
from services.chassis.strict_json import unprocessable
from services.referral.application.find_report import Seen
from services.referral.application.ports import Entry, Paper
from services.referral.domain.jurisdiction import Decision
from services.referral.domain.meeting import Meeting
from services.referral.domain.referral import Referral, Routing, Study

JSON = "application/json"


def moved(part: Referral) -> Answer:
    """What an act answers: where the part now stands."""
    body = {
        "report_id": str(part.report_id),
        "organ": part.organ,
        "state": part.state.value,
        "version": part.version,
    }
    return Answer(200, orjson.dumps(body), {"ETag": f'"{part.version}"'})


def created(name: str, id_: UUID) -> Answer:
    """201 with the id of what was made."""
    return Answer(201, orjson.dumps({name: str(id_)}))


def response(answer: Answer) -> Response:
    """The answer on the wire."""
    kind = JSON if answer.body else None
    return Response(answer.body, answer.status, dict(answer.headers), kind)


def shown(body: object, version: int | None = None) -> Response:
    """An answer to a query."""
    headers = {} if version is None else {"ETag": f'"{version}"'}
    return Response(orjson.dumps(body), 200, headers, JSON)


def part_view(seen: Seen) -> dict[str, object]:
    """A part in full, for its own desk."""
    part, matter = seen.part, seen.part.matter
    return {
        **line_view(seen),
        "name_status": matter.name_status,
        "themes": matter.themes,
        "oos_kinds": matter.oos_kinds,
        "has_oos_part": matter.has_oos_part,
        "oos_impact": matter.oos_impact,
        "study_reasons": matter.study_reasons,
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
            for party in matter.parties
        ],
        "study": _study_view(part.study),
        "disposal": part.disposal,
        "recheck_on": part.recheck_on,
        "routing": _routing_view(part.routing),
        "proposal": None if seen.proposal is None else _proposal_view(seen.proposal),
    }


def line_view(seen: Seen) -> dict[str, object]:
    """A part as a line of a list."""
    part, matter = seen.part, seen.part.matter
    return {
        "report_id": str(part.report_id),
        "organ": part.organ,
        "state": part.state.value,
        "version": part.version,
        "received_on": matter.received_on,
        "channel": matter.channel,
        "source": matter.source,
        "nature": matter.nature.value,
        "occurrence": matter.occurrence.value,
        "imported": matter.imported,
        "synthetic": matter.synthetic,
        "proposed": None if seen.proposal is None else seen.proposal.kind.value,
    }


def _proposal_view(proposal: Decision) -> dict[str, object]:
    return {
        "kind": proposal.kind.value,
        "way": proposal.way,
        "target_organ": proposal.target_organ,
        "target_unit": proposal.target_unit,
        "target_seat": proposal.target_seat,
        "informed": proposal.informed,
        "reasons": proposal.reasons,
    }


def _study_view(study: Study | None) -> dict[str, object] | None:
    if study is None:
        return None
    return {
        "reasons": study.reasons,
        "meeting_id": None if study.meeting_id is None else str(study.meeting_id),
        "decision": study.decision,
        "deferred": study.deferred,
    }


def _routing_view(routing: Routing | None) -> dict[str, object] | None:
    if routing is None:
        return None
    return {
        "routing_id": str(routing.id),
        "way": routing.target.way,
        "target_organ": routing.target.organ,
        "target_unit": routing.target.unit,
        "target_seat": routing.target.seat,
        "informed": routing.target.informed,
        "ground": routing.ground,
        "letter_no": routing.letter_no,
        "officers": routing.officers,
        "case_management_unit": routing.told_unit,
        "case_management_seat": routing.told_seat,
        "signed_by_seat": routing.signed_by_seat,
        "opened_at": routing.opened_at,
        "signed_at": routing.signed_at,
        "closed_at": routing.closed_at,
        "close_reason": routing.close_reason,
    }


def meeting_view(meeting: Meeting) -> dict[str, object]:
    """A study meeting."""
    return {
        "meeting_id": str(meeting.id),
        "organ": meeting.organ,
        "held_on": meeting.held_on,
        "tier": meeting.tier.value,
        "present": meeting.present,
        "absent": meeting.absent,
        "recorder": meeting.recorder,
    }


def entry_view(entry: Entry) -> dict[str, object]:
    """A directory entry, with the name of a person of the staff."""
    return {
        "kind": entry.kind,
        "id": entry.id,
        "organ": entry.organ,
        "synthetic": entry.synthetic,
        "effective_on": entry.effective_on,
        "state": dict(entry.state),
        "staff_name": entry.staff_name,
    }


def paper_view(paper: Paper) -> dict[str, object]:
    """One opened text of the office."""
    return {"paper_id": str(paper.id), "kind": paper.kind, "by": paper.by, "at": paper.at, "text": paper.text}


def cursor(place: Mapping[str, object]) -> str:
    """Where the next page begins, opaque."""
    return base64.urlsafe_b64encode(orjson.dumps(dict(place))).rstrip(b"=").decode()


def _opened(text: str, *names: str) -> dict[str, Any]:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        place = json.loads(raw)
    except (binascii.Error, ValueError):
        raise unprocessable("cursor-unknown") from None
    if not isinstance(place, dict) or set(place) != set(names):
        raise unprocessable("cursor-unknown")
    if not all(isinstance(value, str) for value in place.values()):
        raise unprocessable("cursor-unknown")
    return place


def place_in_days(text: str | None) -> tuple[date, UUID] | None:
    """The day and id in a cursor; None without one. Answers 422 for anything else."""
    if text is None:
        return None
    place = _opened(text, "on", "id")
    try:
        return date.fromisoformat(place["on"]), UUID(place["id"])
    except ValueError:
        raise unprocessable("cursor-unknown") from None


def place_in_ids(text: str | None) -> str:
    """The id in a cursor, empty without one. Answers 422 for anything else."""
    return "" if text is None else str(_opened(text, "id")["id"])
