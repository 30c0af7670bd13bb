"""The reference data: complete, without overlap, and every source known."""

import re
from collections import Counter
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
import yaml

from services.intake.domain.lifecycle import OWN, PROJECTED
from services.intake.domain.values import State
from services.referral.domain.lifecycle import NEXT
from tests.architecture.tree import HOUSES
from tests.contract.catalogue import CONTRACTS, ROOT, code_lists, exists, reference

LIFECYCLE, CLOCKS, TAXONOMY = reference("lifecycle"), reference("clocks"), reference("taxonomy")
REGIONS = {row["code"]: row for row in reference("regions")["regions"]}
STATES = {row["state"] for row in LIFECYCLE["states"]}
LAWS = {"waiting", "open", "terminal"}
BUILT = {row["to"] for row in LIFECYCLE["transitions"] if row["built"]} - {"SAME"}
"""The states a part can be in today."""
MARKS = {row["mark"] for row in reference("sources")["sources"]}
NUMBERS = {f"T{n}" for n in range(1, 33)}
GUIZHOU = {
    "520000", "520100", "520200", "520300", "520400", "520500", "520600", "522300", "522600", "522700"
}  # fmt: skip


def cited(source: str) -> set[str]:
    """The marks that one source cell cites: ``rule art. 20, 21; P55`` cites rule and P55."""
    words = re.split(r"[;,]", source)
    return {re.split(r" art\. ", word.strip())[0] for word in words if not re.fullmatch(r" ?\d+\*?", word)}


def leaving(row: Any) -> set[str]:
    return STATES if row["from"] == "ANY" else set(row["from"])


def test_every_state_has_exactly_one_law_and_a_chinese_name() -> None:
    names = [row["state"] for row in LIFECYCLE["states"]]

    assert len(names) == len(set(names))
    assert {row["law"] for row in LIFECYCLE["states"]} == LAWS
    assert all(row["law"] in LAWS and row["zh"] for row in LIFECYCLE["states"])


def test_every_transition_of_the_rules_stands_in_the_table() -> None:
    numbers = {re.sub(r"(?<=\d)[a-z].*", "", row["id"]) for row in LIFECYCLE["transitions"]}

    assert numbers >= NUMBERS
    assert len({row["id"] for row in LIFECYCLE["transitions"]}) == len(LIFECYCLE["transitions"])


def test_a_transition_names_known_states_clocks_owners_and_sources() -> None:
    clocks = {row["id"] for row in CLOCKS["clocks"]}
    for row in LIFECYCLE["transitions"]:
        assert leaving(row) <= STATES
        assert row["to"] in STATES | {"SAME"}
        assert row["owner"] in {"intake", "referral"}
        assert row["clock"] is None or row["clock"] in clocks
        assert isinstance(row["built"], bool)
        assert cited(row["source"]) <= MARKS, row["id"]


def test_every_state_can_be_reached_and_no_terminal_one_is_left_but_to_be_filed_or_frozen() -> None:
    laws = {row["state"]: row["law"] for row in LIFECYCLE["states"]}
    ends = {"ARCHIVED", "FROZEN", "FEEDBACK_DONE", "OFF_PLATFORM_HANDOFF", "SAME", "IN_VERIFICATION"}

    assert {row["to"] for row in LIFECYCLE["transitions"]} >= STATES
    assert all(
        row["to"] in ends
        for row in LIFECYCLE["transitions"]
        for state in leaving(row)
        if laws[state] == "terminal"
    )


def test_referral_moves_a_part_exactly_as_its_built_rows_say() -> None:
    rows = [row for row in LIFECYCLE["transitions"] if row["owner"] == "referral" and row["built"]]
    table = {(state, row["step"], row["to"]) for row in rows for state in leaving(row)}

    assert table == {(state.value, step.value, to.value) for (state, step), to in NEXT.items()}


def test_intake_moves_a_part_exactly_as_its_built_rows_say() -> None:
    rows = [row for row in LIFECYCLE["transitions"] if row["owner"] == "intake" and row["built"]]
    table = {(state, row["to"]) for row in rows for state in row["from"] or [None] if row["to"] != "SAME"}
    freeze = next(row for row in LIFECYCLE["transitions"] if row["id"] == "T34")  # intake may be the first to
    frozen = {(state, "FROZEN") for state in freeze["from"]}
    own = {(before and before.value, after.value) for before, after in OWN}

    assert {pair for pair in own if pair[0] is None or pair[0] in BUILT} == table | frozen


def test_intake_shows_the_states_to_which_referral_moves_a_part_and_no_other() -> None:
    rows = [row for row in LIFECYCLE["transitions"] if row["owner"] == "referral" and row["built"]]

    moved_to = {row["to"] for row in rows} - {"FROZEN"}

    assert {state.value for way in PROJECTED.values() for state in way} == moved_to
    assert {state.value for state in State} <= STATES


def test_the_thirty_clocks_are_all_there() -> None:
    assert {row["id"].partition("-")[0] for row in CLOCKS["clocks"]} == {f"D{n:02}" for n in range(1, 31)}


