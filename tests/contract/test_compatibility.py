"""The check of change, and the changes it must not let pass: one thing at a time."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.compatibility import breaks
from tests.contract.release import findings

OLD: dict[str, Any] = {
    "title": "review.round-passed.v1",
    "description": "A round passed.",
    "type": "object",
    "properties": {
        "case_id": {"type": "string", "format": "uuid"},
        "round": {"type": "string", "enum": ["R1", "R2", "R3"]},
        "note_code": {"type": "string", "pattern": "^[A-Z]+$"},
        "parties": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"party": {"type": "string"}},
                "required": ["party"],
            },
        },
    },
    "required": ["case_id", "round"],
}
Change = Callable[[dict[str, Any]], Any]
BREAKING: dict[str, Change] = {
    "a property is removed": lambda s: s["properties"].pop("note_code"),
    "a property gets another type": lambda s: s["properties"]["case_id"].update(type="integer"),
    "a required property becomes optional": lambda s: s["required"].remove("round"),
    "a new property is required": lambda s: (
        s["properties"].update(organ={"type": "string"}),
        s["required"].append("organ"),
    ),
    "a value joins an enum": lambda s: s["properties"]["round"]["enum"].append("R4"),
    "a value leaves an enum": lambda s: s["properties"]["round"]["enum"].remove("R1"),
    "a pattern gets narrower": lambda s: s["properties"]["note_code"].update(pattern="^[A-F]+$"),
    "a keyword is misspelt": lambda s: s.update(aditionalProperties=False),
    "a keyword is misspelt inside a new property": lambda s: s["properties"].update(organ={"typ": "string"}),
    "unknown properties are refused": lambda s: s.update(additionalProperties=False),
    "a property inside a list is removed": lambda s: s["properties"]["parties"]["items"][
        "properties"
    ].clear(),
}
HARMLESS: dict[str, Change] = {
    "nothing": lambda _: None,
    "an optional property is added": lambda s: s["properties"].update(due_on={"type": "string"}),
    "a description says more": lambda s: s.update(description="A round of the audit passed."),
}


@pytest.mark.parametrize("change", BREAKING.values(), ids=BREAKING.keys())
def test_a_change_that_breaks_somebody_is_found(change: Change) -> None:
    new = copy.deepcopy(OLD)

    change(new)

    assert breaks(OLD, new)


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS.keys())
def test_a_change_that_breaks_nobody_passes(change: Change) -> None:
    new = copy.deepcopy(OLD)

    change(new)

    assert breaks(OLD, new) == []


def test_what_was_released_still_holds() -> None:
    assert findings() == []
