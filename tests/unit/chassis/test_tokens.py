"""Guarantees 3.4, the rows about tokens: whoever is not named beyond doubt is nobody."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from services.chassis.database import Subject
from services.chassis.security.tokens import TokenRefused, Verifier, load_private, mint

NOW = 1_772_000_000.0
STAFF, SERVICE, STRANGER = (Ed25519PrivateKey.generate() for _ in range(3))
KEYS = {"local": STAFF.public_key(), "service-intake": SERVICE.public_key()}
VERIFIER = Verifier(KEYS, "referral", lambda: NOW)
GOOD: dict[str, Any] = {
    "sub": "p-520000-014", "organ": "520000", "roles": ["petition-clerk"], "seats": ["s-1"],
    "aud": ["referral"], "kind": "staff", "iat": int(NOW), "exp": int(NOW) + 900, "jti": "j",
}  # fmt: skip
OF_INTAKE = {
    **GOOD,
    "sub": "service-intake",
    "organ": "",
    "roles": ["service"],
    "seats": [],
    "kind": "service",
}
BY_INTAKE = {"alg": "EdDSA", "kid": "service-intake"}


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def part(value: Mapping[str, Any]) -> str:
    return text(json.dumps(value).encode())


def signed(
    claims: Mapping[str, Any],
    header: Mapping[str, Any] | None = None,
    key: Ed25519PrivateKey = STAFF,
) -> str:
    head = {"alg": "EdDSA", "kid": "local", "typ": "JWT"} if header is None else header
    body = f"{part(head)}.{part(claims)}"
    return f"Bearer {body}.{text(key.sign(body.encode()))}"


def hs256_with_the_public_key() -> str:
    body = f"{part({'alg': 'HS256', 'kid': 'local'})}.{part(GOOD)}"
    mac = hmac.digest(STAFF.public_key().public_bytes_raw(), body.encode(), hashlib.sha256)
    return f"Bearer {body}.{text(mac)}"


def es256() -> str:
    body = f"{part({'alg': 'ES256', 'kid': 'local'})}.{part(GOOD)}"
    return f"Bearer {body}.{text(generate_private_key(SECP256R1()).sign(body.encode(), ECDSA(SHA256())))}"


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in GOOD.items() if key != name}


def test_a_good_token_names_its_subject() -> None:
    assert VERIFIER.subject(signed(GOOD)) == Subject(
        "p-520000-014", "520000", frozenset({"petition-clerk"}), frozenset({"s-1"}), "staff"
    )


def test_a_service_is_named_by_its_own_key() -> None:
    found = VERIFIER.subject(signed(OF_INTAKE, BY_INTAKE, SERVICE))

    assert (found.id, found.kind, found.roles) == ("service-intake", "service", frozenset({"service"}))


KID_TRICKS = [
    "../../etc/passwd", "/dev/null", "' OR 1=1 --", "https://example.org/key.pem", "", None, 5, ["local"],
    "LOCAL", "local\x00", "service-review",
]  # fmt: skip
REFUSED = {
    "nothing": None,
    "empty": "",
    "another scheme": "Basic YTpi",
    "no token": "Bearer ",
    "two parts": "Bearer a.b",
    "four parts": signed(GOOD) + ".x",
    "too long": "Bearer " + "a" * 9000,
    "alg none": f"Bearer {part({'alg': 'none', 'kid': 'local'})}.{part(GOOD)}.",
    "alg None signed": signed(GOOD, {"alg": "None", "kid": "local"}),
    "no alg": signed(GOOD, {"kid": "local"}),
    "hs256": hs256_with_the_public_key(),
    "es256": es256(),
    "embedded jwk": signed(GOOD, {"alg": "EdDSA", "kid": "local", "jwk": {"kty": "OKP"}}),
    "jku": signed(GOOD, {"alg": "EdDSA", "kid": "local", "jku": "https://example.org"}),
    "x5u": signed(GOOD, {"alg": "EdDSA", "kid": "local", "x5u": "https://example.org"}),
    "crit": signed(GOOD, {"alg": "EdDSA", "kid": "local", "crit": ["exp"]}),
    "stranger's key": signed(GOOD, key=STRANGER),
    "stranger's kid": signed(GOOD, {"alg": "EdDSA", "kid": "other"}, STRANGER),
    "expired": signed({**GOOD, "iat": int(NOW) - 1000, "exp": int(NOW) - 100}),
    "from the future": signed({**GOOD, "iat": int(NOW) + 100, "exp": int(NOW) + 200}),
    "lives too long": signed({**GOOD, "exp": int(NOW) + 901}),
    "ends before it begins": signed({**GOOD, "exp": int(NOW) - 1}),
    "exp as text": signed({**GOOD, "exp": str(int(NOW) + 10)}),
    "exp true": signed({**GOOD, "exp": True}),
    "another audience": signed({**GOOD, "aud": ["review"]}),
    "audience as text": signed({**GOOD, "aud": "referral-2"}),
    "service token as user": signed({**OF_INTAKE, "kind": "staff"}, BY_INTAKE, SERVICE),
    "service key for an officer": signed(GOOD, BY_INTAKE, SERVICE),
    "service with an office": signed({**OF_INTAKE, "roles": ["service", "chief"]}, BY_INTAKE, SERVICE),
    "one service as another": signed({**OF_INTAKE, "sub": "service-review"}, BY_INTAKE, SERVICE),
    "user as service": signed(OF_INTAKE),
    "user with the role service": signed({**GOOD, "roles": ["service"]}),
    "sub with a control": signed({**GOOD, "sub": "a\nb"}),
    "roles as text": signed({**GOOD, "roles": "chief"}),
    "a seat with a comma": signed({**GOOD, "seats": ["a,b"]}),
    "claims as a list": f"Bearer {part({'alg': 'EdDSA', 'kid': 'local'})}.{text(b'[]')}.{text(b'x')}",
    "not base64": "Bearer !!!.###.$$$",
    "loose base64": signed(GOOD) + "=",
    **{f"without {name}": signed(without(name)) for name in GOOD},
    **{f"kid {kid!r}": signed(GOOD, {"alg": "EdDSA", "kid": kid}) for kid in KID_TRICKS},
}  # fmt: skip


@pytest.mark.parametrize("header", REFUSED.values(), ids=REFUSED)
def test_a_token_with_anything_wrong_names_nobody(header: str | None) -> None:
    with pytest.raises(TokenRefused):
        VERIFIER.subject(header)


def test_every_changed_bit_of_the_signature_is_noticed() -> None:
    head, body, signature = signed(GOOD).split(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    for index in range(len(raw)):
        broken = bytearray(raw)
        broken[index] ^= 1 << (index % 8)
        with pytest.raises(TokenRefused):
            VERIFIER.subject(f"{head}.{body}.{text(bytes(broken))}")


@pytest.mark.parametrize("drift", [-59, 59])
def test_clocks_may_differ_by_a_minute(drift: int) -> None:
    late = {**GOOD, "iat": int(NOW) - 900, "exp": int(NOW)}
    claims = late if drift > 0 else GOOD

    assert Verifier(KEYS, "referral", lambda: NOW + drift).subject(signed(claims)).id == GOOD["sub"]


def test_what_is_minted_is_understood_and_may_not_live_longer_than_fifteen_minutes() -> None:
    made: dict[str, Any] = {
        "sub": "p-1",
        "organ": "520000",
        "roles": ["chief"],
        "seats": [],
        "aud": ["referral"],
    }

    token = mint(STAFF, "local", **made)

    assert Verifier(KEYS, "referral", time.time).subject(f"bearer {token}").roles == {"chief"}
    with pytest.raises(ValueError, match="15 minutes"):
        mint(STAFF, "local", **made, seconds=901)


def test_keys_are_read_from_their_files(tmp_path: Path) -> None:
    pem = STAFF.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(pem)
    public = base64.b64encode(STAFF.public_key().public_bytes_raw()).decode()
    (tmp_path / "keys.json").write_text(json.dumps({"local": public}), encoding="utf-8")

    token = mint(
        load_private(tmp_path / "key.pem"), "local", sub="p-1", organ="", roles=[], seats=[], aud=["x"]
    )

    assert Verifier.read(tmp_path / "keys.json", "x").subject(f"Bearer {token}").id == "p-1"
