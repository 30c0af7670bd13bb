"""Bearer tokens: Ed25519 and nothing else, keys from a fixed table, at most fifteen minutes.

Why not a library: a JOSE library's work is to choose among algorithms, and here is nothing to choose.
What the header of a token says of its own key (``jwk``, ``jku``, ``x5u``) is never followed.
"""

import base64
import binascii
import json
import re
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from services.chassis.database import Subject

LONGEST_SECONDS = 900
DRIFT_SECONDS = 60
LONGEST_TOKEN = 8192
SERVICE = "service"
SERVICE_KEY = "service-"
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._-]{0,99}")
ALLOWED_HEADERS = {"alg", "kid", "typ"}


class TokenRefused(Exception):
    """The token names nobody; the message is a code for the log, the answer is always the same 401."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """Tells who a token names; ``audience`` is the service that asks, ``now`` gives seconds since 1970."""

    keys: Mapping[str, Ed25519PublicKey]
    audience: str
    now: Callable[[], float] = time.time

    @classmethod
    def read(cls, keys_file: Path, audience: str) -> "Verifier":
        """Read ``{kid: base64 of the raw public key}``. Raises ValueError for a file that is none."""
        named = json.loads(keys_file.read_text(encoding="utf-8"))
        return cls(
            {
                str(kid): Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))
                for kid, text in named.items()
            },
            audience,
        )

    def subject(self, authorization_header: str | None) -> Subject:
        """Whom ``Authorization: Bearer …`` names. Raises TokenRefused."""
        scheme, _, token = (authorization_header or "").partition(" ")
        if scheme.lower() != "bearer" or not token or len(token) > LONGEST_TOKEN:
            raise TokenRefused("no-token")
        pieces = token.split(".")
        if len(pieces) != 3:
            raise TokenRefused("malformed")
        header, claims = _object(pieces[0]), _object(pieces[1])
        if header.get("alg") != "EdDSA" or not set(header) <= ALLOWED_HEADERS:
            raise TokenRefused("algorithm")
        kid = header.get("kid")
        key = self.keys.get(kid) if isinstance(kid, str) else None
        if key is None:
            raise TokenRefused("unknown-key")
        try:
            key.verify(_bytes(pieces[2]), f"{pieces[0]}.{pieces[1]}".encode())
        except InvalidSignature:
            raise TokenRefused("signature") from None
        return self._named(claims, str(kid))

    def _named(self, claims: Mapping[str, Any], kid: str) -> Subject:
        self._check_times(claims)
        audiences = claims.get("aud")
        if not isinstance(audiences, list) or self.audience not in audiences:
            raise TokenRefused("audience")
        sub, organ, kind = claims.get("sub"), claims.get("organ"), claims.get("kind")
        roles, seats = _ids(claims.get("roles")), _ids(claims.get("seats"))
        if not isinstance(sub, str) or not ID.fullmatch(sub) or not isinstance(claims.get("jti"), str):
            raise TokenRefused("claims")
        if not isinstance(organ, str) or (organ and not ID.fullmatch(organ)):
            raise TokenRefused("claims")
        if kid.startswith(SERVICE_KEY):
            if kind != SERVICE or sub != kid or roles != {SERVICE}:
                raise TokenRefused("service-as-user")
        elif kind != "staff" or SERVICE in roles or sub.startswith(SERVICE_KEY):
            raise TokenRefused("user-as-service")
        return Subject(sub, organ, roles, seats, str(kind))

    def _check_times(self, claims: Mapping[str, Any]) -> None:
        issued, expires, now = claims.get("iat"), claims.get("exp"), self.now()
        if type(issued) is not int or type(expires) is not int:
            raise TokenRefused("claims")
        if not issued <= expires <= issued + LONGEST_SECONDS:
            raise TokenRefused("lives-too-long")
        if now > expires + DRIFT_SECONDS or now < issued - DRIFT_SECONDS:
            raise TokenRefused("expired")


def _ids(value: object) -> frozenset[str]:
    if not isinstance(value, list) or len(value) > 100:
        raise TokenRefused("claims")
    if not all(isinstance(name, str) and ID.fullmatch(name) for name in value):
        raise TokenRefused("claims")
    return frozenset(value)


def _bytes(piece: str) -> bytes:
    try:
        raw = base64.b64decode(piece + "=" * (-len(piece) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise TokenRefused("malformed") from None
    if _text(raw) != piece:
        raise TokenRefused("malformed")
    return raw


def _object(piece: str) -> dict[str, Any]:
    try:
        value = orjson.loads(_bytes(piece))
    except orjson.JSONDecodeError:
        raise TokenRefused("malformed") from None
    if not isinstance(value, dict):
        raise TokenRefused("malformed")
    return value


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def mint(
    private_key: Ed25519PrivateKey,
    kid: str,
    *,
    sub: str,
    organ: str,
    roles: Sequence[str],
    seats: Sequence[str],
    aud: Sequence[str],
    seconds: int = LONGEST_SECONDS,
    kind: str = "staff",
    now: Callable[[], float] = time.time,
) -> str:
    """A token for ``seconds``, at most 900. Raises ValueError for a longer one."""
    if not 0 < seconds <= LONGEST_SECONDS:
        raise ValueError("a token lives 15 minutes at most")
    issued = int(now())
    header = {"alg": "EdDSA", "kid": kid, "typ": "JWT"}
    claims = {
        "sub": sub,
        "organ": organ,
        "roles": sorted(roles),
        "seats": sorted(seats),
        "aud": list(aud),
        "kind": kind,
        "iat": issued,
        "exp": issued + seconds,
        "jti": uuid.uuid4().hex,
    }
    signed = f"{_text(orjson.dumps(header))}.{_text(orjson.dumps(claims))}"
    return f"{signed}.{_text(private_key.sign(signed.encode()))}"


def load_private(path: Path) -> Ed25519PrivateKey:
    """The private key in a PEM file. Raises ValueError when it is of another kind."""
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("an Ed25519 key is needed")
    return key
