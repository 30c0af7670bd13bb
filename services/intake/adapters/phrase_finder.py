"""Phrase lists searched by one Aho-Corasick automaton over folded text."""

from collections.abc import Iterator, Mapping, Sequence

from ahocorasick_rs import AhoCorasick, MatchKind

from services.intake.adapters.name_folding import fold
from services.intake.domain.proposals import Hit


class PhraseFinder:
    """Finds phrases and says the code each speaks for; the longest phrase at a place wins.

    ``harmless`` are longer phrases that contain one of the others and mean something else.
    """

    def __init__(self, phrases: Mapping[str, Sequence[str]], harmless: Sequence[str] = ()) -> None:
        named = [(fold(phrase), code, phrase) for code, listed in phrases.items() for phrase in listed]
        self._hits = [Hit(code, phrase) for _, code, phrase in named]
        self._automaton = AhoCorasick(
            [*(folded for folded, _, _ in named), *map(fold, harmless)], matchkind=MatchKind.LeftmostLongest
        )

    def find(self, text: str) -> Iterator[Hit]:
        """Every phrase found, in order; a harmless one is passed over."""
        for index, _, _ in self._automaton.find_matches_as_indexes(fold(text)):
            if index < len(self._hits):
                yield self._hits[index]

    def levels_in(self, text: str) -> frozenset[str]:
        """The codes of all phrases found: for posts these are the authorities that manage them."""
        return frozenset(hit.code for hit in self.find(text))
