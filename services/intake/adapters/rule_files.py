"""Reads the rule tables and checks them, so that a wrong file stops the start and not a case."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from services.chassis.security.permissions import Permissions
from services.intake.adapters.phrase_finder import PhraseFinder
from services.intake.application.ports import Rules
from services.intake.domain.taxonomy import Taxonomy
from services.intake.domain.values import HEIGHT, Nature

RULES = Path(__file__).resolve().parent.parent / "rules"


class RulesMalformed(Exception):
    """A rule file says something that cannot be; the message names the file and the place."""


@dataclass(frozen=True, slots=True)
class CodeLists:
    """The taxonomy as the file gives it, for whoever shows it on a screen."""

    version: str
    lists: Mapping[str, Any]


def _load(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def read_taxonomy(reference_folder: Path) -> Taxonomy:
    """The taxonomy in force. Raises RulesMalformed."""
    given = _load(reference_folder / "taxonomy.yaml")
    try:
        taxonomy = Taxonomy(
            version=str(given["taxonomy_version"]),
            natures=_names(given["natures"]),
            violations={row["code"]: _names(row["subs"]) for row in given["violations"]},
            themes=_names(given["themes"]),
            oos_kinds=_names(given["oos_kinds"]),
            ranks=_names(given["ranks"]),
        )
    except (KeyError, TypeError) as wrong:
        raise RulesMalformed("taxonomy.yaml") from wrong
    if set(taxonomy.natures) != set(Nature):
        raise RulesMalformed("taxonomy.yaml natures")
    return taxonomy


def read_code_lists(reference_folder: Path) -> CodeLists:
    """Every list of the taxonomy, as it stands in the file."""
    given = _load(reference_folder / "taxonomy.yaml")
    lists = {name: rows for name, rows in given.items() if isinstance(rows, list)}
    return CodeLists(str(given["taxonomy_version"]), lists)


def _names(rows: list[dict[str, Any]]) -> dict[str, str]:
    return {str(row["code"]): str(row["zh"]) for row in rows}


def read_posts(reference_folder: Path) -> tuple[PhraseFinder, dict[str, str]]:
    """The post phrases by authority and the ranks that imply one. Raises RulesMalformed."""
    given = _load(reference_folder / "superior_posts.yaml")
    posts = {str(level): [str(p) for p in phrases] for level, phrases in given["posts"].items()}
    ranks = {str(rank): str(level) for rank, level in given["ranks"].items()}
    if not {*posts, *ranks.values()} <= set(HEIGHT):
        raise RulesMalformed("superior_posts.yaml")
    return PhraseFinder(posts, given["harmless"]), ranks


def read_phrases(taxonomy: Taxonomy, rules: Path = RULES) -> PhraseFinder:
    """The phrase lists by code. Raises RulesMalformed for a code the taxonomy has not."""
    given = {str(row["code"]): [str(p) for p in row["phrases"]] for row in _load(rules / "phrases.yaml")}
    codes = {c for main, subs in taxonomy.violations.items() for c in (main, *subs)}
    known = {*codes, *taxonomy.themes, *taxonomy.oos_kinds, *taxonomy.natures}
    if not set(given) <= known:
        raise RulesMalformed(f"phrases.yaml {sorted(set(given) - known)}")
    return PhraseFinder(given)


def read_rules(reference_folder: Path) -> Rules:
    """All tables a use case judges by. Raises RulesMalformed."""
    taxonomy = read_taxonomy(reference_folder)
    posts, ranks = read_posts(reference_folder)
    return Rules(taxonomy, posts, read_phrases(taxonomy), ranks)


def permissions(rules: Path = RULES) -> Permissions:
    """Which role may do what. Raises PermissionsMalformed."""
    return Permissions.read(rules / "roles.yaml")
