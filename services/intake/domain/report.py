"""A report at the entry desk: entered, complete, checked by a second person, confirmed, corrected, frozen."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.intake.domain.elements import Classification, Content, Elements, ReportedParty, missing
from services.intake.domain.errors import (
    ElementsMissing,
    IllegalStep,
    NothingCorrected,
    ReportChanged,
    SecondPersonNeeded,
    StudyNeeded,
)
from services.intake.domain.events import (
    CategoryChanged,
    Event,
    ExclusionChanged,
    ReportClassified,
    ReportFrozen,
    ReportRegistered,
)
from services.intake.domain.exclusion import Excluded
from services.intake.domain.lifecycle import NEXT, Step
from services.intake.domain.numbers import ReportNumber
from services.intake.domain.values import Channel, Desk, Nature, ReceiptKind, Source, State

NOBODY = Excluded()
"""The excluded set of a report that names nobody the directory knows."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """One receipt 件次 of an organ on a report, with its number."""

    report_id: UUID
    organ: str
    kind: ReceiptKind
    number: ReportNumber
    received_on: date
    registered_on: date
    channel: Channel
    source: Source


@dataclass(frozen=True, slots=True)
class Passage:
    """One transition of the holder's part that was made and not yet written to the log."""

    from_state: State | None
    to_state: State


@dataclass(frozen=True, slots=True)
class Correction:
    """A change asked for after CONFIRMED; ``by`` is the editor, another person approves it."""

    id: UUID
    by: str
    reason_code: str
    content: Content
    classification: Classification


