"""Sealing of texts and names before they reach a database, bound to the cell where they lie.

A text is padded to a bucket, encrypted under a key of its own, and that key is wrapped by the current
key of the provider. What binds it (database, table, column, row, key, format) is authenticated, so a
value moved to another place does not open. Suites: ``A1`` is AES-256-GCM with SHA-256, ``S1`` SM4-GCM
with SM3.
"""

import hashlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.chassis.metrics import SEALS_BROKEN

FORMAT = b"DW1"
NONCE_BYTES, TAG_BYTES = 12, 16
BUCKETS = (64, 256, 1024, 4096, 16384, 65536)


class SealBroken(Exception):
    """The value does not open here; one error whatever the cause, and an alarm."""


class KeysMissing(Exception):
    """The folder of the provider holds no keys; make them once with ``KeyProvider.make``."""


@dataclass(frozen=True, slots=True)
class Suite:
    """One set of algorithms under a name of two letters."""

    name: str
    key_bytes: int
    cipher: Callable[[bytes], algorithms.AES256 | algorithms.SM4]
    digest: Callable[[], hashes.HashAlgorithm]


SUITES = {
    "A1": Suite("A1", 32, algorithms.AES256, hashes.SHA256),
    "S1": Suite("S1", 16, algorithms.SM4, hashes.SM3),
}


class KeyProvider:
    """Keys in a folder of its owner alone: ``wrap-NNNN.key``, the highest in use, and ``root.key``."""

    def __init__(self, folder: Path) -> None:
        self._wraps = {
            int(file.stem.removeprefix("wrap-")): file.read_bytes() for file in folder.glob("wrap-*.key")
        }
        root = folder / "root.key"
        if not self._wraps or not root.exists():
            raise KeysMissing(folder.name)
        self._root = root.read_bytes()
        self.current = max(self._wraps)

    @classmethod
    def make(cls, folder: Path) -> "KeyProvider":
        """Make the keys of a fresh install; what is there already stays."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("wrap-0001.key", "root.key"):
            if not (folder / name).exists():
                _write_key(folder / name)
        return cls(folder)

    @classmethod
    def rotate(cls, folder: Path) -> "KeyProvider":
        """Add the next wrapping key; older ones still open what they wrapped."""
        _write_key(folder / f"wrap-{cls(folder).current + 1:04}.key")
        return cls(folder)

    def wrapping(self, number: int) -> bytes:
        """The wrapping key of a number. Raises KeyError when it is not here (any more)."""
        return self._wraps[number]

    def secret(self, purpose: str) -> bytes:
        """32 bytes for one purpose, such as ``idempotency``; the same at every start."""
        return HKDF(hashes.SHA256(), 32, None, f"dengwen|{purpose}".encode()).derive(self._root)


def _write_key(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, secrets.token_bytes(32))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Sealer:
    """Seals and opens the texts of one database."""

    def __init__(self, keys: KeyProvider, suite: str = "A1", database: str = "") -> None:
        self._keys, self._suite, self._database = keys, SUITES[suite], database

    def seal(self, text: str, *, table: str, column: str, row: str) -> bytes:
        """The sealed form of ``text`` for one cell; equal texts never look equal."""
        suite, number = self._suite, self._keys.current
        place = self._place(suite, number, table, column, row)
        key = secrets.token_bytes(suite.key_bytes)
        wrapped = _encrypt(suite, _fit(suite, self._keys.wrapping(number)), key, place)
        header = FORMAT + suite.name.encode() + number.to_bytes(2, "big")
        return header + wrapped + _encrypt(suite, key, _pad(text.encode()), place)

    def open(self, sealed: bytes, *, table: str, column: str, row: str) -> str:
        """The text sealed for this very cell. Raises SealBroken."""
        try:
            suite = SUITES[sealed[3:5].decode()]
            number = int.from_bytes(sealed[5:7], "big")
            place = self._place(suite, number, table, column, row)
            end = 7 + NONCE_BYTES + suite.key_bytes + TAG_BYTES
            if sealed[:3] != FORMAT:
                raise SealBroken
            key = _decrypt(suite, _fit(suite, self._keys.wrapping(number)), sealed[7:end], place)
            return _unpad(_decrypt(suite, key, sealed[end:], place)).decode()
        except (InvalidTag, KeyError, ValueError, SealBroken):
            SEALS_BROKEN.inc()
            raise SealBroken from None

    def blind(self, value: str, purpose: str) -> bytes:
        """A keyed digest by which equal values are found without being known; 32 bytes."""
        digest = hmac.HMAC(self._keys.secret(f"blind|{self._database}|{purpose}"), self._suite.digest())
        digest.update(value.encode())
        return digest.finalize()

    def _place(self, suite: Suite, number: int, table: str, column: str, row: str) -> bytes:
        parts = (FORMAT.decode(), suite.name, str(number), self._database, table, column, row)
        return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).digest()


def _fit(suite: Suite, key: bytes) -> bytes:
    return HKDF(suite.digest(), suite.key_bytes, None, b"dengwen|wrap|" + suite.name.encode()).derive(key)


def _encrypt(suite: Suite, key: bytes, text: bytes, place: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    encryptor = Cipher(suite.cipher(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(place)
    return nonce + encryptor.update(text) + encryptor.finalize() + encryptor.tag


def _decrypt(suite: Suite, key: bytes, sealed: bytes, place: bytes) -> bytes:
    nonce, body, tag = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:-TAG_BYTES], sealed[-TAG_BYTES:]
    decryptor = Cipher(suite.cipher(key), modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(place)
    return decryptor.update(body) + decryptor.finalize()


def _pad(text: bytes) -> bytes:
    needed = 4 + len(text)
    largest = BUCKETS[-1]
    size = next((b for b in BUCKETS if needed <= b), -(-needed // largest) * largest)
    return len(text).to_bytes(4, "big") + text + bytes(size - needed)


def _unpad(padded: bytes) -> bytes:
    return padded[4 : 4 + int.from_bytes(padded[:4], "big")]
