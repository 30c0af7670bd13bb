"""Guarantees 3.1, row by row: what a body may be, and the answer owed for what it may not."""

import json
from datetime import UTC, date, datetime
from enum import Enum
from uuid import UUID

import pytest
from pydantic import ValidationError

from services.chassis.problems import Problem
from services.chassis.strict_json import Instant, Line, StrictModel, Text, check


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (rb'{"text": "a\u0000b"}', 422, "unkeepable-character"),
        (rb'{"text": "\ud800"}', 422, "unkeepable-character"),
        (rb'{"text": "\udfff"}', 422, "unkeepable-character"),
        (rb'{"a": {"b": ["x", {"c": "\u0000"}]}}', 422, "unkeepable-character"),
        (rb'{"a": {"b": ["x", {"c": "\ud800"}]}}', 422, "unkeepable-character"),
        (rb'{"a\u0000": 1}', 422, "unkeepable-character"),
        (rb'{"a": "\u0007"}', 422, "unkeepable-character"),
        ('{"text": "举报"}'.encode("gb18030"), 400, "not-utf-8"),
        ('{"text": "举报"}'.encode("utf-16"), 400, "not-utf-8"),
        ('{"text": "a"}'.encode("utf-16-be"), 400, "not-json"),
        (b'\xef\xbb\xbf{"text": "a"}', 400, "not-utf-8"),
        (b'{"text": "\xed\xa0\x80"}', 400, "not-utf-8"),
        (b'{"a": 1, "a": 1}', 400, "duplicate-key"),
        (b'{"x": [{"a": 1, "b": 2, "a": 3}]}', 400, "duplicate-key"),
        (rb'{"a": 1, "\u0061": 2}', 400, "duplicate-key"),
        (b'{"a": NaN}', 422, "not-a-number"),
        (b'{"a": Infinity}', 422, "not-a-number"),
        (b'{"a": -Infinity}', 422, "not-a-number"),
        (b'{"a": {"b": [NaN]}}', 422, "not-a-number"),
        (b'{"a": 1e999}', 422, "number-too-large"),
        (b'{"a": -1e999}', 422, "number-too-large"),
        (b'{"a": 9223372036854775808}', 422, "number-too-large"),
        (b'{"a": -9223372036854775809}', 422, "number-too-large"),
        (b'{"a": ' + b"9" * 5000 + b"}", 422, "number-too-large"),
        (b"{", 400, "not-json"),
        (b"{'a': 1}", 400, "not-json"),
        (b'{"a": 1,}', 400, "not-json"),
        (b'{"a": 01}', 400, "not-json"),
        (b'{"a": "\n"}', 400, "not-json"),
        (b"[" * 100_000, 400, "not-json"),
        (b'{"a":' * 70 + b"1" + b"}" * 70, 400, "too-deep"),
        (b"", 400, "not-json"),
    ],
)
def test_a_body_that_is_no_strict_json_is_refused(raw: bytes, status: int, code: str) -> None:
    with pytest.raises(Problem) as refused:
        check(raw)

    assert (refused.value.status, refused.value.code) == (status, code)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": 9223372036854775807, "b": -9223372036854775808, "c": 1.5e10, "d": null, "e": [true]}',
        '{"text": "贵阳市·南明区 𠮷 “引号”\\n第二行\\t"}'.encode(),
        rb'{"text": "\ud842\udfb7"}',  # a whole pair
        b"[]",
        b'"x"',
        b'{"a": [1, 1], "b": {"a": 1}}',
    ],
)
def test_what_is_strict_json_passes(raw: bytes) -> None:
    check(raw)


class Colour(Enum):
    RED = "RED"


class Inner(StrictModel):
    on: date


class Told(StrictModel):
    number: int | None = None
    text: Text = "x"
    line: Line = "x"
    id: UUID | None = None
    colour: Colour | None = None
    at: Instant | None = None
    many: tuple[Inner, ...] = ()
    names: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    "body",
    [
        {"number": "12"},
        {"number": "1_000"},
        {"number": True},
        {"number": 1.0},
        {"text": ""},
        {"text": " \u3000"},
        {"text": "。！？"},
        {"text": "a" * 20_001},
        {"text": 5},
        {"text": "a\x00"},
        {"line": "a\nb"},
        {"line": "a\u2028b"},
        {"line": "a" * 201},
        {"id": "not-a-uuid"},
        {"colour": "BLUE"},
        {"at": "2026-03-01T08:00:00"},
        {"at": "2026-03-01"},
        {"at": 1577836800},
        {"at": "1577836800"},
        {"at": "2026-02-30T08:00:00Z"},
        {"at": "2026-03-01T24:00:00Z"},
        {"at": "2026-06-30T23:59:60Z"},
        {"at": "0001-01-01T00:00:00+14:00"},
        {"at": "9999-12-31T23:59:59-12:00"},
        {"many": [{"on": "2026-02-29"}]},
        {"many": [{"on": 20260301}]},
        {"many": [{"on": "2026-03-01T00:00:00Z"}]},
        {"many": [{"on": "2026-03-01", "organ": "520000"}]},
        {"is_admin": True},
        {"state": "CLOSED"},
        {"created_at": "2026-03-01T00:00:00Z"},
    ],
)
def test_a_field_is_what_it_says_or_the_input_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Told.model_validate(json.loads(json.dumps(body)))


def test_json_keeps_its_own_ways_of_writing_dates_ids_and_lists() -> None:
    told = Told.model_validate(
        {
            "number": 12,
            "text": "举报内容",
            "id": "0f638337-f180-47c9-be82-b1c609eb6b99",
            "colour": "RED",
            "at": "2026-03-01T08:00:00+08:00",
            "many": [{"on": "2024-02-29"}],
            "names": ["a"],
        }
    )

    assert told == Told(
        number=12,
        text="举报内容",
        id=UUID("0f638337-f180-47c9-be82-b1c609eb6b99"),
        colour=Colour.RED,
        at=datetime(2026, 3, 1, tzinfo=UTC),
        many=(Inner(on=date(2024, 2, 29)),),
        names=frozenset({"a"}),
    )
