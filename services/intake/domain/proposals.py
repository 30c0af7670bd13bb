"""Proposals of a category, each with the phrase that led to it; a person confirms or refuses them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase of rules/phrases.yaml found in a text, and the code it speaks for."""

    code: str
    phrase: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A code with the phrases that speak for it, most telling first."""

    code: str
    reasons: tuple[str, ...]


class Phrases(Protocol):
    """The phrase lists, ready to be searched."""

    def find(self, text: str) -> Iterable[Hit]:
        """Every phrase of the lists that the text contains, in any folding of its characters."""


def propose(lines: Iterable[str], phrases: Phrases) -> tuple[Proposal, ...]:
    """What the phrases speak for, the code with most different phrases first. Nothing is ticked by it.

    Source: domain.md 19.10: the system proposes with its reason, an officer decides.
    """
    reasons: dict[str, set[str]] = {}
    for line in lines:
        for hit in phrases.find(line):
            reasons.setdefault(hit.code, set()).add(hit.phrase)
    ranked = sorted(reasons.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(Proposal(code, tuple(sorted(found, key=lambda p: (-len(p), p)))) for code, found in ranked)
