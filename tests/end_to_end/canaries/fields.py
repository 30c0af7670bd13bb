"""Which fields of the APIs take words of a person's own, as the committed OpenAPI documents have it.

A field without a canary fails the run, so a new one is noticed the day it joins a contract.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONTRACTS = Path(__file__).resolve().parents[3] / "contracts" / "openapi"
SAFE_FORMATS = {"date", "date-time", "uuid"}
METHODS = ("get", "post", "put", "patch", "delete")
Schema = Mapping[str, Any]

NO_CANARY: Mapping[str, str] = {
    "staff_name": "names of staff stand in the directory for all who work there (guarantees 1.4)",
    "state": "an entry of the directory: names of organs and units, their lines, no reporter and no party",
    "letter_no": "the number of an official letter; register and report numbers are no canaries (1.4)",
    "superior_ref_no": "the number of a superior organ's letter; numbers are no canaries (1.4)",
}
"""Fields, by their last name, that lie open on purpose, each with its reason."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of one service: method and path template, and the schema of its JSON body, if any."""

    method: str
    path: str
    body: Schema | None
    document: Schema
    parameters: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Method and path, as people read it."""
        return f"{self.method} {self.path}"

    def matches(self, method: str, path: str) -> bool:
        """Whether a request is one of this operation."""
        pattern = re.sub(r"\\{[a-z_]+\\}", "[^/]+", re.escape(self.path))
        return method == self.method and re.fullmatch(pattern, path) is not None

    def free_fields(self) -> set[str]:
        """Where words of a person's own may stand in the body, as paths such as ``parties[].name``."""
        return set() if self.body is None else set(_free(self, self.body, ""))


def operations() -> list[Operation]:
    """Every operation of every service, fixed paths before those with a place for an id."""
    found = []
    for file in sorted(CONTRACTS.glob("*.json")):
        document = json.loads(file.read_text(encoding="utf-8"))
        for path, methods in document["paths"].items():
            for method in METHODS:
                if method in methods:
                    found.append(_operation(method.upper(), path, methods[method], document))
    return sorted(found, key=lambda one: one.path.count("{"))


def _operation(method: str, path: str, described: Schema, document: Schema) -> Operation:
    content = described.get("requestBody", {}).get("content", {})
    body = content.get("application/json", {}).get("schema")
    asked = tuple(p["name"] for p in described.get("parameters", ()) if p["in"] == "query")
    return Operation(method, path, body, document, asked)


def resolved(document: Schema, schema: Schema) -> Schema:
    """The schema itself, wherever it is written."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def branches(document: Schema, schema: Schema) -> Iterator[Schema]:
    """Every alternative of a schema but null."""
    schema = resolved(document, schema)
    several = [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())]
    for one in several:
        yield from branches(document, one)
    if not several and schema.get("type") != "null":
        yield schema


def is_free_text(schema: Schema) -> bool:
    """Whether a string may say anything: no code, no id, no day."""
    closed = {"enum", "const", "pattern"} & schema.keys() or schema.get("format") in SAFE_FORMATS
    return schema.get("type") == "string" and not closed


def _is_open(schema: Schema) -> bool:
    """Whether nothing is said of what may stand here."""
    untyped = not {"type", "enum", "const"} & schema.keys()
    return untyped or (schema.get("type") == "object" and "properties" not in schema)


def _free(operation: Operation, schema: Schema, at: str) -> Iterator[str]:
    for branch in branches(operation.document, schema):
        if is_free_text(branch) or _is_open(branch):
            yield at
        for name, inner in branch.get("properties", {}).items():
            yield from _free(operation, inner, f"{at}.{name}" if at else name)
        if "items" in branch:
            yield from _free(operation, branch["items"], f"{at}[]")


def last_name(at: str) -> str:
    """The name of the field at a path."""
    return at.rsplit(".", 1)[-1].removesuffix("[]")
