"""The table of transitions is the built part of contracts/reference/lifecycle.yaml, both ways."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from services.referral.domain.lifecycle import NEXT, OPEN, Step
from services.referral.domain.values import State

TABLE = yaml.safe_load(
    (Path(__file__).resolve().parents[3] / "contracts" / "reference" / "lifecycle.yaml").read_text()
)


def built() -> Iterator[dict[str, Any]]:
    return (row for row in TABLE["transitions"] if row["owner"] == "referral" and row["built"])


def test_every_built_row_of_referral_is_a_step_of_ours() -> None:
    rows = {(origin, row["step"], row["to"]) for row in built() for origin in row["from"]}

    assert rows == {(origin.value, step.value, to.value) for (origin, step), to in NEXT.items()}


def test_the_open_states_are_those_of_the_conservation_law() -> None:
    law = {row["state"]: row["law"] for row in TABLE["states"]}

    assert {state for state in State if law[state.value] == "open"} == OPEN


def test_every_state_can_be_reached_and_every_step_leads_somewhere() -> None:
    assert {State.UNDER_TRIAGE, *NEXT.values()} == set(State)
    assert {step for _, step in NEXT} == set(Step)


def test_nothing_leads_out_of_the_end_but_freezing() -> None:
    law = {row["state"]: row["law"] for row in TABLE["states"]}
    ends = {state for state in State if law[state.value] == "terminal"}

    assert {step for state, step in NEXT if state in ends} == {Step.FREEZE}
