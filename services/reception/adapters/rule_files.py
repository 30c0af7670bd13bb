"""Reads rules/ and the shared codes, and makes the domain's tables; a wrong file stops the start."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from services.reception.adapters.post_phrases import PostPhrases
from services.reception.application.ports import Rules
from services.reception.domain.session import NoticeRule
from services.reception.domain.stages import Stages
from services.reception.domain.values import Point
from services.reception.domain.visit import Step

OWN = Path(__file__).resolve().parent.parent / "rules"
NOTICE, CHANGE = "D27-NOTICE", "D27-CHANGE"


class RulesMalformed(Exception):
    """A rule file is not what it should be; names the file."""


def read_rules(reference_folder: Path, own: Path = OWN) -> Rules:
    """All tables reception goes by. Raises RulesMalformed."""
    posts = _read(reference_folder / "superior_posts.yaml")
    try:
        phrases = PostPhrases(posts["posts"], posts["harmless"])
        return Rules(
            stages_of(_read(own / "stages.yaml")),
            _notice(_read(reference_folder / "clocks.yaml")),
            phrases,
            {str(rank): str(level) for rank, level in posts["ranks"].items()},
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise RulesMalformed(str(wrong)) from wrong


def stages_of(table: Mapping[str, Any]) -> Stages:
    """The stages in a file. Raises ValueError unless each of the eighteen points stands there once."""
    rows = [row for stage in table["stages"] for row in stage["points"]]
    if [row["point"] for row in rows] != [point.value for point in Point]:
        raise ValueError("the eighteen points, in order, once each")
    before: dict[str, set[Point]] = {}
    for row in rows:
        if row["before"] is not None:
            before.setdefault(Step(row["before"]).value, set()).add(Point(row["point"]))
    ticked = frozenset(Point(row["point"]) for row in rows if row["passed_by"] == "tick")
    return Stages({step: frozenset(points) for step, points in before.items()}, ticked)


def _notice(clocks: Mapping[str, Any]) -> NoticeRule:
    rows = {row["id"]: row for row in clocks["clocks"]}
    for id_ in (NOTICE, CHANGE):
        if rows[id_]["unit"] != "calendar_days":
            raise ValueError(f"{id_} counts calendar days")
    return NoticeRule(int(rows[NOTICE]["length"]), int(rows[CHANGE]["length"]))


def _read(file: Path) -> Mapping[str, Any]:
    try:
        table = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as wrong:
        raise RulesMalformed(file.name) from wrong
    if not isinstance(table, dict):
        raise RulesMalformed(file.name)
    return table
