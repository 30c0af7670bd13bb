"""A client's way to the platform on which every word of a person's own becomes a canary.

Whatever a play sends, each free field of the body, those it left out too, gets a fresh value that exists
nowhere else; the headers that a browser adds carry some as well. What was taken, every address and
every refusal is kept for the scan.
"""

import json
import secrets
import urllib.parse
import uuid
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.end_to_end.canaries import twins
from tests.end_to_end.canaries.fields import (
    NO_CANARY,
    Operation,
    Schema,
    branches,
    is_free_text,
    last_name,
    resolved,
)

DIGITS = {"id_no": 18, "amount": 13}
NAMES = {"name", "unit_name", "alias", "who", "witness_hint", "post"}
SENTENCE = "据反映，{}，请予核实（虚构）。"


@dataclass(slots=True)
class Flock:
    """The canaries of a run; each value is made once and never again."""

    values: set[str] = field(default_factory=set)

    def _kept(self, value: str) -> str:
        self.values.add(value)
        return value

    def word(self, length: int = 4) -> str:
        """A name that nobody has: any ideographs."""
        return self._kept("".join(chr(0x4E00 + secrets.randbelow(0x51A6)) for _ in range(length)))

    def number(self, length: int = 11) -> str:
        """A number of ``length`` digits; eleven make a telephone."""
        first = "199" if length == 11 else str(secrets.randbelow(9) + 1)
        rest = "".join(str(secrets.randbelow(10)) for _ in range(length - len(first)))
        return self._kept(first + rest)

    def sentence(self) -> str:
        """A sentence that a word makes a canary, as a whole and in part."""
        return self._kept(SENTENCE.format(self.word(8)))

    def for_field(self, name: str, longest: int | None) -> str:
        """What is typed into a field of that name, of at most ``longest`` characters."""
        if name in DIGITS:
            return self.number(DIGITS[name])
        if name in {"phone", "safe_contact"}:
            return self.number()
        if name in NAMES:
            return self.word()
        return self.sentence() if longest is None or longest > 200 else self.word(6)


@dataclass(frozen=True, slots=True)
class Taken:
    """A body that was taken: the operation, the address and the body as sent."""

    operation: Operation
    url: httpx.URL
    headers: httpx.Headers
    body: Any


