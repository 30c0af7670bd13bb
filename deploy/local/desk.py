"""What an officer does at a desk: calls to the public APIs, with a token and a key for every write."""

import time
import urllib.parse
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from deploy.local.home import Home
from deploy.local.ports import Ports
from deploy.local.staff import Officer, token_of

RENEW_AFTER_SECONDS = 600.0
TRY_AGAIN = {429, 503}
ATTEMPTS = 40


class Refused(Exception):
    """The API refused; ``status``, ``code`` and ``title`` say how, never what was sent."""

    def __init__(
        self, status: int, code: str, what: str, title: str = "", fields: Sequence[Mapping[str, Any]] = ()
    ) -> None:
        """``what`` is the method and the path; ``title`` is the API's own sentence, English and Chinese.

        ``fields`` say where the trouble is (``at``) and of which kind (``problem``).
        """
        super().__init__(f"{what}: {status} {code}")
        self.status, self.code, self.what, self.title, self.fields = status, code, what, title, fields

    @property
    def service(self) -> str:
        """The service that refused: the first part of the path."""
        return self.what.partition(" ")[2].split("/")[1]


@dataclass(slots=True)
class Desk:
    """One officer's way to all services of an installation."""

    home: Home
    ports: Ports
    officer: Officer
    client: httpx.Client
    _token: str = ""
    _minted: float = field(default=-1e9)

    def get(self, path: str, **parameters: Any) -> Any:
        """Read; ``path`` begins with the service, as in ``/intake/v1/reports``. Raises Refused."""
        return self._call("GET", path, params=parameters or None)

    def read(self, path: str, reason: str) -> Any:
        """Read content, for a reason that is kept sealed. Raises Refused."""
        return self._call("GET", path, {"X-Reason": urllib.parse.quote(reason)})

    def post(self, path: str, body: Any = None, *, version: int | None = None, key: str | None = None) -> Any:
        """Write once, under an idempotency key of its own or the given one. Raises Refused.

        ``version`` is the state of the case that the officer saw (``If-Match``).
        """
        return self._call("POST", path, _marks(version, key), json={} if body is None else body)

    def put(self, path: str, body: Any, *, version: int | None = None, key: str | None = None) -> Any:
        """Put a whole state, as ``post`` does. Raises Refused."""
        return self._call("PUT", path, _marks(version, key), json=body)

    def send_files(self, path: str, files: dict[str, Any], *, key: str) -> Any:
        """Send files as one form. Raises Refused."""
        return self._call("POST", path, _marks(None, key), files=files)

    def _call(self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> Any:
        url = self.ports.url(path.split("/")[1]) + path
        for attempt in range(ATTEMPTS):
            given = {**(headers or {}), "Authorization": f"Bearer {self._bearer()}"}
            answer = self.client.request(method, url, headers=given, **more)
            if answer.status_code not in TRY_AGAIN or attempt == ATTEMPTS - 1:
                break
            time.sleep(min(2.0, float(answer.headers.get("Retry-After", "0.3"))))
        if answer.is_error:
            raise _refused(answer, f"{method} {path}")
        return answer.json() if answer.content else None

    def _bearer(self) -> str:
        if time.monotonic() - self._minted > RENEW_AFTER_SECONDS:
            self._token, self._minted = token_of(self.home, self.officer), time.monotonic()
        return self._token


def _marks(version: int | None, key: str | None) -> dict[str, str]:
    seen = {} if version is None else {"If-Match": f'"{version}"'}
    return {"Idempotency-Key": key or str(uuid.uuid4()), **seen}


def _refused(answer: httpx.Response, what: str) -> Refused:
    """What an answer says of itself; with nothing but its status when it holds no problem details."""
    try:
        problem = answer.json()
    except ValueError:
        return Refused(answer.status_code, "", what)
    titles = (problem.get("title_en"), problem.get("title"))
    title = " ".join(title for title in titles if title)
    return Refused(answer.status_code, str(problem.get("code", "")), what, title, problem.get("fields", ()))
