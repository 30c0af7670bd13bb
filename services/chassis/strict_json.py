"""JSON as it must be, and no other: UTF-8, each key once, numbers that exist, characters that can be kept.

Why not a library: the usual parsers take the last of two equal keys, NaN, and half a surrogate pair.
"""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from typing import Annotated, Any, NoReturn

import orjson
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    StringConstraints,
    ValidationError,
)
from pydantic_core.core_schema import CoreSchema, json_or_python_schema, no_info_wrap_validator_function

from services.chassis.problems import Problem

DEEPEST = 64
BEYOND_64_BITS = 2**63
UNKEEPABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Characters no text may hold: controls other than tab and line breaks, and lone surrogates."""
SAYS_SOMETHING = re.compile(r"[^\W_]")


def malformed(code: str) -> Problem:
    """400: what came is no JSON of ours."""
    return Problem(400, code, "请求不是有效的 JSON（须为 UTF-8 编码）", "Not valid JSON in UTF-8")


def unprocessable(code: str) -> Problem:
    """422: JSON, but with a value that cannot be."""
    return Problem(422, code, "请求中有不能接受的内容", "A value cannot be accepted")


def check(raw: bytes) -> None:
    """Refuse a body that is not strict JSON. Raises Problem with 400 or 422."""
    if raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise malformed("not-utf-8")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise malformed("not-utf-8") from None
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_no_number,
            parse_float=_float,
            parse_int=_int,
        )
    except (ValueError, RecursionError):
        raise malformed("not-json") from None
    _check_strings(value)


def _object(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise malformed("duplicate-key")
    return found


def _no_number(_: str) -> NoReturn:
    raise unprocessable("not-a-number")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise unprocessable("number-too-large")
    return value


def _int(text: str) -> int:
    if len(text) > 20 or not -BEYOND_64_BITS <= int(text) < BEYOND_64_BITS:
        raise unprocessable("number-too-large")
    return int(text)


def _check_strings(value: object) -> None:
    left: list[tuple[object, int]] = [(value, 1)]
    while left:
        here, depth = left.pop()
        if depth > DEEPEST:
            raise malformed("too-deep")
        if isinstance(here, dict):
            left += [(name, depth) for name in here]
            left += [(inner, depth + 1) for inner in here.values()]
        elif isinstance(here, list):
            left += [(inner, depth + 1) for inner in here]
        elif isinstance(here, str) and UNKEEPABLE.search(here):
            raise unprocessable("unkeepable-character")


def _says_something(text: str) -> str:
    if UNKEEPABLE.search(text):
        raise ValueError("a character that cannot be kept")
    if not SAYS_SOMETHING.search(text):
        raise ValueError("no letter, ideograph or digit")
    return text


def _one_line(text: str) -> str:
    if any(mark in text for mark in "\t\n\r\x85\u2028\u2029"):
        raise ValueError("more than one line")
    return text


def _plain_digits(value: object) -> object:
    if isinstance(value, str) and not (value.isascii() and value.isdigit() and len(value) < 20):
        raise ValueError("digits only")
    return value


Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000), AfterValidator(_says_something)]
"""A text of 1 to 20,000 characters that holds a letter, an ideograph or a digit."""
Line = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    AfterValidator(_says_something),
    AfterValidator(_one_line),
]
"""The same on one line, of at most 200 characters."""
Number = Annotated[int, BeforeValidator(_plain_digits), Field(ge=0, lt=BEYOND_64_BITS)]
"""A number in a path or a query: ASCII digits and nothing else."""

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _iso_day(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not ISO_DAY.fullmatch(value):
        raise ValueError("an ISO day")
    return date.fromisoformat(value)


Day = Annotated[date, BeforeValidator(_iso_day)]
"""A day in a body or a query, as in 2026-03-16; no unix number, no time."""
ISO_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})")


def _iso(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not ISO_INSTANT.fullmatch(value):
        raise ValueError("an ISO instant with a zone")
    return datetime.fromisoformat(value)


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("no such instant") from None


Instant = Annotated[AwareDatetime, BeforeValidator(_iso), AfterValidator(_in_utc)]
"""An ISO instant with a zone, as UTC; no unix number, no naive time, nothing outside the years 1 to 9999."""


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset | Sequence):
        return list(value)
    raise TypeError


class StrictModel(BaseModel):
    """The base of what comes in: no unknown field, no conversion but JSON's own (ISO dates, UUIDs, enums).

    A union of such models takes ``Tag`` and a callable ``Discriminator``, not the name of a field.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """FastAPI hands over parsed objects, in which strict mode would refuse the text of a date."""

        def read(value: Any, strictly: Callable[[Any], Any]) -> Any:
            try:
                return strictly(value)
            except ValidationError:
                if not isinstance(value, Mapping):
                    raise
                return cls.model_validate_json(orjson.dumps(dict(value), default=_plain))

        schema = handler(source)
        return json_or_python_schema(schema, no_info_wrap_validator_function(read, schema))
