"""The sealed form of a file of a backup: compressed chunks under AES-256-GCM, in order, under one name.

A file is a header (``DWB1``, suite ``A1``, the key's id of 8 bytes, a salt of 16), then chunks. A chunk is
the length of what follows in 4 bytes, big-endian, the CRC-32 of those, and at most 1 MiB of content,
compressed with zlib and encrypted. The key of a file is derived from the backup's key, the salt and the
file's name, so that no file opens in another's place; the nonce is the number of the chunk, with a mark on
the last, so that none can be moved, left out or cut off (the STREAM construction, Hoang, Reyhanitabar,
Rogaway and Vizar, 2015).
"""

import hashlib
import os
import secrets
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from deploy.local.refusal import Refusal

MAGIC, SUITE = b"DWB1", b"A1"
KEY_BYTES, ID_BYTES, SALT_BYTES, LENGTH_BYTES, TAG_BYTES = 32, 8, 16, 8, 16
HEADER_BYTES = len(MAGIC) + len(SUITE) + ID_BYTES + SALT_BYTES
CHUNK_BYTES = 1 << 20
LONGEST_SEALED_BYTES = CHUNK_BYTES + (CHUNK_BYTES >> 9) + 64 + TAG_BYTES
"""What does not compress grows by a few bytes in a thousand."""


class Damaged(Refusal):
    """A part of a backup is not what was written; the message names it."""


class WrongKey(Refusal):
    """The key is none, or is not the one under which the backup was sealed."""


@dataclass(frozen=True, slots=True)
class BackupKey:
    """The key of a backup, 32 bytes, kept in a file of its owner outside backup and installation."""

    raw: bytes = field(repr=False)

    @classmethod
    def of(cls, file: Path) -> "BackupKey":
        """The key that a file holds as 64 hexadecimal digits. Raises WrongKey."""
        try:
            raw = bytes.fromhex(file.read_text("ascii").strip())
        except FileNotFoundError as missing:
            raise WrongKey(
                f"没有密钥文件 {file}: bring the key file of the backup, and name it."
            ) from missing
        except ValueError as unreadable:
            raise WrongKey(f"{file} 不是备份密钥: it holds no 64 hexadecimal digits.") from unreadable
        if len(raw) != KEY_BYTES:
            raise WrongKey(f"{file} 不是备份密钥: it holds no 64 hexadecimal digits.")
        return cls(raw)

    @classmethod
    def make(cls, file: Path) -> "BackupKey":
        """Write a fresh key into a new file, for its owner alone. Raises FileExistsError."""
        key = cls(secrets.token_bytes(KEY_BYTES))
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as opened:
            opened.write(f"{key.raw.hex()}\n")
            opened.flush()
            os.fsync(opened.fileno())
        return key

    @property
    def id(self) -> bytes:
        """What names the key and tells nothing of it; 8 bytes."""
        return hashlib.sha256(self.derive("id")).digest()[:ID_BYTES]

    def derive(self, purpose: str, salt: bytes | None = None) -> bytes:
        """32 bytes for one purpose."""
        return HKDF(hashes.SHA256(), KEY_BYTES, salt, f"dengwen|backup|{purpose}".encode()).derive(self.raw)


class Sealing:
    """One file being sealed; nobody but the caller flushes, syncs or closes it."""

    def __init__(self, file: BinaryIO, key: BackupKey, name: str) -> None:
        """``name`` is the file's place in the backup; it opens under no other."""
        salt = secrets.token_bytes(SALT_BYTES)
        self._file, self._header = file, MAGIC + SUITE + key.id + salt
        self._cipher = AESGCM(key.derive(f"file|{name}", salt))
        self._chunks = 0
        file.write(self._header)

    def write(self, content: bytes) -> None:
        """Add content as chunks of its own; few large calls make few chunks."""
        for start in range(0, len(content), CHUNK_BYTES):
            self._chunk(content[start : start + CHUNK_BYTES], last=False)

    def finish(self) -> None:
        """Add the mark without which a file is not whole."""
        self._chunk(b"", last=True)

    def _chunk(self, content: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(
            _nonce(self._chunks, last=last), zlib.compress(content, 1), self._header
        )
        self._file.write(_length(len(sealed)) + sealed)
        self._chunks += 1


def opened(file: BinaryIO, key: BackupKey, name: str, *, open_end: bool = False) -> Iterator[bytes]:
    """The content of a sealed file, a chunk at a time; nothing that was not authenticated comes out.

    With ``open_end`` the file may still be growing: it then ends behind its last whole chunk. Raises
    WrongKey for another key, Damaged for anything else that is not as it was written.
    """
    header = file.read(HEADER_BYTES)
    if open_end and len(header) < HEADER_BYTES:
        return
    cipher = _cipher_of(header, key, name)
    number = 0
    while True:
        sealed = _next(file, name, open_end=open_end)
        if sealed is None:
            return
        content, last = _content(cipher, sealed, number, header, name)
        if content:
            yield content
        if last:
            break
        number += 1
    if file.read(1):
        raise Damaged(f"备份已损坏: {name} goes on behind its end.")


def _cipher_of(header: bytes, key: BackupKey, name: str) -> AESGCM:
    suite = header[len(MAGIC) : len(MAGIC) + len(SUITE)]
    if len(header) < HEADER_BYTES or header[: len(MAGIC)] != MAGIC:
        raise Damaged(f"备份已损坏: {name} does not begin as a sealed file.")
    if suite != SUITE:
        raise Damaged(f"备份无法读取: {name} was sealed by the suite {suite!r}, which is not known here.")
    if header[len(MAGIC) + len(SUITE) : -SALT_BYTES] != key.id:
        raise WrongKey(f"密钥不符: {name} was sealed under another key; bring the one of this backup.")
    return AESGCM(key.derive(f"file|{name}", header[-SALT_BYTES:]))


def _next(file: BinaryIO, name: str, *, open_end: bool) -> bytes | None:
    """The next chunk as it lies there; None at an end that may be open."""
    length = file.read(LENGTH_BYTES)
    size = int.from_bytes(length[:4], "big")
    whole = len(length) == LENGTH_BYTES
    if whole and (length != _length(size) or not TAG_BYTES < size <= LONGEST_SEALED_BYTES):
        raise Damaged(f"备份已损坏: {name} has a chunk of an impossible length.")
    sealed = file.read(size) if whole else b""
    if whole and len(sealed) == size:
        return sealed
    if open_end:
        return None
    raise Damaged(f"备份已损坏: {name} is cut off.")


def _content(cipher: AESGCM, sealed: bytes, number: int, header: bytes, name: str) -> tuple[bytes, bool]:
    for last in (False, True):
        try:
            packed = cipher.decrypt(_nonce(number, last=last), sealed, header)
        except InvalidTag:
            continue
        return zlib.decompress(packed), last
    raise Damaged(f"备份已损坏: {name} was changed in its chunk {number + 1}.")


def _length(size: int) -> bytes:
    """A length that no flipped bit turns into another: at an open end it would pass for a torn chunk."""
    said = size.to_bytes(4, "big")
    return said + zlib.crc32(said).to_bytes(4, "big")


def _nonce(number: int, *, last: bool) -> bytes:
    return bytes([last]) + number.to_bytes(11, "big")
