"""The two directions of the mapping between a visit and its row."""

from collections.abc import Mapping
from typing import Any

import orjson

from services.reception.domain.values import Form, NameStatus, Party, PartyType, Point, Sort, Staff
from services.reception.domain.visit import Group, Visit, VisitState


def columns_of(visit: Visit) -> tuple[object, ...]:
    """The columns of a new row, in the order of the statement."""
    staff, group = visit.staff, visit.group
    return (
        visit.id, visit.organ, visit.synthetic, visit.form.value, visit.session_id, visit.slot,
        staff.leader_seat, staff.recorder_seat, list(staff.aide_seats), group.persons, group.representatives,
        group.name_status.value, visit.received_on, visit.state.value, visit.sort and visit.sort.value,
        sorted(visit.points), visit.about_report, visit.report_id,
    )  # fmt: skip


def visit_of(row: Mapping[str, Any]) -> Visit:
    """The visit in a row."""
    parties = orjson.loads(row["parties"])
    return Visit(
        id=row["visit_id"],
        organ=row["organ"],
        synthetic=row["synthetic"],
        form=Form(row["form"]),
        staff=Staff(row["leader_seat"], row["recorder_seat"], tuple(row["aide_seats"])),
        group=Group(row["persons"], row["representatives"], NameStatus(row["name_status"])),
        parties=tuple(Party(PartyType(kind), unit, person) for kind, unit, person in parties),
        received_on=row["received_on"],
        session_id=row["session_id"],
        slot=row["slot"],
        state=VisitState(row["state"]),
        sort=None if row["sort"] is None else Sort(row["sort"]),
        points=frozenset(Point(point) for point in row["points"]),
        recused=frozenset(row["recused"]),
        about_report=row["about_report"],
        report_id=row["report_id"],
        version=row["version"],
    )
