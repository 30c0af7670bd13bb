"""Asking the services in the name of who is logged in: a token of five minutes, and answers as they come."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.chassis.security.tokens import mint
from services.console.accounts import Account

TOKEN_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Answered:
    """What a service said: its status, None when it did not answer, and the JSON of a success."""

    status: int | None
    body: Any = None

    @property
    def good(self) -> bool:
        """Whether there is something to show."""
        return self.status == 200


@dataclass(frozen=True, slots=True)
class Services:
    """The services by name, each with its address."""

    client: httpx.AsyncClient
    urls: Mapping[str, str]
    key: Ed25519PrivateKey
    key_id: str

    async def ask(
        self, account: Account, service: str, path: str, query: Mapping[str, str] | None = None
    ) -> Answered:
        """Read one address of a service; nothing is ever raised for what the service does."""
        token = mint(
            self.key,
            self.key_id,
            sub=account.person,
            organ=account.organ,
            roles=sorted(account.roles),
            seats=account.seats,
            aud=[service],
            seconds=TOKEN_SECONDS,
        )
        url = f"{self.urls[service]}/{service}/v1/{path}"
        try:
            answer = await self.client.get(
                url, params=dict(query or {}), headers={"Authorization": f"Bearer {token}"}
            )
            return Answered(answer.status_code, answer.json() if answer.status_code == 200 else None)
        except (httpx.HTTPError, ValueError):
            return Answered(None)
