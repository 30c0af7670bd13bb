"""Between a report and its row: one function a direction; a classification as JSON too."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.intake.domain.elements import (
    Arrival,
    Classification,
    Content,
    Elements,
    ReportedParty,
    Reporter,
)
from services.intake.domain.exclusion import Excluded
from services.intake.domain.report import Report
from services.intake.domain.values import (
    Authority,
    Channel,
    Desk,
    NameStatus,
    Nature,
    Occurrence,
    PartyType,
    Source,
    State,
    StudyReason,
    Urgency,
    VerifyMethod,
)

ARRIVAL = (
    "received_on", "channel", "source", "network_kind", "receipt_method", "postmark_on", "material_count",
    "superior_ref_no", "superior_organ", "superior_deadline_on",
)  # fmt: skip
CLASSIFICATION = (
    "nature", "taxonomy_version", "occurrence", "repeat_group_id", "violations", "primary_violation",
    "themes", "oos_kinds", "has_oos_part", "oos_impact", "study_reasons", "urgency", "region_of_conduct",
    "conduct_on", "is_typical", "new_facts",
)  # fmt: skip
REPORTER = (
    "name_status", "reporter_count", "reporter_ref", "has_contact", "verify_method", "verified_by",
    "verified_on",
)  # fmt: skip
DESK = (
    "holder", "desk", "editors", "checked_by", "confirmed_by", "classified_version", "excluded_version",
)  # fmt: skip
UNCLASSIFIED: Mapping[str, object] = {
    **dict.fromkeys(CLASSIFICATION),
    **{name: [] for name in ("violations", "themes", "oos_kinds", "study_reasons")},
    **dict.fromkeys(("has_oos_part", "oos_impact", "is_typical", "new_facts"), False),
}


def changing_columns(report: Report) -> dict[str, object]:
    """The columns that entry, checks and corrections change."""
    elements = report.elements
    classified = elements.classification
    reporter = elements.reporter
    return {
        "holder": report.holder,
        "desk": report.desk.value,
        "editors": sorted(report.editors),
        "checked_by": report.checked_by,
        "confirmed_by": report.confirmed_by,
        "classified_version": report.classified_version,
        "excluded_version": report.excluded.version,
        **{name: getattr(elements.arrival, name) for name in ARRIVAL},
        "name_status": reporter.name_status.value,
        "reporter_count": reporter.count,
        "reporter_ref": reporter.ref,
        "has_contact": reporter.has_contact,
        "verify_method": reporter.verify_method,
        "verified_by": reporter.verified_by,
        "verified_on": reporter.verified_on,
        **(UNCLASSIFIED if classified is None else classification_columns(classified)),
    }


def classification_columns(classified: Classification) -> dict[str, object]:
    """A classification column by column; tuples as lists."""
    values = {name: getattr(classified, name) for name in CLASSIFICATION}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def classification_of(row: Mapping[str, Any]) -> Classification | None:
    """The classification in a row; None before one was entered."""
    if row["nature"] is None:
        return None
    return Classification(
        nature=Nature(row["nature"]),
        taxonomy_version=row["taxonomy_version"],
        occurrence=Occurrence(row["occurrence"]),
        repeat_group_id=row["repeat_group_id"],
        violations=tuple(row["violations"]),
        primary_violation=row["primary_violation"],
        themes=tuple(row["themes"]),
        oos_kinds=tuple(row["oos_kinds"]),
        has_oos_part=row["has_oos_part"],
        oos_impact=row["oos_impact"],
        study_reasons=tuple(StudyReason(reason) for reason in row["study_reasons"]),
        urgency=Urgency(row["urgency"]),
        region_of_conduct=row["region_of_conduct"],
        conduct_on=row["conduct_on"],
        is_typical=row["is_typical"],
        new_facts=row["new_facts"],
    )


def _arrival(row: Mapping[str, Any]) -> Arrival:
    values = {name: row[name] for name in ARRIVAL}
    return Arrival(**{**values, "channel": Channel(row["channel"]), "source": Source(row["source"])})


def _reporter(row: Mapping[str, Any]) -> Reporter:
    method = row["verify_method"]
    return Reporter(
        name_status=NameStatus(row["name_status"]),
        count=row["reporter_count"],
        ref=row["reporter_ref"],
        has_contact=row["has_contact"],
        verify_method=None if method is None else VerifyMethod(method),
        verified_by=row["verified_by"],
        verified_on=row["verified_on"],
    )


def party_of(row: Mapping[str, Any], details: Mapping[str, str]) -> ReportedParty:
    """A reported party from its row, what was sealed of it, and its links."""
    return ReportedParty(
        party=row["party_id"],
        party_type=PartyType(row["party_type"]),
        name=details.get("name", ""),
        post=details.get("post", ""),
        unit_name=details.get("unit_name", ""),
        unit=row["unit"],
        authority=Authority(row["authority"]),
        rank=row["rank"],
        is_unit_head=row["is_unit_head"],
        region=row["region"],
        is_party_member=row["is_party_member"],
        is_supervision_object=row["is_supervision_object"],
        is_own_staff=row["is_own_staff"],
        persons=tuple(row["persons"]),
        units=tuple(row["units"]),
    )


def report_of(
    row: Mapping[str, Any], content: Content, parties: tuple[ReportedParty, ...], excluded: Excluded
) -> Report:
    """The report as it stands."""
    return Report(
        id=UUID(str(row["report_id"])),
        organ=row["organ"],
        holder=row["holder"],
        synthetic=row["synthetic"],
        elements=Elements(_arrival(row), _reporter(row), content, classification_of(row), parties),
        editors=frozenset(row["editors"]),
        state=State(row["state"]),
        desk=Desk(row["desk"]),
        checked_by=row["checked_by"],
        confirmed_by=row["confirmed_by"],
        classified_version=row["classified_version"],
        imported=row["imported"],
        visit_id=row["visit_id"],
        first_received_on=row["first_received_on"],
        excluded=excluded,
        studied=row["studied"],
        frozen=row["frozen"],
        version=row["version"],
    )
