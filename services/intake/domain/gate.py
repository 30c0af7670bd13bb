"""The superior-level gate 上级管理干部问题, domain.md 8.4: nothing of such a report is ever written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from services.intake.domain.directory import Directory, Organ
from services.intake.domain.elements import Content, ReportedParty
from services.intake.domain.errors import GateUnanswered, LinkUnknown, SuperiorLevelParty
from services.intake.domain.values import HEIGHT, PartyType, Post


class PostPhrases(Protocol):
    """The phrases for posts by the level that manages them, contracts/reference/superior_posts.yaml."""

    def levels_in(self, text: str) -> frozenset[str]:
        """The authorities whose posts the text names, in any folding of its characters."""


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate of one organ: its level is what everything is judged against.

    ``directories`` are those of the days that count; ``ranks`` maps a rank code to the authority it always
    implies (a 中管正厅局 is central-managed whatever else was ticked).
    """

    organ: Organ
    directories: tuple[Directory, ...]
    phrases: PostPhrases
    ranks: Mapping[str, str] = field(default_factory=dict)

    def is_superior(self, party: ReportedParty) -> bool:
        """Whether its own fields, its post or a directory link say that the party is managed above the organ.

        The organ's own chief counts too.
        """
        own = (party.authority, self.ranks.get(party.rank or "", ""))
        if any(self._above(level) for level in own):
            return True
        if any(self._above(level) for text in _fields(party) for level in self.phrases.levels_in(text)):
            return True
        return any(self._linked_above(party, directory) for directory in self.directories)

    def names_superior_post(self, content: Content) -> bool:
        """Whether the running text names a post managed above the organ."""
        return any(self._above(level) for line in content.lines() for level in self.phrases.levels_in(line))

    def pass_parties(self, parties: Iterable[ReportedParty]) -> None:
        """Raise SuperiorLevelParty when any of them is of superior level."""
        if any(self.is_superior(party) for party in parties):
            raise SuperiorLevelParty

    def pass_links(self, parties: Iterable[ReportedParty]) -> None:
        """Raise LinkUnknown when a party names a unit or a person that the directory does not have.

        Ids go into facts as they are, so no name and no number may pass for one.
        """
        known = self.directories[-1]
        for party in parties:
            units = {unit for unit in (party.unit, *party.units) if unit is not None}
            if any(known.find(unit) is None for unit in units) or set(party.persons) - known.persons.keys():
                raise LinkUnknown

    def pass_text(self, content: Content, second_no: bool) -> None:
        """Raise GateUnanswered when the text needs a second explicit no and there is none."""
        if not second_no and self.names_superior_post(content):
            raise GateUnanswered

    def _above(self, level: str) -> bool:
        height = HEIGHT.get(level)
        return height is not None and height < HEIGHT[self.organ.level]

    def _linked_above(self, party: ReportedParty, directory: Directory) -> bool:
        units = {u for u in (party.unit, *party.units) if u is not None}
        if party.party_type is PartyType.ORGANISATION:
            entries = (directory.find(unit) for unit in units)
            return any(e is not None and self._above(e.authority or "") for e in entries)
        if party.is_unit_head and self.organ.id in {party.unit, directory.resolve(party.unit)}:
            return True
        return any(self._person_above(person, directory) for person in party.persons)

    def _person_above(self, person: str, directory: Directory) -> bool:
        entry = directory.persons.get(person)
        if entry is not None and self._above(entry.authority):
            return True
        return any(
            seat.person == person
            and directory.in_force(seat)
            and (
                seat.id == self.organ.chief_seat or (seat.organ == self.organ.id and seat.post is Post.CHIEF)
            )
            for seat in directory.seats.values()
        )


def _fields(party: ReportedParty) -> tuple[str, str, str]:
    return party.name, party.post, party.unit_name
