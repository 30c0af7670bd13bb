"""The HTTP edge of a service: what every request meets before the first line of a use case.

Limits stand before parsing; JSON is strict; refusals are problem details; nothing is cached and nothing
of the input is echoed. Written as plain ASGI, because a response must not depend on what lies inside.
"""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from urllib.parse import unquote_to_bytes

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis.database import is_world_fault
from services.chassis.failpoints import crash_point
from services.chassis.idempotency import KeyReused
from services.chassis.metrics import REQUEST_SECONDS, REQUESTS
from services.chassis.problems import Problem, Refused, answer, code_of, not_found, unavailable
from services.chassis.security.permissions import recognise
from services.chassis.strict_json import UNKEEPABLE, Line, Number, StrictModel, Text, check, unprocessable

LOG = logging.getLogger(__name__)
LARGEST_JSON_BYTES = 256 * 1024
LARGEST_HEADERS_BYTES = 16 * 1024
LONGEST_BODY_SECONDS = 60.0
MOST_UPLOADS = 2
"""At once in one process: each is held in memory whole, up to its limit."""
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
ALWAYS = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]
KEY = re.compile(r"[\x21-\x7e]{1,200}")
VERSION = re.compile(r'"?(0|[1-9][0-9]{0,17})"?')
FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")
TOO_LARGE = Problem(413, "too-large", "请求内容过大", "The request is too large")
WRONG_TYPE = Problem(415, "not-json-type", "请求须为 application/json", "Send application/json")
LONG_HEADERS = Problem(431, "headers-too-large", "请求头过大", "The headers are too large")
TOO_SLOW = Problem(408, "too-slow", "请求超时", "The request took too long")
UNKNOWN = Problem(500, "internal", "系统内部错误，已记录", "An error of ours; it has been recorded")

__all__ = [
    "Line", "Number", "Problem", "Refused", "StrictModel", "Text", "idempotency_key", "if_match", "make_app",
]  # fmt: skip


