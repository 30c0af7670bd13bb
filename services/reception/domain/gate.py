"""The superior-level gate 上级管理干部问题, domain.md 8.4: nothing of such a talk is ever written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from services.reception.domain.directory import Directory, Organ
from services.reception.domain.errors import GateUnanswered, OrganUnknown, SuperiorLevelParty
from services.reception.domain.record import ReportedParty
from services.reception.domain.values import HEIGHT, Party, PartyType, Post


class PostPhrases(Protocol):
    """The phrases for posts by the level that manages them."""

    def levels_in(self, text: str) -> frozenset[str]:
        """The authorities whose posts the text names, in any folding of its characters."""


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate of one organ: its level is what everything is judged against.

    ``ranks`` maps a rank code to the authority it always implies.
    """

    organ: Organ
    directory: Directory
    phrases: PostPhrases
    ranks: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, organ: str, directory: Directory, phrases: PostPhrases, ranks: Mapping[str, str]) -> "Gate":
        """The gate of an organ on the directory's day. Raises OrganUnknown."""
        found = directory.organs.get(organ)
        if found is None:
            raise OrganUnknown
        return cls(found, directory, phrases, ranks)

    def pass_picked(self, parties: Iterable[Party]) -> None:
        """Raise SuperiorLevelParty when the directory says so of one of the ids picked."""
        if any(self._picked_above(party) for party in parties):
            raise SuperiorLevelParty

    def pass_reported(self, parties: Iterable[ReportedParty]) -> None:
        """Raise SuperiorLevelParty when a party's own fields, its post or its links say so."""
        for party in parties:
            levels = {party.authority, self.ranks.get(party.rank or "", "")}
            for text in (party.name, party.post):
                levels |= self.phrases.levels_in(text or "")
            if any(self._above(level) for level in levels) or self._picked_above(party.picked()):
                raise SuperiorLevelParty

    def pass_text(self, texts: Iterable[str], second_no: bool) -> None:
        """Raise GateUnanswered when a text names a superior post and there is no second explicit no."""
        named = (level for text in texts for level in self.phrases.levels_in(text))
        if not second_no and any(self._above(level) for level in named):
            raise GateUnanswered

    def _above(self, level: str) -> bool:
        height = HEIGHT.get(level)
        return height is not None and height < HEIGHT[self.organ.level]

    def _picked_above(self, party: Party) -> bool:
        if party.party_type is PartyType.ORGANISATION:
            entry = self.directory.find(party.unit)
            return entry is not None and self._above(entry.authority or "")
        entry_ = None if party.person is None else self.directory.persons.get(party.person)
        if entry_ is not None and self._above(entry_.authority):
            return True
        return party.person is not None and any(
            seat.id == self.organ.chief_seat or (seat.organ == self.organ.id and seat.post is Post.CHIEF)
            for seat in self.directory.seats_of(party.person)
        )
