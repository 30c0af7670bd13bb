"""Schemas and examples: complete, valid, and silent about people."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import pytest
from jsonschema import (  # type: ignore[import-untyped] # ships no types
    Draft202012Validator,
    FormatChecker,
)

from tests.contract.catalogue import (
    CONTRACTS,
    ROOT,
    SPEAKERS,
    TYPE,
    Schema,
    code_lists,
    events,
    parts,
    read,
    said,
    spoken,
)
from tests.contract.compatibility import unjudged

FORMATS = FormatChecker()
OF_A_PERSON = {
    "name", "phone", "id_no", "address", "email", "title", "summary", "text", "content", "opinion", "post",
    "reporter_ref", "safe_contact", "political_status",
}  # fmt: skip
"""Words no field of a fact may have: what they hold lies sealed, behind HTTP and a permission."""
ENVELOPE = read(CONTRACTS / "envelope.v1.schema.json")
HEADERS = {
    "ce_specversion": "1.0",
    "ce_id": "0198f7a0-1c2d-7e3f-8a4b-5c6d7e8f9a0b",
    "ce_type": "intake.report-frozen.v1",
    "ce_source": "/intake",
    "ce_time": "2026-03-02T01:00:00Z",
    "ce_subject": "0b1f6c52-8a3e-4d07-9c55-3f2a7e61d901",
    "ce_sequence": "1",
    "traceparent": f"00-{'a' * 32}-{'b' * 16}-00",
    "content-type": "application/json",
}


def is_instant(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


FORMATS.checks("date-time", raises=ValueError)(is_instant)


def refusals(schema: Schema, instance: object) -> list[str]:
    return [e.message for e in Draft202012Validator(schema, format_checker=FORMATS).iter_errors(instance)]


def personal(schema: Schema) -> list[str]:
    """The places at which a schema would carry what belongs to a person."""
    return [
        at
        for at, part in parts(schema)
        if isinstance(part, Mapping)
        and ("x-personal-data" in part or set(part.get("properties", {})) & OF_A_PERSON)
    ]


def undescribed(schema: Schema) -> Iterator[str]:
    if not schema.get("description"):
        yield "$"
    for at, part in parts(schema):
        if isinstance(part, Mapping) and isinstance(part.get("properties"), Mapping):
            yield from (f"{at}.{n}" for n, f in part["properties"].items() if not f.get("description"))


def codes_in(schema: Schema, value: Any) -> Iterator[tuple[str, str]]:
    """Every (list, code) pair that a document uses by its schema."""
    if "x-code-list" in schema:
        yield schema["x-code-list"], value
    for name, inner in schema.get("properties", {}).items():
        if name in value:
            yield from codes_in(inner, value[name])
    if "items" in schema:
        for one in value:
            yield from codes_in(schema["items"], one)


@pytest.mark.parametrize("kind", events())
def test_a_schema_is_one_describes_itself_and_can_be_judged(kind: str) -> None:
    schema = events()[kind].schema

    Draft202012Validator.check_schema(schema)
    assert (schema["title"], schema["$id"]) == (kind, f"urn:petition:event:{kind}")
    assert list(undescribed(schema)) == []
    assert list(unjudged(schema)) == []
    inner = [part for _, part in parts(schema) if isinstance(part, Mapping)]
    assert {part["x-code-list"] for part in inner if "x-code-list" in part} <= set(code_lists())


@pytest.mark.parametrize("kind", events())
def test_the_examples_fit_and_their_codes_exist(kind: str) -> None:
    event = events()[kind]

    assert set(event.examples) >= {"least", "full"}
    for example in event.examples.values():
        assert refusals(event.schema, example) == []
        assert [c for c in codes_in(event.schema, example) if c[1] not in code_lists()[c[0]]] == []
    assert set(event.examples["full"]) == set(event.schema["properties"])
    assert set(event.examples["least"]) == set(event.schema["required"])


@pytest.mark.parametrize("kind", events())
def test_an_example_is_of_invented_people_and_units(kind: str) -> None:
    schema = events()[kind].schema

    if "synthetic" in schema["properties"]:
        assert all(example["synthetic"] is True for example in events()[kind].examples.values())


@pytest.mark.parametrize("kind", events())
def test_a_fact_says_nothing_of_a_person(kind: str) -> None:
    assert personal(events()[kind].schema) == []


def test_a_field_marked_personal_is_found() -> None:
    marked = {"properties": {"caller": {"type": "string", "x-personal-data": True}}}
    hidden = {"properties": {"parties": {"items": {"properties": {"name": {"type": "string"}}}}}}

    assert personal(marked)
    assert personal(hidden)


@pytest.mark.parametrize("kind", events())
def test_a_fact_is_said_by_its_service_and_heard_by_somebody(kind: str) -> None:
    readers = [service for service in SPEAKERS for _, name in spoken(service).receives if name == kind]

    assert kind in said(kind.partition(".")[0])
    assert readers or events()[kind].schema.get("audience") == "outside"


def test_every_message_of_a_service_has_a_schema() -> None:
    named = {kind for service in SPEAKERS for _, kind in spoken(service).sends | spoken(service).receives}

    assert named - set(events()) == set()


def types_in_code(service: str) -> set[str]:
    """Every word of a service's code that looks like the type of a fact."""
    text = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "services" / service).rglob("*.py"))
    return {word for word in re.findall(r"[\"']([a-z]+\.[a-z-]+\.v[0-9]+)[\"']", text) if TYPE.match(word)}


@pytest.mark.parametrize("service", SPEAKERS)
def test_every_type_that_code_names_has_a_schema(service: str) -> None:
    assert types_in_code(service) - set(events()) == set()


def test_the_envelope_takes_what_the_chassis_writes() -> None:
    Draft202012Validator.check_schema(ENVELOPE)

    assert refusals(ENVELOPE, HEADERS) == []


@pytest.mark.parametrize("header", ENVELOPE["required"])
def test_the_envelope_misses_a_header(header: str) -> None:
    assert refusals(ENVELOPE, {name: value for name, value in HEADERS.items() if name != header})


@pytest.mark.parametrize(
    "spoilt",
    [
        {"ce_sequence": "0"},
        {"ce_sequence": "01"},
        {"ce_type": "intake.report-frozen"},
        {"ce_type": "intake.report_frozen.v1"},
        {"ce_time": "2026-03-02T01:00:00"},
        {"ce_time": "2026-03-02T09:00:00+08:00"},
        {"ce_id": "1"},
        {"ce_specversion": "0.3"},
    ],
    ids=json.dumps,
)
def test_the_envelope_refuses_a_spoilt_header(spoilt: Mapping[str, str]) -> None:
    assert refusals(ENVELOPE, {**HEADERS, **spoilt})
