"""What referral hears: tolerant models with only the fields that are used."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.chassis.calendar import local_day
from services.chassis.facts import Heard
from services.referral.application.when_case_accepted_conclude import Accepted
from services.referral.application.when_report_classified_open_triage import Classified
from services.referral.domain.exclusion import Excluded
from services.referral.domain.referral import Matter
from services.referral.domain.values import Authority, Nature, Occurrence, Party, PartyType

Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class Tolerant(BaseModel):
    """Fields nobody here uses are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    report_id: UUID
    organ: Id


class ReportedParty(BaseModel):
    """One reported party, by codes."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    party: UUID
    party_type: PartyType
    unit: Id | None = None
    authority: Authority = Authority.UNKNOWN
    rank: Code | None = None
    is_unit_head: bool = False
    region: Code | None = None

    def meant(self) -> Party:
        """The party as the domain knows it."""
        return Party(
            self.party, self.party_type, self.unit, self.authority, self.rank, self.is_unit_head, self.region
        )


class ReportClassified(Tolerant):
    """intake.report-classified.v1 and, with the same fields, intake.category-changed.v1."""

    synthetic: bool
    version: int = Field(ge=1)
    received_on: date
    channel: Code
    source: Code
    name_status: Code
    nature: Nature
    occurrence: Occurrence
    themes: list[Code] = []
    oos_kinds: list[Code] = []
    has_oos_part: bool = False
    oos_impact: bool = False
    study_reasons: list[Code] = []
    imported: bool = False
    parties: list[ReportedParty] = []

    def meant(self, fact: Heard) -> Classified:
        """What the reaction is told; the day is that of the fact, so that a replay says the same."""
        matter = Matter(
            received_on=self.received_on,
            channel=self.channel,
            source=self.source,
            name_status=self.name_status,
            nature=self.nature,
            occurrence=self.occurrence,
            parties=tuple(party.meant() for party in self.parties),
            themes=tuple(self.themes),
            oos_kinds=tuple(self.oos_kinds),
            oos_impact=self.oos_impact,
            study_reasons=tuple(self.study_reasons),
            has_oos_part=self.has_oos_part,
            imported=self.imported,
            synthetic=self.synthetic,
            version=self.version,
        )
        return Classified(self.report_id, self.organ, matter, fact.time, local_day(fact.time))


class ReportFrozen(Tolerant):
    """intake.report-frozen.v1."""


class ExclusionChanged(Tolerant):
    """intake.exclusion-changed.v1."""

    version: int = Field(ge=1)
    excluded_units: list[Id]
    excluded_seats: list[Id]
    excluded_officers: list[Id]

    def meant(self) -> Excluded:
        """The set as the domain knows it."""
        return Excluded(
            frozenset(self.excluded_units),
            frozenset(self.excluded_seats),
            frozenset(self.excluded_officers),
            self.version,
        )


class ResultSubmitted(Tolerant):
    """review.result-submitted.v1; ``organ`` is the one that assigned."""


class ResultWithdrawn(Tolerant):
    """review.result-withdrawn.v1."""


class CaseWithdrawn(Tolerant):
    """review.case-withdrawn.v1; ``reason`` is EXCLUDED or FROZEN."""

    handling_organ: Id
    reason: Code


class ResultReturned(Tolerant):
    """review.result-returned.v1."""

    back_to: Code


class CaseAccepted(Tolerant):
    """review.case-accepted.v1."""

    accepted_on: date
    substantiation: Code | None = None
    outcome: Code | None = None
    four_form: int | None = None

    def meant(self) -> Accepted:
        """What the reaction is told."""
        return Accepted(
            self.report_id,
            self.organ,
            self.accepted_on,
            self.substantiation,
            self.outcome,
            self.four_form,
        )


def heard_at(fact: Heard) -> tuple[datetime, date]:
    """When a fact was said, and the local day of it."""
    return fact.time, local_day(fact.time)
