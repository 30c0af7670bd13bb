"""Reads the codes that statistics show from ``contracts/reference`` and this service's own words."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from services.analytics.application.find_timeline import TimelineWords
from services.analytics.domain.codes import Code, Codes, Region
from services.analytics.domain.values import State

RULES = Path(__file__).resolve().parent.parent / "rules"
SOURCE_GROUPS = (
    Code("OWN", "本级自收", "own receipt"),
    Code("SUPERIOR_TRANSFER", "上级转送", "transferred by the superior organ"),
    Code("SUPERIOR_ASSIGNMENT", "上级交办", "assigned by the superior organ"),
    Code("OTHER", "其他", "other"),
)
"""The lines of statistic block 4; the taxonomy says which source falls on which."""


class ReferenceMalformed(Exception):
    """A file of codes is not what it should be; stops the start, not a table."""


def read_codes(reference_folder: Path) -> Codes:
    """The codes as committed. Raises ReferenceMalformed."""
    taxonomy = _load(reference_folder / "taxonomy.yaml")
    lifecycle = _load(reference_folder / "lifecycle.yaml")
    regions = _load(reference_folder / "regions.yaml")
    try:
        groups = sorted(taxonomy["rank_groups"], key=lambda row: row["order"])
        codes = Codes(
            natures=_codes(taxonomy["natures"]),
            channels=_codes(taxonomy["channels"]),
            source_groups=SOURCE_GROUPS,
            source_lines=MappingProxyType({row["code"]: row["fold"] for row in taxonomy["sources"]}),
            occurrences=_codes(taxonomy["occurrence"]),
            name_statuses=_codes(taxonomy["name_status"]),
            rank_groups=_codes(groups),
            rank_lines=MappingProxyType({row["code"]: row["group"] for row in taxonomy["ranks"]}),
            violations=_codes(taxonomy["violations"]),
            themes=_codes(taxonomy["themes"]),
            states=tuple(Code(row["state"], row["zh"], row["state"]) for row in lifecycle["states"]),
            regions=MappingProxyType({row["code"]: _region(row) for row in regions["regions"]}),
        )
    except (KeyError, TypeError) as wrong:
        raise ReferenceMalformed(str(wrong)) from wrong
    if not {state.code for state in codes.states} >= set(State):
        raise ReferenceMalformed("lifecycle.yaml lacks a state that is counted")
    if not {group.code for group in SOURCE_GROUPS} >= set(codes.source_lines.values()):
        raise ReferenceMalformed("taxonomy.yaml folds a source onto no line")
    return codes


def read_words(reference_folder: Path) -> TimelineWords:
    """The words of the timeline: this service's own, and those of the code lists."""
    own, taxonomy = _load(RULES / "wording.yaml"), _load(reference_folder / "taxonomy.yaml")
    lists: dict[str, Mapping[str, str]] = {}
    for field, name in own["code_lists"].items():
        rows = taxonomy[name]
        words = {row["code"]: row["zh"] for row in rows}
        words |= {sub["code"]: sub["zh"] for row in rows for sub in row.get("subs", ())}
        lists[field] = MappingProxyType(words)
    lists |= {field: MappingProxyType(words) for field, words in own["codes"].items()}
    return TimelineWords(own["types"], own["fields"], MappingProxyType(lists))


def _load(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def _codes(rows: list[dict[str, Any]]) -> tuple[Code, ...]:
    return tuple(Code(row["code"], row["zh"], row["en"]) for row in rows)


def _region(row: Mapping[str, Any]) -> Region:
    return Region(row["code"], row["name"], row["valid_from"], row["valid_to"])
