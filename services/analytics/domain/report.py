"""What the figures know of one report: a pure fold over its facts.

``fold(state, fact) -> state`` is total: it refuses nothing, since the owners have judged; it counts.
A part is (report, organ); a receipt 件次 is one line of one organ's register.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from uuid import UUID

from services.analytics.domain.facts import (
    Arrival,
    Classification,
    Classified,
    Frozen,
    Moved,
    Noted,
    Registered,
    ReportFact,
)
from services.analytics.domain.values import LEADS_TO, Act, ReceiptKind, State


@dataclass(frozen=True, slots=True)
class Receipt:
    """One receipt as it stands now; ``arrival`` follows the corrections of its part."""

    report_no: str
    kind: ReceiptKind
    registered_on: date
    arrival: Arrival
    visit_id: UUID | None


@dataclass(frozen=True, slots=True)
class Passage:
    """One transition of a part; ``on`` is never before the passage in front of it."""

    act: Act
    from_state: State | None
    to_state: State
    on: date


@dataclass(frozen=True, slots=True)
class Part:
    """What one organ has of the report; without ``state`` it holds receipts of an assignment only."""

    receipts: tuple[Receipt, ...] = ()
    classification: Classification | None = None
    version: int = 0
    state: State | None = None
    passages: tuple[Passage, ...] = ()

    def passed(self, act: Act, on: date) -> "Part":
        """The part after an act; its day is moved up where the clocks of two services disagree."""
        day = max(on, self.passages[-1].on) if self.passages else on
        passages = (*self.passages, Passage(act, self.state, LEADS_TO[act], day))
        return Part(self.receipts, self.classification, self.version, LEADS_TO[act], passages)

    def received(self, fact: Registered) -> "Part":
        """The part with one more receipt; the same receipt told twice is there once."""
        receipt = Receipt(fact.report_no, fact.kind, fact.on, fact.arrival, fact.visit_id)
        if any(known.report_no == fact.report_no for known in self.receipts):
            return self
        receipts = (*self.receipts, receipt)
        return Part(receipts, self.classification, self.version, self.state, self.passages)

    def classified(self, fact: Classified) -> "Part":
        """The part with its category; what is older than the one it has changes nothing."""
        if fact.version <= self.version:
            return self
        receipts = list(self.receipts)
        for index in range(len(receipts) - 1, -1, -1):
            if receipts[index].kind is not ReceiptKind.ASSIGNMENT_RECEIPT:
                receipts[index] = replace(receipts[index], arrival=fact.arrival)
                break
        return Part(tuple(receipts), fact.classification, fact.version, self.state, self.passages)


@dataclass(frozen=True, slots=True)
class Figures:
    """All parts of one report; ``assigners`` maps an organ to the one that assigned to it."""

    parts: Mapping[str, Part] = field(default_factory=lambda: MappingProxyType({}))
    assigners: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    frozen: bool = False

    def part(self, organ: str) -> Part:
        """The part of an organ, empty when it has none."""
        return self.parts.get(organ, Part())

    def with_part(self, organ: str, part: Part) -> "Figures":
        """The report with that part in place."""
        return Figures(MappingProxyType({**self.parts, organ: part}), self.assigners, self.frozen)

    def classification_at(self, organ: str) -> Classification | None:
        """The category by which an organ's receipts are counted.

        A receipt of an assignment opens no part and is not classified anew: it is counted as the organ
        that assigned classified the report.
        """
        own = self.part(organ).classification
        if own is not None or organ not in self.assigners:
            return own
        return self.part(self.assigners[organ]).classification


def fold(state: Figures, fact: ReportFact) -> Figures:
    """What the figures know after one more fact."""
    part = state.part(fact.organ)
    match fact:
        case Registered():
            part = part.received(fact)
            if fact.kind is not ReceiptKind.ASSIGNMENT_RECEIPT and part.state is None:
                part = part.passed(Act.REGISTER, fact.on)
            return state.with_part(fact.organ, part)
        case Classified():
            part = part.classified(fact)
            if part.state is State.REGISTERED:
                part = part.passed(Act.CLASSIFY, fact.on)
            return state.with_part(fact.organ, part)
        case Moved():
            if fact.act is Act.ASSIGN and fact.target_organ is not None:
                assigners = MappingProxyType({**state.assigners, fact.target_organ: fact.organ})
                state = replace(state, assigners=assigners)
            return state.with_part(fact.organ, part.passed(fact.act, fact.on))
        case Frozen():
            return replace(state, frozen=True)
        case Noted():
            return state


def fold_all(facts: Iterable[ReportFact]) -> Figures:
    """The figures of a report after all its facts, in their order."""
    state = Figures()
    for fact in facts:
        state = fold(state, fact)
    return state
