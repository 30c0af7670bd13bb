"""Calls from one service to another: its own token, a time-out, and one failure for everything else.

Nothing is tried again here: a call belongs to a step of a worker, which keeps what is still to be done
and comes back. A call inside a batch of facts or a transaction is a mistake.
"""

import time
from types import TracebackType
from typing import Any, Self

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.chassis.security.tokens import SERVICE, SERVICE_KEY, mint

TOKEN_SECONDS = 300
TIMEOUT_SECONDS = 5.0


class CallFailed(Exception):
    """The call was refused with ``status``, or nobody can say whether it was heard (None)."""

    def __init__(self, status: int | None, code: str | None = None) -> None:
        super().__init__(code or status or "no answer")
        self.status, self.code = status, code


class Caller:
    """Calls one other service as ``service``; close it, or use it as a context."""

    def __init__(
        self,
        base_url: str,
        key: Ed25519PrivateKey,
        service: str,
        audience: str,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._key, self._kid, self._audience = key, SERVICE_KEY + service, audience
        self._token, self._until = "", 0.0
        self._client = httpx.AsyncClient(
            base_url=base_url, timeout=TIMEOUT_SECONDS, transport=transport, trust_env=False
        )

    async def post(self, path: str, json: Any = None, idempotency_key: str | None = None) -> Any:
        """POST, and the JSON of the answer (None when it has no body). Raises CallFailed."""
        return await self._call("POST", path, json, idempotency_key)

    async def put(self, path: str, json: Any = None, idempotency_key: str | None = None) -> Any:
        """PUT, as ``post``."""
        return await self._call("PUT", path, json, idempotency_key)

    async def get(self, path: str) -> Any:
        """GET, as ``post``."""
        return await self._call("GET", path, None, None)

    async def delete(self, path: str, json: Any = None, idempotency_key: str | None = None) -> Any:
        """DELETE, as ``post``."""
        return await self._call("DELETE", path, json, idempotency_key)

    async def _call(self, method: str, path: str, json: Any, idempotency_key: str | None) -> Any:
        headers = {"Authorization": f"Bearer {self._bearer()}"}
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        try:
            answer = await self._client.request(method, path, json=json, headers=headers)
            body = answer.json() if answer.content else None
        except (httpx.HTTPError, ValueError) as fault:
            raise CallFailed(None) from fault
        if not answer.is_success:
            raise CallFailed(answer.status_code, body.get("code") if isinstance(body, dict) else None)
        return body

    def _bearer(self) -> str:
        if time.monotonic() >= self._until:
            self._token = mint(
                self._key,
                self._kid,
                sub=self._kid,
                organ="",
                roles=[SERVICE],
                seats=[],
                aud=[self._audience],
                seconds=TOKEN_SECONDS,
                kind=SERVICE,
            )
            self._until = time.monotonic() + TOKEN_SECONDS - 60
        return self._token

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        """The caller itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        await self.close()
