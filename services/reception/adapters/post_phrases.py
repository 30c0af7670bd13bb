"""Phrases for superior posts searched in folded text, so that a variant way of writing hides none."""

import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from ahocorasick_rs import AhoCorasick, MatchKind

UNSEEN = {"Cf", "Mn", "Cc", "Zs", "Zl", "Zp"}


@cache
def _simplified() -> dict[int, str]:
    """OpenCC's table from traditional to simplified characters, one by one."""
    table = files("opencc").joinpath("dictionary", "TSCharacters.txt").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in table.splitlines() if "\t" in line)
    return {ord(old): new.split(" ")[0] for old, new in pairs if len(old) == 1}


def fold(text: str) -> str:
    """One form for compatibility forms, 繁 and 简, case, and with whatever is not seen taken out."""
    plain = unicodedata.normalize("NFKC", text).translate(_simplified()).casefold()
    return "".join(c for c in plain if unicodedata.category(c) not in UNSEEN)


class PostPhrases:
    """Finds the posts; the longest phrase at a place wins, and a harmless one is passed over."""

    def __init__(self, posts: Mapping[str, Sequence[str]], harmless: Sequence[str]) -> None:
        named = [(fold(phrase), level) for level, phrases in posts.items() for phrase in phrases]
        self._levels = [level for _, level in named]
        self._automaton = AhoCorasick(
            [*(phrase for phrase, _ in named), *map(fold, harmless)], matchkind=MatchKind.LeftmostLongest
        )

    def levels_in(self, text: str) -> frozenset[str]:
        """The authorities whose posts the text names."""
        found = (index for index, _, _ in self._automaton.find_matches_as_indexes(fold(text)))
        return frozenset(self._levels[index] for index in found if index < len(self._levels))
