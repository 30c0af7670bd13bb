"""The interview record 接谈记录 and the other papers of a visit: free text and names, sealed when stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from services.reception.domain.values import Party, PartyType


class PaperKind(StrEnum):
    """What a paper of a visit is."""

    FORM = "FORM"
    RECORD = "RECORD"
    ANSWER = "ANSWER"
    OPINION = "OPINION"


@dataclass(frozen=True, slots=True)
class ReportedParty:
    """A reported party as the visitor told it; ``unit`` and ``person`` are directory ids."""

    party_type: PartyType
    name: str | None = None
    unit: str | None = None
    person: str | None = None
    post: str | None = None
    authority: str = "UNKNOWN"
    rank: str | None = None
    is_unit_head: bool = False
    region: str | None = None

    def picked(self) -> Party:
        """The party by its ids alone."""
        return Party(self.party_type, self.unit, self.person)


@dataclass(frozen=True, slots=True)
class Allegation:
    """One row for each thing alleged: who, what, when, where, how, evidence (PT09)."""

    what: str
    when: str | None = None
    where: str | None = None
    who: str | None = None
    amount: str | None = None
    evidence: str | None = None
    witness_hint: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """What was said in the talk."""

    title: str
    text: str
    allegations: tuple[Allegation, ...] = ()
    parties: tuple[ReportedParty, ...] = ()

    def texts(self) -> Iterator[str]:
        """Every piece of running text, for the gate."""
        yield from (self.title, self.text)
        for row in self.allegations:
            parts = (row.what, row.when, row.where, row.who, row.amount, row.evidence, row.witness_hint)
            yield from (part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise made to the visitor, with the day on which it is due and the seat that owes it (PT13)."""

    text: str
    due_on: str
    owner_seat: str
