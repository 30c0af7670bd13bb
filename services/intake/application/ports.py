"""What a use case sees of one transaction; adapters/work.py fulfils it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.intake.domain.directory import Directory
from services.intake.domain.elements import ReportedParty
from services.intake.domain.events import Event
from services.intake.domain.gate import PostPhrases
from services.intake.domain.proposals import Phrases
from services.intake.domain.report import Correction, Receipt, Report
from services.intake.domain.taxonomy import Taxonomy
from services.intake.domain.values import ReceiptKind, State


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as the token says: a person's id, the organ, the seats held."""

    id: str
    organ: str
    seats: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Moment:
    """When an act is: the instant in UTC and the local day in Asia/Shanghai."""

    at: datetime
    today: date


@dataclass(frozen=True, slots=True)
class Rules:
    """The rule tables a use case judges by; read once at the start of the process."""

    taxonomy: Taxonomy
    posts: PostPhrases
    phrases: Phrases
    ranks: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """A part (report, organ) as the facts of others move it; ``assigned`` once it was ever assigned."""

    report_id: UUID
    organ: str
    state: State
    synthetic: bool
    assigned: bool = False


@dataclass(frozen=True, slots=True)
class VisitItem:
    """A signed-off visit that waits for its record; ``held`` says what a person must answer first."""

    visit_id: UUID
    report_id: UUID
    organ: str
    received_on: date
    synthetic: bool
    second_no: bool = False
    held: str | None = None


class Reports(Protocol):
    """The reports on file."""

    async def get(self, report_id: UUID, organ: str | None) -> Report:
        """The report with everything entered, locked, as its holder ``organ`` acts on it.

        None stands for whoever holds it. Raises ReportUnknown.
        """

    async def look_at(self, report_id: UUID, organ: str) -> Report:
        """The same without a lock, to judge by reading what a write would do. Raises ReportUnknown."""

    async def see(self, report_id: UUID, organ: str) -> Report:
        """The report for an organ that holds it or has a receipt on it; holds nobody up.

        Raises ReportUnknown.
        """

    async def frozen_by(self, report_id: UUID, actor: str) -> bool:
        """Whether the report is frozen, and by this actor."""

    async def add_many(self, reports: Sequence[Report], actor: str, at: datetime) -> None:
        """Write new reports with their parts and parties in few statements."""

    async def save(self, report: Report, actor: str, at: datetime, reason_code: str | None = None) -> None:
        """Write a changed report. Raises ReportChanged."""

    async def freeze(self, report: Report, actor: str, at: datetime) -> None:
        """Hide a report from everyone; the last statement about it in a transaction."""

    async def put_exclusions(self, reports: Sequence[Report]) -> None:
        """Write the excluded sets of these reports; hides them from the excluded at once."""

    async def note_studied(self, report_id: UUID) -> None:
        """Note that a study meeting decided on the report."""

    async def hand_over(self, report: Report) -> None:
        """Its new holder holds the report from now on, as that organ received it."""


class Parts(Protocol):
    """The parts, as the facts of others move them."""

    async def get(self, report_id: UUID, organ: str) -> Part:
        """The part, locked. Raises PremiseMissing."""

    async def move(self, part: Part, to: State, at: datetime, by: str) -> None:
        """Write the new state and the transition; nothing when it stands there already or is frozen."""

    async def open(self, part: Part, at: datetime, by: str) -> None:
        """Open a part."""


class Receipts(Protocol):
    """Receipts and the numbers they take."""

    async def next_numbers(self, wanted: Mapping[tuple[str, int], int]) -> dict[tuple[str, int], int]:
        """Reserve ``wanted`` serials by (organ, year) under a row lock; returns the first of each.

        Taken last in a transaction, so that the lock is short; a roll-back gives the numbers back.
        """

    async def add_many(self, receipts: Sequence[Receipt]) -> None:
        """Write receipts."""

    async def has(self, report_id: UUID, organ: str, kind: ReceiptKind) -> bool:
        """Whether the organ has a receipt of that kind on the report."""


