"""The elements of standardised entry 信息录入要素, domain.md 6.1, and which of them are still missing."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.intake.domain.values import (
    Authority,
    Channel,
    NameStatus,
    Nature,
    Occurrence,
    PartyType,
    Source,
    StudyReason,
    Urgency,
    VerifyMethod,
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """How and when the material came; ``received_on`` starts all clocks."""

    received_on: date
    channel: Channel
    source: Source = Source.SELF_RECEIVED
    network_kind: str | None = None
    receipt_method: str | None = None
    postmark_on: date | None = None
    material_count: int = 1
    superior_ref_no: str | None = None
    superior_organ: str | None = None
    superior_deadline_on: date | None = None


@dataclass(frozen=True, slots=True)
class Reporter:
    """All that may be known of a reporter outside the vault; ``ref`` is the vault's random id."""

    name_status: NameStatus = NameStatus.ANONYMOUS
    count: int = 1
    ref: UUID | None = None
    has_contact: bool = False
    verify_method: VerifyMethod | None = None
    verified_by: str | None = None
    verified_on: date | None = None

    def put_anew(self, given: "Reporter") -> "Reporter":
        """What is known after an edit in which ``given`` was entered.

        Without another identity the reference stays, and how to reach the reporter with it; the officer who
        verified stays as long as the verification does. Of an anonymous reporter nothing is known.
        """
        if given.name_status is NameStatus.ANONYMOUS:
            return Reporter(count=given.count)
        if given.ref is not None:
            return given
        said = (self.verify_method, self.verified_on)
        stands = said == (given.verify_method, given.verified_on)
        return replace(
            given,
            ref=self.ref,
            has_contact=self.has_contact,
            verified_by=self.verified_by if stands else given.verified_by,
        )


@dataclass(frozen=True, slots=True)
class Allegation:
    """One row for each thing alleged: later each must be answered."""

    what: str
    when: str | None = None
    where: str | None = None
    who: str | None = None
    amount: str | None = None
    evidence: str | None = None
    witness_hint: str | None = None

    @property
    def is_concrete(self) -> bool:
        """Whether anything beside the bare claim is told."""
        return any((self.when, self.where, self.who, self.amount, self.evidence, self.witness_hint))


@dataclass(frozen=True, slots=True)
class Content:
    """All free text of a report; it is sealed before it reaches the database."""

    text: str
    title: str = ""
    summary: str = ""
    allegations: tuple[Allegation, ...] = ()
    keywords: tuple[str, ...] = ()
    other_violation: str | None = None
    earlier_reply: str | None = None

    def lines(self) -> Iterator[str]:
        """Every piece of running text, for the gate and for proposals."""
        yield from (self.title, self.summary, self.text)
        for row in self.allegations:
            parts = (row.what, row.when, row.where, row.who, row.amount, row.evidence, row.witness_hint)
            yield from (part for part in parts if part)
        yield from self.keywords
        yield from (part for part in (self.other_violation, self.earlier_reply) if part)


@dataclass(frozen=True, slots=True)
class Classification:
    """Codes only; what ``report-classified`` tells. ``violations`` are codes such as ``V3`` or ``V3-02``."""

    nature: Nature
    taxonomy_version: str
    occurrence: Occurrence = Occurrence.INITIAL
    repeat_group_id: UUID | None = None
    violations: tuple[str, ...] = ()
    primary_violation: str | None = None
    themes: tuple[str, ...] = ()
    oos_kinds: tuple[str, ...] = ()
    has_oos_part: bool = False
    oos_impact: bool = False
    study_reasons: tuple[StudyReason, ...] = ()
    urgency: Urgency = Urgency.NORMAL
    region_of_conduct: str | None = None
    conduct_on: date | None = None
    is_typical: bool = False
    new_facts: bool = False


@dataclass(frozen=True, slots=True)
class ReportedParty:
    """One reported party of one report.

    ``unit`` is a directory id; ``name``, ``post`` and ``unit_name`` are sealed. ``persons`` and ``units`` are
    the directory entries the party register links the party to. ``from_register``: the clerk picked ``party``
    there; ``namesake``: an equal name is another's.
    """

    party: UUID
    party_type: PartyType
    name: str = ""
    post: str = ""
    unit_name: str = ""
    unit: str | None = None
    authority: Authority = Authority.UNKNOWN
    rank: str | None = None
    is_unit_head: bool = False
    region: str | None = None
    is_party_member: bool | None = None
    is_supervision_object: bool | None = None
    is_own_staff: bool | None = None
    persons: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    from_register: bool = False
    namesake: bool = False


@dataclass(frozen=True, slots=True)
class Elements:
    """Everything entered about one report, as it stands."""

    arrival: Arrival
    reporter: Reporter
    content: Content
    classification: Classification | None = None
    parties: tuple[ReportedParty, ...] = ()


def missing(elements: Elements, today: date) -> tuple[str, ...]:
    """The names of elements that are missing or contradict each other; empty when entry is complete.

    Source: domain.md 6.1 and the automatic checks of 6.2.
    """
    return (*_of_arrival(elements, today), *_of_content(elements), *_of_reporter(elements.reporter, today))


def _of_arrival(elements: Elements, today: date) -> Iterator[str]:
    arrival = elements.arrival
    if arrival.received_on > today:
        yield "received_on"
    if arrival.postmark_on is not None and arrival.postmark_on > arrival.received_on:
        yield "postmark_on"
    from_above = {Source.SUPERIOR_TRANSFER, Source.SUPERIOR_ASSIGNMENT}
    if arrival.source in from_above and arrival.superior_organ is None:
        yield "superior_organ"


def _of_content(elements: Elements) -> Iterator[str]:
    content, classified = elements.content, elements.classification
    if not content.title:
        yield "title"
    if not content.summary:
        yield "summary"
    if classified is None:
        yield "nature"
        return
    if classified.conduct_on is not None and classified.conduct_on > elements.arrival.received_on:
        yield "conduct_on"
    if classified.nature is Nature.ACCUSATION:
        yield from _of_accusation(elements, classified)
    if classified.nature is Nature.OUT_OF_SCOPE and not classified.oos_kinds:
        yield "oos_kinds"
    if any(code.endswith("-99") for code in classified.violations) and not content.other_violation:
        yield "other_violation"


def _of_accusation(elements: Elements, classified: Classification) -> Iterator[str]:
    if not any(row.is_concrete for row in elements.content.allegations):
        yield "allegations"
    if not classified.violations:
        yield "violations"
    if not elements.parties:
        yield "parties"


def _of_reporter(reporter: Reporter, today: date) -> Iterator[str]:
    if reporter.count < 1:
        yield "reporter_count"
    if reporter.name_status is NameStatus.ANONYMOUS:
        return
    if reporter.ref is None:
        yield "reporter"
    if reporter.name_status is NameStatus.REAL_NAME:
        if not reporter.has_contact:
            yield "phone"
        if reporter.verify_method is None or reporter.verified_by is None:
            yield "verify_method"
        if reporter.verified_on is None or reporter.verified_on > today:
            yield "verified_on"
