"""The sample organisation holds together: whole, invented, in real regions."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.local.sample.organisation import JOBS, PLACES, Entry, entries, officer, officer_for, officers

ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9:._-]{0,63}$")
REGIONS = Path(__file__).resolve().parents[3] / "contracts" / "reference" / "regions.yaml"


@pytest.fixture(scope="module")
def directory() -> dict[str, Entry]:
    return {entry.id: entry for entry in entries()}


def test_every_region_is_a_real_one_in_force_with_its_own_name() -> None:
    regions = {row["code"]: row for row in yaml.safe_load(REGIONS.read_text(encoding="utf-8"))["regions"]}

    for place in PLACES:
        assert regions[place.code]["name"] == place.name
        assert regions[place.code]["level"] == place.level
        assert regions[place.code]["valid_to"] is None
        assert place.superior is None or regions[place.code]["parent"] == place.superior


def test_everything_is_marked_as_invented(directory: dict[str, Entry]) -> None:
    assert all(entry.synthetic for entry in directory.values())
    assert all("虚构" in entry.state["name"] for entry in directory.values() if "name" in entry.state)


def test_every_id_is_speakable_and_unique(directory: dict[str, Entry]) -> None:
    assert len(directory) == sum(1 for _ in entries())
    assert all(ID.fullmatch(id_) for id_ in directory)


def _named(state: Any) -> set[str]:
    single = ("superior", "organ", "parent", "head", "stationed_team", "line_target", "chief_seat",
              "appeals_unit", "suggestions_unit", "person", "unit")  # fmt: skip
    found = {state[name] for name in single if state.get(name)}
    found |= {unit for unit in state.get("departments", {}).values() if unit}
    found |= set(state.get("deciding_body", ())) | set(state.get("seats", ()))
    return found | {place["unit"] for place in state.get("units", ())}


def test_whatever_an_entry_names_is_in_the_directory(directory: dict[str, Entry]) -> None:
    missing = {name for entry in directory.values() for name in _named(entry.state)} - set(directory)

    assert missing == set()


def test_the_audit_of_an_assigned_case_finds_enough_different_people() -> None:
    roles = [job.roles for job in JOBS]

    assert sum("committee-member" in each for each in roles) >= 3
    assert sum("trial-reviewer" in each for each in roles) >= 2
    assert sum("handler" in each for each in roles) >= 2
    assert sum("petition-clerk" in each for each in roles) >= 2


def test_an_officer_is_found_by_job_and_by_role() -> None:
    assert officer("520000", "clerk-1").seats == ("520000-seat-clerk-1",)
    found = officer_for("520100", "petition-head")
    assert found is not None
    assert found.person == "520100-head-1"
    assert officer_for("110000", "petition-head") is None
    assert len(list(officers())) == len(PLACES) * len(JOBS)


def test_the_entries_fit_through_the_door_in_a_few_requests() -> None:
    bodies = [entry.body() for entry in entries()]

    assert max(len(json.dumps(body)) for body in bodies) * 150 < 256 * 1024