class Corrections(Protocol):
    """Corrections that wait for a second person."""

    async def add(self, report_id: UUID, correction: Correction, at: datetime) -> None:
        """Keep a correction, its text sealed."""

    async def take(self, report_id: UUID, correction_id: UUID) -> Correction:
        """The one that waits, locked. Raises CorrectionUnknown."""

    async def close(self, correction_id: UUID, approver: str, at: datetime) -> None:
        """It took effect."""


class Parties(Protocol):
    """The party register 被反映人登记."""

    async def match_many(self, parties: Sequence[ReportedParty], organ: str) -> list[ReportedParty]:
        """Each with the id and links of the register, if it knows the party; reads only.

        The id given is looked up, else an equal folded name in the same unit is the same party; a party
        without a unit is never taken for another, since namesakes stay apart until a person joins them.
        Raises PartyUnknown for a given id of another organ.
        """

    async def enter_many(self, parties: Sequence[ReportedParty], organ: str, at: datetime, by: str) -> None:
        """Enter those the register does not know, with their names sealed, and every link not there yet."""

    async def get(self, party_id: UUID) -> ReportedParty:
        """A party as the register knows it. Raises PartyUnknown."""

    async def link(self, party_id: UUID, kind: str, entry_id: str, by: str, at: datetime) -> None:
        """Link a party to a directory person or unit; a second time nothing happens."""

    async def unlink(self, party_id: UUID, kind: str, entry_id: str, by: str, at: datetime) -> None:
        """End a link; its history stays. Raises LinkUnknown."""

    async def add_alias(self, party_id: UUID, alias: str, by: str, at: datetime) -> None:
        """Another name of the same party, sealed and indexed."""

    async def reports_of(self, party_id: UUID) -> list[UUID]:
        """The reports that name the party."""


class Entries(Protocol):
    """Intake's copy of the directory."""

    async def on(self, day: date) -> Directory:
        """Everything as it stood on ``day``."""

    async def put(
        self, kind: str, id_: str, organ: str | None, state: Mapping[str, object], effective_on: date
    ) -> None:
        """Keep a version of an entry, and note that excluded sets are due to be computed anew."""


class Visits(Protocol):
    """Signed-off visits on their way into the register."""

    async def add(self, item: VisitItem, at: datetime) -> bool:
        """Keep an item; False when it is here already."""

    async def get(self, visit_id: UUID) -> VisitItem:
        """The item that waits, locked. Raises VisitUnknown."""

    async def answer(self, visit_id: UUID, officer: str) -> None:
        """A person said the second no."""

    async def hold(self, visit_id: UUID, reason: str) -> None:
        """It cannot be registered without a person."""

    async def registered(self, visit_id: UUID, at: datetime) -> None:
        """It stands in the register."""


class Identities(Protocol):
    """References to the vault that are to be confirmed there once the report that names them is committed."""

    async def name(self, references: Sequence[tuple[UUID, UUID]], organ: str, at: datetime) -> None:
        """Note (reporter_ref, report_id) pairs."""


class Clocks(Protocol):
    """Statutory clocks by rule id and entity."""

    async def start(self, rule_id: str, entity_id: str, organ: str, started_on: date) -> object:
        """Start a clock; a second start is ignored."""

    async def meet(self, rule_id: str, entity_id: str, on: date) -> None:
        """The duty was done; nothing when no such clock runs."""

    async def waive(self, rule_id: str, entity_id: str) -> None:
        """The duty fell away; nothing when no such clock runs."""


class Outbox(Protocol):
    """Facts to say with the commit."""

    async def add(self, events: Iterable[Event]) -> None:
        """Say what happened."""


class AuditTrail(Protocol):
    """The append-only trail."""

    async def note(self, action: str, entity: str, entity_id: str, **codes: str | int | bool | None) -> None:
        """Record one act."""


class Unit(Protocol):
    """One transaction."""

    @property
    def reports(self) -> Reports: ...
    @property
    def parts(self) -> Parts: ...
    @property
    def receipts(self) -> Receipts: ...
    @property
    def corrections(self) -> Corrections: ...
    @property
    def parties(self) -> Parties: ...
    @property
    def entries(self) -> Entries: ...
    @property
    def visits(self) -> Visits: ...
    @property
    def identities(self) -> Identities: ...
    @property
    def clocks(self) -> Clocks: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def audit(self) -> AuditTrail: ...
    @property
    def rules(self) -> Rules: ...
