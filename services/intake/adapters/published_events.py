"""What leaves intake: domain events as facts, with ids and codes only."""

from uuid import UUID

from services.chassis.facts import Fact
from services.intake.domain.elements import ReportedParty
from services.intake.domain.events import (
    CategoryChanged,
    Event,
    ExclusionChanged,
    ReportClassified,
    ReportFrozen,
    ReportRegistered,
)
from services.intake.domain.taxonomy import with_primary

TOPIC = "petition.intake.reports.v1"
EXCLUSIONS = "petition.intake.exclusions.v1"


def publish(event: Event) -> Fact:
    """The fact to put into the outbox; its key keeps one report's facts in order."""
    data: dict[str, object] = {
        "report_id": str(event.report_id),
        "organ": event.organ,
        "synthetic": event.synthetic,
    }
    match event:
        case ReportRegistered():
            return _fact(event, "report-registered", data | _registered(event))
        case ReportClassified():
            return _fact(event, "report-classified", data | _classified(event))
        case CategoryChanged(changed_on=day, reason_code=reason):
            changed = {"changed_on": day.isoformat(), "reason_code": reason}
            return _fact(event, "category-changed", data | _classified(event) | changed)
        case ReportFrozen():
            return _fact(event, "report-frozen", data)
        case ExclusionChanged(excluded=excluded):
            told = {
                "version": excluded.version,
                "excluded_units": sorted(excluded.units),
                "excluded_seats": sorted(excluded.seats),
                "excluded_officers": sorted(excluded.officers),
            }
            subject = str(event.report_id)
            type_ = "intake.exclusion-changed.v1"
            return Fact(EXCLUSIONS, subject, subject, type_, data | told, compacted=True)


def _fact(event: Event, name: str, data: dict[str, object]) -> Fact:
    subject = str(event.report_id)
    return Fact(TOPIC, subject, subject, f"intake.{name}.v1", data)


def _registered(event: ReportRegistered) -> dict[str, object]:
    data: dict[str, object] = {
        "report_no": event.report_no,
        "kind": event.kind.value,
        "received_on": event.received_on.isoformat(),
        "registered_on": event.registered_on.isoformat(),
        "channel": event.channel.value,
        "source": event.source.value,
        "name_status": event.name_status.value,
        "reporter_count": event.reporter_count,
        "imported": event.imported,
    }
    return data | _given(visit_id=event.visit_id)


def _classified(event: ReportClassified | CategoryChanged) -> dict[str, object]:
    kept = event.classification
    data: dict[str, object] = {
        "version": event.version,
        "received_on": event.arrival.received_on.isoformat(),
        "channel": event.arrival.channel.value,
        "source": event.arrival.source.value,
        "name_status": event.reporter.name_status.value,
        "reporter_count": event.reporter.count,
        "nature": kept.nature.value,
        "occurrence": kept.occurrence.value,
        "violations": list(kept.violations),
        "themes": list(kept.themes),
        "oos_kinds": list(kept.oos_kinds),
        "has_oos_part": kept.has_oos_part,
        "oos_impact": kept.oos_impact,
        "study_reasons": [reason.value for reason in kept.study_reasons],
        "urgency": kept.urgency.value,
        "taxonomy_version": kept.taxonomy_version,
        "imported": event.imported,
        "parties": [_party(party) for party in event.parties],
    }
    return data | _given(
        repeat_group_id=kept.repeat_group_id,
        primary_violation=with_primary(kept),
        region_of_conduct=kept.region_of_conduct,
        conduct_on=kept.conduct_on,
    )


def _party(party: ReportedParty) -> dict[str, object]:
    data: dict[str, object] = {
        "party": str(party.party),
        "party_type": party.party_type.value,
        "authority": party.authority.value,
        "is_unit_head": party.is_unit_head,
    }
    return data | _given(unit=party.unit, rank=party.rank, region=party.region)


def _given(**fields: object) -> dict[str, object]:
    """The fields that have a value, ids and days as text."""
    return {
        name: str(value) if isinstance(value, UUID) or hasattr(value, "isoformat") else value
        for name, value in fields.items()
        if value is not None
    }
