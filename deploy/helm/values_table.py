"""The values of the chart as a table to read: each key, its type, what it is by itself, its sentence."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from deploy.helm.words import Schema

HEAD = """# The values of the chart

Written by `python -m deploy.helm.topology` from `values.schema.json` and `values.yaml`. Each process has the
same keys, shown once; the settings of a service are those of its `settings.py`.

| key | is | by itself | says |
| --- | --- | --- | --- |
"""
ALIKE = "processes"
LEFT_OUT = {"global"}


def table(schema: Schema, values: Mapping[str, Any]) -> str:
    """The whole page."""
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in _rows(schema, values, ""))


def _rows(schema: Schema, values: Any, at: str) -> Iterator[tuple[str, str, str, str]]:
    inner = schema.get("properties", {})
    if at == ALIKE:
        first = next(iter(inner))
        inner = {"<process>": {**inner[first], "description": f"One of {', '.join(inner)}."}}
        values = {"<process>": values[first]}
    for name, part in inner.items():
        if name in LEFT_OUT:
            continue
        where = f"{at}.{name}" if at else name
        own = values.get(name) if isinstance(values, Mapping) else None
        group = bool(part.get("properties"))
        shown = "" if group or own is None else f"`{json.dumps(own, ensure_ascii=False)}`"
        yield f"`{where}`", _kind(part), shown, part["description"].replace("|", "\\|")
        yield from _rows(part, own, where)


def _kind(part: Schema) -> str:
    if "enum" in part:
        return ", ".join(f"`{word}`" for word in part["enum"])
    least, most = part.get("minimum", part.get("exclusiveMinimum")), part.get("maximum")
    if least is not None or most is not None:
        return f"{part['type']} {'' if least is None else least}–{'' if most is None else most}"
    return {"object": "group"}.get(part["type"], str(part["type"]))
