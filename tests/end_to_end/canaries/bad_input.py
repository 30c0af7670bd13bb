"""Input that must be refused, with canaries in all of it: what comes back and what stays must be clean."""

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from deploy.local.demo.stage import Stage
from deploy.local.staff import token_of
from tests.end_to_end.canaries.fields import Operation
from tests.end_to_end.canaries.planting import Flock, Planter, Taken, refusal

HEAD, OUTSIDER = "head-1", "auditor-1"
OVER_THE_LIMIT = 300_000
WITHOUT_KEY = ("/gate", "/identities", "/identities/batch")
"""Operations that take no key and no version."""
SUPERIOR_POST = "省委书记"
"""A post that running text may not name without a second no; from ``superior_posts.yaml``."""


@dataclass(slots=True)
class Trouble:
    """Sends what no door may take; ``refused`` counts the answers by status."""

    stage: Stage
    planter: Planter
    refused: dict[int, int] = field(default_factory=dict)
    let_in: list[str] = field(default_factory=list)
    """What was taken although it must not be."""

    @property
    def flock(self) -> Flock:
        """The canaries of the run."""
        return self.planter.flock

    def all(self) -> None:
        """Every kind of trouble at every operation."""
        for operation in self.planter.operations:
            self._about_addresses(operation)
            if operation.body is not None:
                self._about_bodies(operation)
        for taken in list(self.planter.taken.values()):
            self._about_fields(taken)
            self._about_marks(taken)
        self._superior_party()

    def _about_addresses(self, operation: Operation) -> None:
        """Canaries where an id, a filter, a token or a role belongs."""
        bad_id = re.sub(r"\{[a-z_]+\}", lambda _: quote(self.flock.word()), operation.path)
        if bad_id != operation.path:
            self._send(operation, bad_id)
        unknown = re.sub(r"\{[a-z_]+\}", lambda _: str(uuid.uuid4()), operation.path)
        asked = {name: self.flock.sentence() for name in operation.parameters}
        if asked:
            self._send(operation, f"{unknown}?{urlencode(asked)}")
        strange = {self.flock.word(): self.flock.sentence()}
        self._send(operation, f"{unknown}?{urlencode(strange)}", free=operation.method == "GET")
        self._send(operation, unknown, headers={"Authorization": f"Bearer {self.flock.number(18)}"})
        body = None if operation.body is None else json.dumps({"text": self.flock.sentence()}).encode()
        self._send(operation, unknown, body, token=self._token(OUTSIDER), free=operation.method == "GET")

    def _about_bodies(self, operation: Operation) -> None:
        """No JSON, JSON of another kind, too much of it, fields nobody knows."""
        path = re.sub(r"\{[a-z_]+\}", lambda _: str(uuid.uuid4()), operation.path)
        said = self.flock.sentence()
        for body in (
            f'{{"text": "{said}"',
            f'{{"text": "{said}", "text": "{self.flock.word()}"}}',
            f'["{said}", NaN]',
            f'"{said}"',
            json.dumps({self.flock.word(): said, "superior_level": False}),
            json.dumps({"text": said, "superior_level": "no", "content": said, "parties": said}),
            json.dumps({"text": said, "more": "多" * OVER_THE_LIMIT}),
        ):
            self._send(operation, path, body.encode())
        self._send(operation, path, said.encode(), headers={"Content-Type": "text/plain"})
        self._send(operation, path, said.encode("gb18030"))

    def _about_fields(self, taken: Taken) -> None:
        """A body that was taken, with one leaf after another spoilt: a sentence where a code belongs."""
        for at, leaf in _leaves(taken.body, ()):
            for value in (self.flock.sentence(), self.flock.number()):
                if not _may_stand(taken.operation, at, leaf):
                    body = _with(taken.body, at, value)
                    self._again(taken, body, free=value.isdigit() and isinstance(leaf, str))

    def _about_marks(self, taken: Taken) -> None:
        """The key of another request, a key that is none, a version that is none or old."""
        other = {**taken.body, self.flock.word(): self.flock.sentence()}
        self._again(taken, other, {"Idempotency-Key": taken.headers.get("idempotency-key", "none")})
        if taken.operation.path.endswith(WITHOUT_KEY):
            return
        self._again(taken, taken.body, {"Idempotency-Key": f"{self.flock.number()} {self.flock.number()}"})
        if "if-match" in taken.headers:
            self._again(taken, taken.body, {"If-Match": self.flock.number(13)})
            self._again(taken, taken.body, {"If-Match": f'"v{self.flock.number(13)}"'})

    def _superior_party(self) -> None:
        """A party managed above, a post above in the text: refused, and nothing kept."""
        taken = self.planter.taken["POST /intake/v1/reports"]
        body = self.planter.fill(taken.operation, taken.body)
        body["parties"][0]["authority"] = "CENTRAL"
        self._again(taken, body)
        body = self.planter.fill(taken.operation, taken.body)
        body["content"]["text"] += SUPERIOR_POST
        self._again(taken, body)

    def _again(
        self, taken: Taken, body: Any, marks: Mapping[str, str] | None = None, *, free: bool = False
    ) -> None:
        given = {n: v for n, v in taken.headers.items() if n in {"authorization", "if-match", "content-type"}}
        given |= {"idempotency-key": str(uuid.uuid4())}
        given |= {name.lower(): value for name, value in (marks or {}).items()}
        content = json.dumps(body, ensure_ascii=False).encode()
        self._ask(httpx.Request(taken.operation.method, taken.url, headers=given, content=content), free=free)

    def _send(
        self,
        operation: Operation,
        path: str,
        body: bytes | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        token: str | None = None,
        free: bool = False,
    ) -> None:
        """One bad request; ``free`` where it may be taken without harm."""
        given = {
            "Authorization": f"Bearer {token or self._token(HEAD)}",
            "Idempotency-Key": str(uuid.uuid4()),
            "If-Match": '"1"',
            "Content-Type": "application/json",
            **(headers or {}),
        }
        url = self.stage.here.ports.url(path.split("/")[1]) + path
        self._ask(httpx.Request(operation.method, url, headers=given, content=body), free=free)

    def _ask(self, request: httpx.Request, *, free: bool) -> None:
        answer = self.planter.way.handle_request(request)
        content = answer.read()
        self.planter.refusals.append(refusal(request, answer, b"" if answer.is_success else content))
        self.refused[answer.status_code] = self.refused.get(answer.status_code, 0) + 1
        if answer.status_code >= 500 or (answer.is_success and not free):
            self.let_in.append(f"{answer.status_code} {request.method} {request.url.path}")

    def _token(self, job: str) -> str:
        return token_of(self.stage.here.home, self.stage.desk(job).officer)


def _leaves(value: Any, at: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, (*at, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*at, index))
    else:
        yield at, value


def _with(body: Any, at: tuple[str | int, ...], value: Any) -> Any:
    changed = deepcopy(body)
    inner = changed
    for step in at[:-1]:
        inner = inner[step]
    inner[at[-1]] = value
    return changed


def _may_stand(operation: Operation, at: tuple[str | int, ...], leaf: Any) -> bool:
    """Whether any words may stand there; the entries of the directory are the keeper's and left out."""
    path = "".join("[]" if isinstance(step, int) else f".{step}" for step in at).lstrip(".")
    return path in operation.free_fields() or "state" in at or operation.path.endswith("/directory")
