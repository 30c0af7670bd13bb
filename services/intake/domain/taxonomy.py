"""The versioned taxonomy 问题类别 of contracts/reference/taxonomy.yaml, as the entry desk needs it."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.intake.domain.elements import Classification, ReportedParty
from services.intake.domain.errors import CodeUnknown
from services.intake.domain.values import Nature


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """One version; ``violations`` maps a main code (``V1``) to its sub-codes (``V1-01``) with their names."""

    version: str
    natures: Mapping[str, str]
    violations: Mapping[str, Mapping[str, str]]
    themes: Mapping[str, str]
    oos_kinds: Mapping[str, str]
    ranks: Mapping[str, str]

    def check(self, classification: Classification) -> None:
        """Raise CodeUnknown unless every code is of this version and the primary violation is ticked."""
        codes = {code for main, subs in self.violations.items() for code in (main, *subs)}
        ticked = classification.violations
        known = (
            classification.taxonomy_version == self.version
            and set(ticked) <= codes
            and len(set(ticked)) == len(ticked)
            and set(classification.themes) <= set(self.themes)
            and set(classification.oos_kinds) <= set(self.oos_kinds)
        )
        if not known:
            raise CodeUnknown
        if classification.primary_violation is not None and classification.primary_violation not in ticked:
            raise CodeUnknown
        if classification.nature is not Nature.ACCUSATION and ticked:
            raise CodeUnknown

    def check_party(self, party: ReportedParty) -> None:
        """Raise CodeUnknown for a rank that is not in the list."""
        if party.rank is not None and party.rank not in self.ranks:
            raise CodeUnknown


def with_primary(classification: Classification) -> str | None:
    """The primary violation: the one marked, else the first ticked."""
    if classification.primary_violation is not None:
        return classification.primary_violation
    return classification.violations[0] if classification.violations else None
