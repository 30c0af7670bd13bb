"""Keys, tokens and settings of one service as a fresh install makes them, for a test's own folder."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from fastapi import FastAPI

from services.chassis.security.sealing import KeyProvider
from services.chassis.security.tokens import mint

REFERENCE = Path(__file__).resolve().parents[2] / "contracts" / "reference"
STAFF_KID = "local"


@dataclass(frozen=True, slots=True)
class Installation:
    """The keys of one test: one for staff tokens, one for each service that may call."""

    folder: Path
    keys: dict[str, Ed25519PrivateKey]

    @classmethod
    def make(cls, folder: Path, services: tuple[str, ...] = ("intake",)) -> "Installation":
        """Make the keys and their files below ``folder``."""
        keys = {STAFF_KID: Ed25519PrivateKey.generate()}
        keys |= {f"service-{service}": Ed25519PrivateKey.generate() for service in services}
        public = {
            kid: base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
            for kid, key in keys.items()
        }
        (folder / "tokens.json").write_text(json.dumps(public))
        for kid, key in keys.items():
            file = folder / f"{kid}.pem"
            file.touch(0o600)
            file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        KeyProvider.make(folder / "keys")
        return cls(folder, keys)

    def settings(self, service: str, dsn: str, **further: Any) -> dict[str, Any]:
        """The fields every service's settings need; ``service`` must have been given a key."""
        return {
            "database_dsn": dsn,
            "http_port": 0,
            "operations_port": 0,
            "reference_folder": REFERENCE,
            "keys_folder": self.folder / "keys",
            "token_keys_file": self.folder / "tokens.json",
            "service_key_file": self.folder / f"service-{service}.pem",
            **further,
        }

    def staff(
        self, audience: str, *roles: str, sub: str = "P-1", organ: str = "520000", seats: tuple[str, ...] = ()
    ) -> dict[str, str]:
        """The header of an officer who holds these roles."""
        token = mint(
            self.keys[STAFF_KID], STAFF_KID, sub=sub, organ=organ, roles=roles, seats=seats, aud=[audience]
        )
        return {"Authorization": f"Bearer {token}"}

    def service(self, audience: str, name: str) -> dict[str, str]:
        """The header of a calling service."""
        kid = f"service-{name}"
        token = mint(
            self.keys[kid],
            kid,
            sub=kid,
            organ="",
            roles=["service"],
            seats=[],
            aud=[audience],
            kind="service",
        )
        return {"Authorization": f"Bearer {token}"}


def client_of(app: FastAPI, **headers: str) -> httpx.AsyncClient:
    """A client of an app in this process; nothing goes over a wire."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers)
