"""The registry of crash points and the code name the same points, and an action is what it says."""

import re
import tomllib
from pathlib import Path

import pytest

from services.chassis.failpoints import Action, parse

SERVICES = Path(__file__).parents[3] / "services"
POINT = re.compile(r'crash_point\(\s*"([a-z_.]+)"')


def registered() -> set[str]:
    tables = tomllib.loads((SERVICES / "chassis" / "failpoints.toml").read_text(encoding="utf-8"))
    return {f"{where}.{name}" for where, names in tables.items() for name in names}


def used() -> set[str]:
    files = SERVICES.rglob("*.py")
    return {name for file in files for name in POINT.findall(file.read_text(encoding="utf-8"))}


def test_the_registry_lists_every_point_of_the_code_and_no_other() -> None:
    assert registered() == used()


def test_actions_are_read_by_point() -> None:
    assert parse("relay.committed=kill:0.01; consumer.polled=sleep:1:500;http.answered=raise") == {
        "relay.committed": Action("kill", 0.01),
        "consumer.polled": Action("sleep", 1.0, 500),
        "http.answered": Action("raise", 1.0),
    }
    assert parse("") == {}


@pytest.mark.parametrize("text", ["a=explode", "a", "a=kill:often"])
def test_an_action_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"unknown action|could not convert"):
        parse(text)