@dataclass(frozen=True, slots=True)
class Report:
    """A report at one moment; every change makes a new one.

    ``organ`` registered it first, ``holder`` holds its open part, ``state`` is that part's. ``editors`` are
    all who entered or edited what now stands. ``classified_version`` counts what was told of the
    classification from 1; ``version`` counts the saved states from 1, and 0 was never saved. ``studied``
    says whether a study meeting looked at it. The holder's own day of receipt stands in ``elements``; that of
    the first receipt is ``first_received_on``, None when it is the same.
    """

    id: UUID
    organ: str
    holder: str
    synthetic: bool
    elements: Elements
    editors: frozenset[str]
    state: State = State.REGISTERED
    desk: Desk = Desk.DRAFT
    checked_by: str | None = None
    confirmed_by: str | None = None
    classified_version: int = 0
    imported: bool = False
    visit_id: UUID | None = None
    first_received_on: date | None = None
    excluded: Excluded = NOBODY
    studied: bool = False
    frozen: bool = False
    version: int = 0
    passages: tuple[Passage, ...] = ()

    def expect(self, version: int | None) -> None:
        """Raise ReportChanged when the version asked for is not the present one; None asks for none."""
        if version is not None and version != self.version:
            raise ReportChanged

    def edit(self, elements: Elements, editor: str) -> "Report":
        """Put other elements; the checks begin anew. Raises IllegalStep after CONFIRMED."""
        desk = self._next(Step.EDIT)
        return replace(self, elements=elements, desk=desk, editors=self.editors | {editor}, checked_by=None)

    def complete(self, today: date) -> "Report":
        """Declare the elements complete. Raises IllegalStep, ElementsMissing."""
        desk = self._next(Step.COMPLETE)
        names = missing(self.elements, today)
        if names:
            raise ElementsMissing(names)
        return replace(self, desk=desk)

    def check(self, officer: str) -> "Report":
        """Check by a second person. Raises IllegalStep, SecondPersonNeeded."""
        desk = self._next(Step.CHECK)
        if officer in self.editors:
            raise SecondPersonNeeded
        return replace(self, desk=desk, checked_by=officer)

    def confirm(self, officer: str) -> tuple["Report", list[Event]]:
        """Confirm what was checked (T4); returns the report and what follows from it.

        Raises IllegalStep, SecondPersonNeeded.
        """
        desk = self._next(Step.CONFIRM)
        if officer in self.editors:
            raise SecondPersonNeeded
        confirmed = replace(self, desk=desk, confirmed_by=officer)._classified()
        return confirmed, [confirmed.classified()]

    def confirmed_on_paper(self, first: str, second: str) -> "Report":
        """An imported report whose classification two officers confirmed on paper before."""
        if first == second or self.elements.classification is None:
            raise SecondPersonNeeded
        return replace(self, desk=Desk.CONFIRMED, checked_by=first, confirmed_by=second)._classified()

    def correct(self, correction: Correction, approver: str, today: date) -> tuple["Report", list[Event]]:
        """Let an approved correction take effect (T31); a new version with its reason.

        Raises IllegalStep before CONFIRMED, SecondPersonNeeded, StudyNeeded, NothingCorrected,
        ElementsMissing.
        """
        before = self.elements.classification
        if self.desk is not Desk.CONFIRMED or before is None:
            raise IllegalStep
        if approver == correction.by:
            raise SecondPersonNeeded
        if leaves_accusation(before, correction.classification) and not self.studied:
            raise StudyNeeded
        elements = replace(
            self.elements, content=correction.content, classification=correction.classification
        )
        if elements == self.elements:
            raise NothingCorrected
        names = missing(elements, today)
        if names:
            raise ElementsMissing(names)
        corrected = replace(self, elements=elements, editors=self.editors | {correction.by})
        if correction.classification == before:
            return corrected, []
        corrected = replace(corrected, classified_version=self.classified_version + 1)
        return corrected, [corrected.category_changed(today, correction.reason_code)]

    def with_party(
        self, party: ReportedParty, excluded: Excluded, officer: str, today: date
    ) -> tuple["Report", list[Event]]:
        """Add a party, or put one anew that stands already; its exclusion is told with the same commit."""
        others = tuple(p for p in self.elements.parties if p.party != party.party)
        elements = replace(self.elements, parties=(*others, party))
        after = replace(self, elements=elements)
        if self.desk is Desk.CONFIRMED:
            after = replace(after, classified_version=self.classified_version + 1)
            said: list[Event] = [after.category_changed(today, "PARTY_CHANGED")]
        else:
            after, said = after.edit(elements, officer), []
        after, told = after.exclude(excluded)
        return after, [*said, *told]

    def exclude(self, excluded: Excluded) -> tuple["Report", list[Event]]:
        """Take an excluded set that was computed; says so when it differs from the one that stands."""
        now = self.excluded
        if (excluded.units, excluded.seats, excluded.officers) == (now.units, now.seats, now.officers):
            return self, []
        after = replace(self, excluded=replace(excluded, version=now.version + 1))
        return after, [after.exclusion_told()]

    def exclusion_told(self) -> ExclusionChanged:
        """The excluded set as it now stands."""
        return ExclusionChanged(self.id, self.organ, self.synthetic, self.excluded)

    def freeze(self) -> tuple["Report", list[Event]]:
        """Freeze what turned out to be of superior level (T32 begins); nothing when it is frozen already."""
        if self.frozen:
            return self, []
        passage = Passage(self.state, State.FROZEN)
        frozen = replace(self, frozen=True, state=State.FROZEN, passages=(*self.passages, passage))
        return frozen, [ReportFrozen(self.id, self.holder, self.synthetic)]

    def registered(self, receipt: Receipt) -> ReportRegistered:
        """The fact of a receipt on this report."""
        reporter = self.elements.reporter
        return ReportRegistered(
            self.id,
            receipt.organ,
            self.synthetic,
            str(receipt.number),
            receipt.kind,
            receipt.received_on,
            receipt.registered_on,
            receipt.channel,
            receipt.source,
            reporter.name_status,
            reporter.count,
            self.imported,
            self.visit_id,
        )

    def handed_over(self, holder: str, received_on: date) -> "Report":
        """The report in the hands of the organ that signed for its transfer, as that organ received it."""
        arrival = replace(
            self.elements.arrival,
            received_on=received_on,
            source=Source.SUPERIOR_TRANSFER,
            superior_organ=self.holder,
        )
        first = self.first_received_on or self.elements.arrival.received_on
        return replace(
            self,
            holder=holder,
            elements=replace(self.elements, arrival=arrival),
            first_received_on=first,
            state=State.UNDER_TRIAGE,
        )

    def classified(self) -> ReportClassified:
        """The classification as it now stands, for the holder's part. Raises IllegalStep before CONFIRMED."""
        if self.elements.classification is None or self.classified_version == 0:
            raise IllegalStep
        return ReportClassified(
            self.id,
            self.holder,
            self.synthetic,
            self.classified_version,
            self.elements.arrival,
            self.elements.reporter,
            self.elements.classification,
            self.elements.parties,
            self.imported,
        )

    def category_changed(self, today: date, reason_code: str) -> CategoryChanged:
        """The classification as it now stands, told as a change."""
        fact = self.classified()
        return CategoryChanged(
            fact.report_id,
            fact.organ,
            fact.synthetic,
            fact.version,
            fact.arrival,
            fact.reporter,
            fact.classification,
            fact.parties,
            fact.imported,
            today,
            reason_code,
        )

    def _classified(self) -> "Report":
        passage = Passage(self.state, State.UNDER_TRIAGE)
        return replace(
            self, classified_version=1, state=State.UNDER_TRIAGE, passages=(*self.passages, passage)
        )

    def _next(self, step: Step) -> Desk:
        if (self.desk, step) not in NEXT:
            raise IllegalStep(f"{self.desk}: {step}")
        return NEXT[self.desk, step]


def leaves_accusation(before: Classification, after: Classification) -> bool:
    """Whether an accusation would become something else, for which a study meeting is needed."""
    return before.nature is Nature.ACCUSATION and after.nature is not Nature.ACCUSATION
