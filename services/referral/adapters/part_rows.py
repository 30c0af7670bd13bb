"""Rows of parts and routings as domain objects, and back; the matter and the study are JSON of codes."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from services.referral.domain.referral import Matter, Referral, Routing, Study, Target
from services.referral.domain.values import (
    Approval,
    Authority,
    Disposal,
    Ground,
    Nature,
    Occurrence,
    Party,
    PartyType,
    State,
    StudyDecision,
    Way,
)


def part_of(row: Mapping[str, Any], routing: Mapping[str, Any] | None) -> Referral:
    """The part in a row, with its latest routing."""
    disposal = row["disposal"]
    return Referral(
        report_id=UUID(str(row["report_id"])),
        organ=row["organ"],
        matter=matter_of(orjson.loads(row["matter"]), row["received_on"]),
        opened_on=row["opened_on"],
        state=State(row["state"]),
        routing=None if routing is None else routing_of(routing),
        study=None if row["study"] is None else study_of(orjson.loads(row["study"])),
        disposal=None if disposal is None else Disposal(disposal),
        recheck_on=row["recheck_on"],
        version=row["version"],
    )


def routing_of(row: Mapping[str, Any]) -> Routing:
    """The routing in a row."""
    seat, day, ground, way = row["approval_seat"], row["approved_on"], row["ground"], row["way"]
    return Routing(
        id=UUID(str(row["id"])),
        target=Target(
            None if way is None else Way(way),
            row["target_organ"],
            row["target_unit"],
            row["target_seat"],
            tuple(row["informed"]),
        ),
        opened_at=row["opened_at"],
        opened_by=row["opened_by"],
        approval=None if seat is None else Approval(seat, day),
        ground=None if ground is None else Ground(ground),
        letter_no=row["letter_no"],
        officers=tuple(row["officers"]),
        told_unit=row["told_unit"],
        told_seat=row["told_seat"],
        signed_by_seat=row["signed_by_seat"],
        signed_at=row["signed_at"],
        closed_at=row["closed_at"],
        close_reason=row["close_reason"],
    )


def matter_of(data: Mapping[str, Any], received_on: date) -> Matter:
    """The matter in its JSON form."""
    return Matter(
        received_on=received_on,
        channel=data["channel"],
        source=data["source"],
        name_status=data["name_status"],
        nature=Nature(data["nature"]),
        occurrence=Occurrence(data["occurrence"]),
        parties=tuple(_party(one) for one in data["parties"]),
        themes=tuple(data["themes"]),
        oos_kinds=tuple(data["oos_kinds"]),
        oos_impact=data["oos_impact"],
        study_reasons=tuple(data["study_reasons"]),
        has_oos_part=data["has_oos_part"],
        imported=data["imported"],
        synthetic=data["synthetic"],
        version=data["version"],
    )


def matter_json(matter: Matter) -> str:
    """The JSON form of a matter."""
    data = {
        "channel": matter.channel,
        "source": matter.source,
        "name_status": matter.name_status,
        "nature": matter.nature.value,
        "occurrence": matter.occurrence.value,
        "parties": [_party_json(party) for party in matter.parties],
        "themes": matter.themes,
        "oos_kinds": matter.oos_kinds,
        "oos_impact": matter.oos_impact,
        "study_reasons": matter.study_reasons,
        "has_oos_part": matter.has_oos_part,
        "imported": matter.imported,
        "synthetic": matter.synthetic,
        "version": matter.version,
    }
    return orjson.dumps(data).decode()


def _party(data: Mapping[str, Any]) -> Party:
    return Party(
        UUID(data["party"]),
        PartyType(data["party_type"]),
        data["unit"],
        Authority(data["authority"]),
        data["rank"],
        data["is_unit_head"],
        data["region"],
    )


def _party_json(party: Party) -> dict[str, object]:
    return {
        "party": str(party.party),
        "party_type": party.party_type.value,
        "unit": party.unit,
        "authority": party.authority.value,
        "rank": party.rank,
        "is_unit_head": party.is_unit_head,
        "region": party.region,
    }


def study_of(data: Mapping[str, Any]) -> Study:
    """The study in its JSON form."""
    target, meeting, decision = data["target"], data["meeting_id"], data["decision"]
    return Study(
        reasons=tuple(data["reasons"]),
        meeting_id=None if meeting is None else UUID(meeting),
        decision=None if decision is None else StudyDecision(decision),
        target=None if target is None else _target(target),
        deferred=data["deferred"],
    )


def study_json(study: Study | None) -> str | None:
    """The JSON form of a study."""
    if study is None:
        return None
    data = {
        "reasons": study.reasons,
        "meeting_id": None if study.meeting_id is None else str(study.meeting_id),
        "decision": study.decision,
        "target": None if study.target is None else _target_json(study.target),
        "deferred": study.deferred,
    }
    return orjson.dumps(data).decode()


def _target(data: Mapping[str, Any]) -> Target:
    way = data["way"]
    return Target(
        None if way is None else Way(way), data["organ"], data["unit"], data["seat"], tuple(data["informed"])
    )


def _target_json(target: Target) -> dict[str, object]:
    return {
        "way": target.way,
        "organ": target.organ,
        "unit": target.unit,
        "seat": target.seat,
        "informed": target.informed,
    }
