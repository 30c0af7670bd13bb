"""The one rule of change: only optional properties may be added; all else is a new version beside the old."""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

SAYS_NOTHING_BINDING = {"$schema", "$id", "title", "description"}
MUST_STAY = {
    "type", "format", "enum", "const", "pattern", "minLength", "maxLength", "minimum", "maximum",
    "uniqueItems", "minItems", "maxItems", "x-code-list", "audience",
}  # fmt: skip
JUDGED_INSIDE = {"properties", "required", "items"}
KNOWN = SAYS_NOTHING_BINDING | MUST_STAY | JUDGED_INSIDE


def breaks(old: Schema, new: Schema, at: str = "$") -> list[str]:
    """Every way in which ``new`` breaks a reader or a writer of ``old``; empty when none.

    Readers must get what they got, so nothing may be removed, retyped or made optional, and
    no value may join an enum; records already in the log must stay valid, so nothing new may
    be required. Only optional properties may be added. A keyword this function can't judge
    counts as a break: a rule that is silently off is worse than none.
    """
    return list(_breaks(old, new, at))


def _breaks(old: Schema, new: Schema, at: str) -> Iterator[str]:
    for keyword in sorted({*old, *new} - KNOWN):
        yield f"{at}: {keyword} cannot be judged"
    for keyword in sorted(MUST_STAY):
        if old.get(keyword) != new.get(keyword):
            yield f"{at}: {keyword} changed"
    yield from _required(old, new, at)
    before, after = old.get("properties", {}), new.get("properties", {})
    for name, inner in before.items():
        if name in after:
            yield from _breaks(inner, after[name], f"{at}.{name}")
        else:
            yield f"{at}.{name}: removed"
    for name in sorted(set(after) - set(before)):
        yield from unjudged(after[name], f"{at}.{name}")
    if ("items" in old) != ("items" in new):
        yield f"{at}: items came or went"
    elif "items" in old:
        yield from _breaks(old["items"], new["items"], f"{at}[]")


def _required(old: Schema, new: Schema, at: str) -> Iterator[str]:
    before, after = set(old.get("required", ())), set(new.get("required", ()))
    for name in sorted(before - after):
        yield f"{at}.{name}: made optional"
    for name in sorted(after - before):
        yield f"{at}.{name}: now required"


def unjudged(schema: Schema, at: str = "$") -> Iterator[str]:
    """Every keyword of a schema that the rule does not know, wherever it stands."""
    for keyword in sorted(set(schema) - KNOWN):
        yield f"{at}: {keyword} cannot be judged"
    for name, inner in schema.get("properties", {}).items():
        yield from unjudged(inner, f"{at}.{name}")
    if "items" in schema:
        yield from unjudged(schema["items"], f"{at}[]")
