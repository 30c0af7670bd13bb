"""What is heard, read tolerantly: the fields that figures need, and what each fact means to the fold."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.analytics.domain.facts import (
    Arrival,
    Classification,
    Classified,
    Frozen,
    Moved,
    Noted,
    Registered,
    ReportedParty,
    ReportFact,
)
from services.analytics.domain.values import Act, ReceiptKind


class Tolerant(BaseModel):
    """Reads what it needs and leaves the rest."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class OfReport(Tolerant):
    """A fact about a report that only stands in its timeline."""

    report_id: UUID
    organ: str = Field(min_length=1, max_length=64)

    def meaning(self, said_on: date) -> ReportFact:
        """What the fold makes of it; ``said_on`` is the local day on which it was said."""
        return Noted(self.organ, said_on)


class _WithArrival(OfReport):
    received_on: date
    channel: str
    source: str
    name_status: str
    reporter_count: int

    def arrival(self) -> Arrival:
        return Arrival(self.received_on, self.channel, self.source, self.name_status, self.reporter_count)


class ReportRegistered(_WithArrival):
    """A receipt 件次."""

    report_no: str
    kind: ReceiptKind
    registered_on: date
    visit_id: UUID | None = None

    def meaning(self, said_on: date) -> ReportFact:  # noqa: ARG002 - the fact has a day of its own
        """A receipt on the day of its registration."""
        return Registered(
            self.organ, self.registered_on, self.report_no, self.kind, self.arrival(), self.visit_id
        )


class Party(Tolerant):
    """A reported party, as far as statistics count it."""

    rank: str | None = None
    is_unit_head: bool


class ReportClassified(_WithArrival):
    """The category as confirmed."""

    version: int
    nature: str
    occurrence: str
    violations: tuple[str, ...]
    themes: tuple[str, ...]
    region_of_conduct: str | None = None
    taxonomy_version: str
    parties: tuple[Party, ...]

    def meaning(self, said_on: date) -> ReportFact:
        """A category from the day on which it was said."""
        parties = tuple(ReportedParty(party.rank, party.is_unit_head) for party in self.parties)
        classification = Classification(
            self.nature,
            self.occurrence,
            self.violations,
            self.themes,
            parties,
            self.region_of_conduct,
            self.taxonomy_version,
        )
        return Classified(self.organ, said_on, self.version, self.arrival(), classification)


class ReportLeftFigures(OfReport):
    """Frozen, or suspected to be of superior level: nothing may be counted from here on."""

    def meaning(self, said_on: date) -> ReportFact:
        """It leaves every figure."""
        return Frozen(self.organ, said_on)


class PartMoved(OfReport):
    """A fact that moves a part by one act, always the same."""

    act: ClassVar[Act]

    def meaning(self, said_on: date) -> ReportFact:
        """The act on the day on which it was said."""
        return Moved(self.organ, said_on, self.act)


class QueuedForStudy(PartMoved):
    """T5."""

    act = Act.QUEUE


class Accepted(PartMoved):
    """T6."""

    act = Act.ACCEPT


class MovedToUnit(PartMoved):
    """T7."""

    act = Act.MOVE


class Transferred(PartMoved):
    """T10."""

    act = Act.TRANSFER


class Advised(PartMoved):
    """T12 by visit, phone or network."""

    act = Act.ADVISE


class Forwarded(PartMoved):
    """T12 by letter."""

    act = Act.FORWARD


class AppealRouted(PartMoved):
    """T14."""

    act = Act.APPEAL


class SuggestionFiled(PartMoved):
    """T14."""

    act = Act.SUGGEST


class DisposalDecided(PartMoved):
    """T17."""

    act = Act.DECIDE_DISPOSAL


class ResultWithdrawn(PartMoved):
    """The submitter took the result back: a return to the submitter like T26."""

    act = Act.RETURN_RESULT


class TransferSignedFor(OfReport):
    """T10a; it ends the part of the organ that sent."""

    from_organ: str
    signed_on: date

    def meaning(self, said_on: date) -> ReportFact:  # noqa: ARG002 - the fact has a day of its own
        """The sender's part ends on the day of the signature."""
        return Moved(self.from_organ, self.signed_on, Act.SIGN_TRANSFER)


class Assigned(OfReport):
    """T11."""

    target_organ: str
    assigned_on: date

    def meaning(self, said_on: date) -> ReportFact:  # noqa: ARG002 - the fact has a day of its own
        """The assignment, with the organ whose receipt it explains."""
        return Moved(self.organ, self.assigned_on, Act.ASSIGN, self.target_organ)


class Returned(OfReport):
    """T15 or T10b."""

    returned_by: str

    def meaning(self, said_on: date) -> ReportFact:
        """Back from the handler, or a transfer refused by the lower organ."""
        refused = self.returned_by == "LOWER_ORGAN"
        return Moved(self.organ, said_on, Act.REFUSE_TRANSFER if refused else Act.RETURN)


class Retained(OfReport):
    """T8 or T9."""

    kind: str

    def meaning(self, said_on: date) -> ReportFact:
        """Kept as a repeat or for lack of substance."""
        repeat = self.kind == "REPEAT"
        return Moved(self.organ, said_on, Act.RETAIN_REPEAT if repeat else Act.RETAIN_NO_SUBSTANCE)


class Concluded(OfReport):
    """T20, T22, T25."""

    concluded_on: date

    def meaning(self, said_on: date) -> ReportFact:  # noqa: ARG002 - the fact has a day of its own
        """Handled to an end."""
        return Moved(self.organ, self.concluded_on, Act.CONCLUDE)


class RoutingWithdrawn(OfReport):
    """T33, or what a freeze closes."""

    reason: str

    def meaning(self, said_on: date) -> ReportFact:
        """Back to triage; a freeze tells of itself."""
        if self.reason == "FROZEN":
            return Noted(self.organ, said_on)
        return Moved(self.organ, said_on, Act.WITHDRAW)


class ResultSubmitted(OfReport):
    """T24."""

    submitted_on: date

    def meaning(self, said_on: date) -> ReportFact:  # noqa: ARG002 - the fact has a day of its own
        """Under audit."""
        return Moved(self.organ, self.submitted_on, Act.SUBMIT_RESULT)


class ResultReturned(OfReport):
    """T26."""

    back_to: str

    def meaning(self, said_on: date) -> ReportFact:
        """Back to the submitter; a return within the rounds moves nothing here."""
        if self.back_to == "SUPPLEMENTING":
            return Moved(self.organ, said_on, Act.RETURN_RESULT)
        return Noted(self.organ, said_on)
