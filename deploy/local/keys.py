"""The keys of a fresh installation: who may sign tokens, and what seals each service's content."""

import base64
import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from deploy.local.home import Home, write_private
from deploy.local.refusal import Refusal
from services.chassis.security.sealing import KeyProvider

STAFF_KID = "local"
"""The key id of the local key; a service refuses it where OIDC is configured."""


class NoKey(Refusal):
    """A key that must be there is not, or is none of ours."""


def make_keys(home: Home, services: tuple[str, ...]) -> None:
    """Make every key that is missing; a key that is there is never replaced."""
    names = {STAFF_KID: "staff.pem", **{f"service-{name}": f"service-{name}.pem" for name in services}}
    public = {kid: _public(_key(home.keys / file)) for kid, file in names.items()}
    write_private(home.keys / "tokens.json", json.dumps(public, indent=1).encode())
    for service in services:
        folder = home.keys / service
        folder.mkdir(mode=0o700, exist_ok=True)
        if not any(folder.iterdir()):
            KeyProvider.make(folder)


def staff_key(home: Home) -> Ed25519PrivateKey:
    """The key that signs tokens of staff on this machine; raises NoKey when there is no installation yet."""
    file = home.keys / "staff.pem"
    if not file.exists():
        raise NoKey(
            f"{home.root} holds no installation yet: make one with dengwen up, or name another folder "
            "in DENGWEN_HOME."
        )
    return _key(file)


def _key(file: Path) -> Ed25519PrivateKey:
    if file.exists():
        loaded = load_pem_private_key(file.read_bytes(), password=None)
        if not isinstance(loaded, Ed25519PrivateKey):
            raise NoKey(f"{file} holds a key of another kind: put back the one that was there.")
        return loaded
    fresh = Ed25519PrivateKey.generate()
    write_private(file, fresh.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return fresh


def _public(key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