@dataclass(slots=True)
class Planter(httpx.BaseTransport):
    """The transport of all desks of a run.

    ``sung`` names the fields taken with a canary. Before the first request that an operation takes, its
    twins are sent; ``passed`` names the places at which one was taken in its stead.
    """

    operations: Iterable[Operation]
    flock: Flock
    way: httpx.HTTPTransport = field(default_factory=httpx.HTTPTransport)
    sung: dict[str, set[str]] = field(default_factory=dict)
    taken: dict[str, Taken] = field(default_factory=dict)
    addresses: list[str] = field(default_factory=list)
    refusals: list[tuple[str, bytes]] = field(default_factory=list)
    tried: set[str] = field(default_factory=set)
    passed: set[str] = field(default_factory=set)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Plant, send, and keep what came of it."""
        operation = self.operation_of(request)
        planted = request if operation is None else self._planted(operation, request)
        planted = self._as_browsers_do(planted)
        self.addresses.append(str(request.url))
        answer = self._twin_taken(operation, planted) or self.way.handle_request(planted)
        content = answer.read()
        if answer.is_error:
            self.refusals.append(refusal(request, answer, content))
        elif operation is not None:
            self._note(operation, planted)
        return answer

    def close(self) -> None:
        """Close the way underneath."""
        self.way.close()

    def operation_of(self, request: httpx.Request) -> Operation | None:
        """The operation that a request is for, if a contract has it."""
        return next((o for o in self.operations if o.matches(request.method, request.url.path)), None)

    def _planted(self, operation: Operation, request: httpx.Request) -> httpx.Request:
        kind = request.headers.get("content-type", "")
        if operation.body is None or not kind.startswith("application/json"):
            return request
        return _with_body(request, self.fill(operation, json.loads(request.content)))

    def _as_browsers_do(self, request: httpx.Request) -> httpx.Request:
        """Headers that tell of a person or a machine; the reason for a reading is sealed with it."""
        if "x-reason" in request.headers:
            request.headers["X-Reason"] = urllib.parse.quote(self.flock.sentence())
        request.headers["User-Agent"] = f"Probe/{self.flock.number(13)}"
        request.headers["X-Forwarded-For"] = f"127.{self.flock.number(13)}"
        request.headers["Accept-Language"] = f"zh;q={self.flock.number(13)}"
        if "cookie" not in request.headers:
            request.headers["Cookie"] = f"seen={self.flock.number(13)}"
        return request

    def _twin_taken(self, operation: Operation | None, request: httpx.Request) -> httpx.Response | None:
        """Send the twins of a first request; the answer to one that was taken, else None."""
        if operation is None or operation.name in self.tried or not twins.are_tried(operation):
            return None
        body = json.loads(request.content)
        for at, pattern in twins.places(operation, body):
            value = twins.shaped(pattern, self.flock.number())
            if value is None:
                continue
            self.flock.values.add(value)
            twin = self._as_browsers_do(_with_body(request, twins.with_value(body, at, value)))
            if "idempotency-key" in twin.headers:
                twin.headers["Idempotency-Key"] = str(uuid.uuid4())
            answer = self.way.handle_request(twin)
            self.refusals.append(refusal(twin, answer, b"" if answer.is_success else answer.read()))
            if answer.is_success:
                self.passed.add(f"{operation.name} {'.'.join(map(str, at))}")
                return answer
        return None

    def _note(self, operation: Operation, request: httpx.Request) -> None:
        self.tried.add(operation.name)
        if operation.body is None or not request.content or request.content[:1] != b"{":
            return
        body = json.loads(request.content)
        self.taken[operation.name] = Taken(operation, request.url, request.headers, body)
        self.sung.setdefault(operation.name, set()).update(self._singing(body, ""))

    def _singing(self, value: Any, at: str) -> set[str]:
        if isinstance(value, Mapping):
            parts = [self._singing(v, f"{at}.{n}" if at else n) for n, v in value.items()]
            return set().union(*parts)
        if isinstance(value, list):
            return set().union(*(self._singing(one, f"{at}[]") for one in value))
        return {at} if value in self.flock.values else set()

    def fill(self, operation: Operation, body: Any) -> Any:
        """The body with a fresh canary in each free field, asked for or not."""
        assert operation.body is not None
        return self._filled(operation, operation.body, deepcopy(body), "")

    def _filled(self, operation: Operation, schema: Schema, value: Any, at: str) -> Any:
        branch = _fitting(operation.document, schema, value)
        if branch is None or last_name(at) in NO_CANARY:
            return value
        if is_free_text(branch):
            return self.flock.for_field(last_name(at), branch.get("maxLength"))
        if isinstance(value, dict):
            return self._filled_object(operation, branch, value, at)
        if isinstance(value, list) and "items" in branch:
            return [self._filled(operation, branch["items"], one, f"{at}[]") for one in value]
        return value

    def _filled_object(self, operation: Operation, branch: Schema, value: dict[str, Any], at: str) -> Any:
        for name, inner in branch.get("properties", {}).items():
            place = f"{at}.{name}" if at else name
            if name in value:
                value[name] = self._filled(operation, inner, value[name], place)
            elif name not in NO_CANARY:
                added = self._added(operation, inner, place)
                value |= {} if added is None else {name: added}
        return value

    def _added(self, operation: Operation, schema: Schema, at: str) -> Any:
        """What is put into a free field that the play left out; None where it holds no text."""
        for branch in branches(operation.document, schema):
            if is_free_text(branch):
                return self.flock.for_field(last_name(at), branch.get("maxLength"))
            items = resolved(operation.document, branch.get("items", {}))
            if items and is_free_text(items):
                return [self.flock.for_field(last_name(at), items.get("maxLength"))]
        return None


def _fitting(document: Schema, schema: Schema, value: Any) -> Schema | None:
    """The alternative that a value is of; None where none is, as for null."""
    kinds: dict[type, str] = {dict: "object", list: "array", str: "string"}
    wanted = kinds.get(type(value))
    for branch in branches(document, schema):
        if wanted is None or branch.get("type") != wanted:
            continue
        if wanted != "object" or _agrees(document, branch, value):
            return branch
    return None


def _agrees(document: Schema, branch: Schema, value: Mapping[str, Any]) -> bool:
    properties = branch.get("properties", {})
    meant = {name: resolved(document, schema) for name, schema in properties.items()}
    fixed = {name: schema["const"] for name, schema in meant.items() if "const" in schema}
    known = value.keys() <= properties.keys() and set(branch.get("required", ())) <= value.keys()
    return known and all(value.get(name, said) == said for name, said in fixed.items())


def refusal(request: httpx.Request, answer: httpx.Response, content: bytes) -> tuple[str, bytes]:
    """A refusal with its headers, as bytes to look through."""
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items()).encode()
    return f"{answer.status_code} {request.method} {request.url.path}", headers + b"\n\n" + content


def _with_body(request: httpx.Request, body: Any) -> httpx.Request:
    headers = {n: v for n, v in request.headers.items() if n not in {"content-length", "host"}}
    return httpx.Request(request.method, request.url, headers=headers, json=body)