def make_app(
    service: str,
    title: str,
    refusals: Mapping[type[Exception], Refused],
    uploads: Mapping[str, int] | None = None,
) -> FastAPI:
    """An app whose refusals are answered as ``refusals`` says, by the nearest class.

    ``uploads`` names path prefixes under which a body is no JSON, with the most bytes it may have.
    """
    app = FastAPI(
        title=title,
        openapi_url=f"/{service}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    known: dict[type[Exception], Refused] = {KeyReused: KEY_REUSED, **refusals}
    for kind, refused in known.items():
        app.add_exception_handler(kind, _refusal_handler(code_of(kind), refused))
    app.add_exception_handler(Problem, _answer_problem)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_middleware(Edge, service=service, uploads=dict(uploads or {}))
    return app


KEY_REUSED = Refused(409, "幂等键已用于另一请求", "The idempotency key was used with another request")


def _refusal_handler(code: str, refused: Refused):  # type: ignore[no-untyped-def]  # starlette's own shape
    problem = Problem(refused.status, code, refused.zh, refused.en, refused.article)

    async def refuse(_: Request, __: Exception) -> Response:
        return answer(problem)

    return refuse


async def _answer_problem(_: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)
    return answer(problem)


async def _answer_invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [(tuple(one["loc"]), str(one["type"])) for one in error.errors()]
    if any(place[:1] == ("path",) for place, _ in errors):
        return answer(not_found())
    fields = [{"at": _named(place, kind), "problem": kind} for place, kind in errors[:20]]
    return answer(
        Problem(422, "invalid-input", "内容不符合要求", "The input does not fit", None, None, [*fields])
    )


def _named(place: tuple[int | str, ...], kind: str) -> str:
    kept = place[:-1] if kind == "extra_forbidden" else place
    return ".".join(str(p) for p in kept if isinstance(p, int) or FIELD_NAME.fullmatch(p))


async def _answer_http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        return answer(Problem(405, "method-not-allowed", "不支持此方法", "This method is not allowed"))
    if error.status_code in {400, 422}:
        return answer(Problem(400, "malformed", "请求格式错误", "The request is malformed"))
    return answer(not_found())


def idempotency_key(request: Request) -> str:
    """The ``Idempotency-Key`` of a write: 1 to 200 visible ASCII characters, once; answers 422 else."""
    given = request.headers.getlist("idempotency-key")
    if len(given) != 1 or not KEY.fullmatch(given[0]):
        raise Problem(422, "idempotency-key-malformed", "幂等键缺失或无效", "An idempotency key is needed")
    return given[0]


def if_match(request: Request) -> int:
    """The version in ``If-Match`` of an update; answers 422 when it is missing or no version."""
    given = request.headers.getlist("if-match")
    found = VERSION.fullmatch(given[0]) if len(given) == 1 else None
    if found is None:
        raise Problem(422, "if-match-malformed", "缺少版本号 If-Match", "If-Match with the version is needed")
    return int(found[1])


class Edge:
    """The outermost layer: limits, strict JSON, headers, counting, and no fault that leaves as text."""

    def __init__(self, app: ASGIApp, service: str, uploads: Mapping[str, int]) -> None:
        self._app, self._service, self._uploads = app, service, uploads
        self._uploading = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; a WebSocket or the life of the app passes untouched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, state = time.monotonic(), {"status": 0}
        method = scope["method"] if scope["method"] in METHODS else "OTHER"

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                state["status"] = message["status"]
                given = list(message.get("headers", ()))
                named = {name.lower() for name, _ in given}
                message = {**message, "headers": given + [pair for pair in ALWAYS if pair[0] not in named]}
            await send(message)

        try:
            await self._serve(scope, receive, tell)
        except Problem as refusal:
            if not state["status"]:
                await answer(refusal)(scope, receive, tell)
        except Exception as fault:
            LOG.error("request-failed", extra={"cause": type(fault).__name__, "service": self._service})
            if not state["status"]:
                problem = unavailable() if is_world_fault(fault) else UNKNOWN
                await answer(problem)(scope, receive, tell)
        finally:
            REQUESTS.labels(self._service, method, str(state["status"])).inc()
            REQUEST_SECONDS.labels(self._service, method).observe(time.monotonic() - begun)
        await crash_point("http.answered")

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        _check_head(scope)
        is_api = scope["path"].startswith(f"/{self._service}/v1")
        if is_api:
            recognise(scope)
        headers = {name.decode("latin-1").lower(): value for name, value in scope["headers"]}
        limit = next((most for path, most in self._uploads.items() if scope["path"].startswith(path)), None)
        if limit is not None:
            async with self._one_of_few() if is_api else nullcontext():  # the form of a page is small
                body = await _read(receive, headers, limit)
                await self._app(scope, _again(body, receive), send)
            return
        body = await _read(receive, headers, LARGEST_JSON_BYTES)
        if body:
            if not _is_json(headers):
                raise WRONG_TYPE
            check(body)
        await self._app(scope, _again(body, receive), send)

    @asynccontextmanager
    async def _one_of_few(self) -> AsyncIterator[None]:
        """A place among the uploads under way; one too many is told to come again, and none of it is read."""
        if self._uploading >= MOST_UPLOADS:
            raise unavailable()
        self._uploading += 1
        try:
            yield
        finally:
            self._uploading -= 1


def _check_head(scope: Scope) -> None:
    if sum(len(name) + len(value) for name, value in scope["headers"]) > LARGEST_HEADERS_BYTES:
        raise LONG_HEADERS
    if UNKEEPABLE.search(scope["path"]) or "\n" in scope["path"] or "\t" in scope["path"]:
        raise not_found()
    try:
        query = unquote_to_bytes(scope.get("query_string", b"")).decode("utf-8")
    except UnicodeDecodeError:
        raise unprocessable("unkeepable-character") from None
    if UNKEEPABLE.search(query):
        raise unprocessable("unkeepable-character")


def _is_json(headers: Mapping[str, bytes]) -> bool:
    kind, _, rest = headers.get("content-type", b"").decode("latin-1").lower().partition(";")
    charset = rest.strip().removeprefix("charset=").strip('"')
    return (
        kind.strip() == "application/json"
        and charset in {"", "utf-8"}
        and headers.get("content-encoding", b"identity").lower() == b"identity"
    )


async def _read(receive: Receive, headers: Mapping[str, bytes], most: int) -> bytes:
    """The body, refused as soon as it is known to be above ``most`` bytes, or slower than a minute."""
    declared = headers.get("content-length", b"")
    if declared.isdigit() and int(declared[:18]) > most:
        raise TOO_LARGE
    body, more = bytearray(), True
    try:
        async with asyncio.timeout(LONGEST_BODY_SECONDS):
            while more:
                message = await receive()
                body += message.get("body", b"")
                more = message["type"] == "http.request" and message.get("more_body", False)
                if len(body) > most:
                    raise TOO_LARGE
    except TimeoutError:
        raise TOO_SLOW from None
    return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    """A ``receive`` that gives the body once more, and then what the client does."""
    given = False

    async def again() -> Message:
        nonlocal given
        if not given:
            given = True
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return again
