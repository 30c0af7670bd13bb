"""Refusals on the wire: problem details (RFC 9457) with a stable code, never an echo of the input.

Titles are Chinese first and English beside; a refusal by a rule names the rule's article. Every 404 is
byte for byte the same, whatever was asked for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Refused:
    """How a refusal of the domain is answered; its code is the kebab-case name of its class."""

    status: int
    zh: str
    en: str
    article: str | None = None


class Problem(Exception):
    """A refusal at the edge; ``retry_after`` in seconds, ``fields`` names where and what kind only.

    ``more`` are members of this kind of problem alone, such as the headers found in a register.
    """

    def __init__(
        self,
        status: int,
        code: str,
        zh: str,
        en: str,
        article: str | None = None,
        retry_after: int | None = None,
        fields: list[Mapping[str, object]] | None = None,
        more: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.zh, self.en = status, code, zh, en
        self.article, self.retry_after, self.fields = article, retry_after, fields or []
        self.more = more or {}


def code_of(refusal: type[Exception]) -> str:
    """``ActedInEarlierRound`` → ``acted-in-earlier-round``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", refusal.__name__).lower()


def not_found() -> Problem:
    """The one 404: nothing there, or not yours; nobody can tell which."""
    return Problem(404, "not-found", "没有找到", "Not found")


def unauthenticated() -> Problem:
    """The one 401, whatever was wrong with the token."""
    return Problem(401, "unauthenticated", "请先登录", "Sign in first")


def forbidden() -> Problem:
    """The one 403: known who asks, and the office held does not allow it."""
    return Problem(403, "forbidden", "没有此项权限", "Your office does not allow this")


def unavailable(retry_after: int = 2) -> Problem:
    """The world is away; nothing was done, asking again may help."""
    return Problem(503, "unavailable", "系统暂时不可用，请稍后再试", "Try again shortly", None, retry_after)


def answer(problem: Problem) -> Response:
    """The response that says a problem."""
    if problem.status == 404:
        problem = not_found()
    body: dict[str, object] = {
        "type": "about:blank",
        "status": problem.status,
        "code": problem.code,
        "title": problem.zh,
        "title_en": problem.en,
    }
    if problem.article is not None:
        body["article"] = problem.article
    if problem.fields:
        body["fields"] = problem.fields
    body |= problem.more
    headers = {} if problem.retry_after is None else {"Retry-After": str(problem.retry_after)}
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(orjson.dumps(body), problem.status, headers, MEDIA_TYPE)
