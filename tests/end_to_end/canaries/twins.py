"""Twins of a body: the same but for one code or id, in whose place stands a canary of the same shape.

A telephone number or a name in letters fits many a pattern; what is no code of a list and no id of the
directory must be refused all the same, since codes and ids lie open.
"""

import re
import secrets
from collections.abc import Iterator, Mapping
from copy import deepcopy
from itertools import pairwise
from typing import Any

from tests.end_to_end.canaries.fields import Operation, Schema, branches, resolved

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
Place = tuple[str | int, ...]
OPEN_CODES: Mapping[str, str] = {
    "reason_code": "a word in capitals of an office's own list; no list is contracted",
    "receipt_method": "likewise",
    "superior_organ": "who sent it may stand above every organ of the directory",
}
"""Codes and ids, by name, that no door can look up, each with its reason."""


def are_tried(operation: Operation) -> bool:
    """Whether an operation has twins; entries of the directory are what ids are looked up in."""
    return operation.body is not None and "/directory" not in operation.path


def shaped(pattern: str, number: str) -> str | None:
    """A value that fits a pattern: the number, or letters of a name; None where neither does."""
    word = "".join(secrets.choice(LETTERS) for _ in range(12))
    return next((value for value in (number, word) if re.fullmatch(pattern, value)), None)


def places(operation: Operation, body: Any) -> Iterator[tuple[Place, str]]:
    """Where a code or an id may stand in the body, filled in or left out, with its pattern."""
    assert operation.body is not None
    for at, pattern in _places(operation, operation.body, body, ()):
        if not OPEN_CODES.keys() & set(at):
            yield at, pattern


def _places(operation: Operation, schema: Schema, value: Any, at: Place) -> Iterator[tuple[Place, str]]:
    for branch in branches(operation.document, schema):
        if branch.get("type") == "string" and "pattern" in branch:
            yield at, branch["pattern"]
        elif branch.get("type") == "array":
            items = resolved(operation.document, branch["items"])
            for index, inner in enumerate(value or [None] * ("pattern" in items)):
                yield from _places(operation, items, inner, (*at, index))
        elif branch.get("type") == "object" and isinstance(value, dict):
            for name, inner in branch.get("properties", {}).items():
                yield from _places(operation, inner, value.get(name), (*at, name))


def with_value(body: Any, at: Place, value: Any) -> Any:
    """The body with a value at a place; lists that were left out are made."""
    changed = deepcopy(body)
    inner = changed
    for step, following in pairwise(at):
        if isinstance(step, str) and not inner.get(step):
            inner[step] = [None] if isinstance(following, int) else {}
        inner = inner[step]
    inner[at[-1]] = value
    return changed