def test_a_clock_has_a_length_unless_it_is_a_rhythm() -> None:
    for row in CLOCKS["clocks"]:
        assert row["unit"] in {"working_days", "calendar_days", "months", "none"}
        assert (row["length"] is None) == (row["unit"] == "none")
        assert cited(row["source"]) <= MARKS, row["id"]
        assert isinstance(row["built"], bool)
    assert {row["id"] for row in CLOCKS["clocks"] if row.get("prewarn_working_days")} == {"D12"}


def test_rows_of_one_clock_follow_each_other_without_gap_or_overlap() -> None:
    for name in {row["id"] for row in CLOCKS["clocks"]}:
        rows = sorted(
            (row for row in CLOCKS["clocks"] if row["id"] == name), key=lambda row: row["in_force_from"]
        )
        assert "in_force_until" not in rows[-1]
        for before, after in pairwise(rows):
            assert (after["in_force_from"] - before["in_force_until"]).days == 1


@pytest.mark.parametrize("row", [row for row in CLOCKS["clocks"] if row["built"]], ids=lambda row: row["id"])
def test_a_clock_said_to_be_built_is_named_in_its_owners_code(row: Any) -> None:
    if exists(row["owner"]) and row["id"] != "D14":  # D14 is the pre-warning of D12
        house = ROOT / "services" / row["owner"]
        texts = [
            file.read_text(encoding="utf-8") for kind in ("*.py", "*.yaml") for file in house.rglob(kind)
        ]
        spelt = row["id"].rpartition("R")[0] if row["id"].startswith("D16-") else row["id"]
        assert any(spelt in text for text in texts)


def test_a_clock_that_code_starts_is_said_to_be_built() -> None:
    built = {row["id"] for row in CLOCKS["clocks"] if row["built"]}
    code = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "services").rglob("*.py"))

    assert set(re.findall(r"\"(D[0-9]{2}(?:-[A-Z0-9-]+)?)\"", code)) == built - {"D14"}


def test_codes_are_unique_and_named_in_both_languages() -> None:
    for name, rows in TAXONOMY.items():
        if isinstance(rows, list):
            assert max(Counter(row["code"] for row in rows).values()) == 1, name
            assert all(isinstance(row["code"], str) and row["zh"] and row["en"] for row in rows), name
    assert code_lists()["natures"] == {"N1", "N2", "N3", "N4", "N5"}
    assert {group["code"] for group in TAXONOMY["violations"]} == {f"V{n}" for n in range(1, 9)}
    assert len(TAXONOMY["ranks"]) == 17
    assert {row["group"] for row in TAXONOMY["ranks"]} == code_lists()["rank_groups"]


def test_sub_codes_stand_under_their_group() -> None:
    for group in TAXONOMY["violations"]:
        assert all(sub["code"].startswith(f"{group['code']}-") for sub in group["subs"])


def test_the_ten_regions_and_their_counties_are_there() -> None:
    above_counties = {code for code, row in REGIONS.items() if row["level"] != "COUNTY"}

    assert {code for code in above_counties if REGIONS[code]["valid_to"] is None} == GUIZHOU
    counties = [row for row in REGIONS.values() if row["level"] == "COUNTY" and row["valid_to"] is None]
    assert len([row for row in counties if "extension" not in row]) == 88
    for row in REGIONS.values():
        assert row["parent"] is None or row["parent"] in REGIONS
        assert (row["valid_to"] is None) == (row["successors"] == [])
        heirs = [code for code in row["successors"] if code != "520111"]  # older than what it took in
        assert all(REGIONS[code]["valid_from"] > row["valid_to"] for code in heirs)
    assert REGIONS["520221"]["successors"] == ["520204"]
    assert REGIONS["520191"]["extension"] is True


def test_the_glossary_has_one_english_word_for_one_chinese_one() -> None:
    text = (CONTRACTS / "reference" / "glossary.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\S[^|]*) \| `([^`]+)` \|", text, re.MULTILINE)

    assert len(rows) > 100
    assert [zh for zh, n in Counter(zh for zh, _ in rows).items() if n > 1] == []
    assert [en for en, n in Counter(en for _, en in rows).items() if n > 1] == []


def test_roles_are_lower_case_words_named_once() -> None:
    roles = [row["role"] for row in reference("roles")["roles"]]

    assert len(roles) == len(set(roles))
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", role) for role in roles)


@pytest.mark.parametrize("service", HOUSES)
def test_a_permission_is_given_to_known_roles_only(service: str) -> None:
    file = ROOT / "services" / service / "rules" / "roles.yaml"
    known = {row["role"] for row in reference("roles")["roles"]}

    if file.exists():
        given = yaml.safe_load(file.read_text(encoding="utf-8"))
        given = given.get("permissions", given)
        assert {role for roles in given.values() if isinstance(roles, list) for role in roles} <= known


def test_the_taxonomy_is_in_force_today() -> None:
    assert TAXONOMY["in_force_from"] <= date(2004, 1, 1)
    assert TAXONOMY["in_force_until"] is None


def test_the_superior_posts_are_one_list() -> None:
    copies = list((ROOT / "services").rglob("superior_posts.yaml"))

    assert cited(reference("superior_posts")["source"]) <= MARKS
    assert copies == []
