"""The canary scan: looks for planted words in raw bytes, in every form a program might leave them in.

A canary is a value that was typed into some field of a run. The scanner searches files, and whatever
else is handed to it as bytes, for the value as UTF-8, UTF-16, GB18030, JSON and URL escapes, base64 in
its three alignments, hexadecimal, reversed digits and unsalted hashes; members of gzip are unpacked.

Source: the project's guarantees, 1.4.
"""

import base64
import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

import ahocorasick_rs
from cryptography.hazmat.primitives import hashes

GZIP = b"\x1f\x8b\x08"
PIECE = 16 * 1024 * 1024
OVERLAP = 4096


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a canary sang: ``place`` is a file or a name, ``form`` how it was written."""

    place: str
    canary: str
    form: str


def _sm3(raw: bytes) -> bytes:
    digest = hashes.Hash(hashes.SM3())
    digest.update(raw)
    return digest.finalize()


def _base64_forms(raw: bytes) -> Iterator[bytes]:
    """The characters that do not depend on what stands before or behind, for each alignment."""
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + raw)
        yield coded[-(-8 * shift // 6) : 8 * (shift + len(raw)) // 6]


def forms(canary: str) -> Mapping[str, bytes]:
    """Every form of one canary by name; forms too short to mean anything are left out."""
    raw = canary.encode()
    found: dict[str, bytes] = {
        "utf-8": raw,
        "utf-16-le": canary.encode("utf-16-le"),
        "utf-16-be": canary.encode("utf-16-be"),
        "gb18030": canary.encode("gb18030"),
        "json": json.dumps(canary)[1:-1].encode(),
        "json-upper": json.dumps(canary)[1:-1].upper().replace("\\U", "\\u").encode(),
        "url": quote(canary, safe="").encode(),
        "url-lower": quote(canary, safe="").lower().encode(),
        "hex": raw.hex().encode(),
        "hex-upper": raw.hex().upper().encode(),
        "sha-256": hashlib.sha256(raw).digest(),
        "sha-256-hex": hashlib.sha256(raw).hexdigest().encode(),
        "md5": hashlib.md5(raw, usedforsecurity=False).digest(),
        "md5-hex": hashlib.md5(raw, usedforsecurity=False).hexdigest().encode(),
        "sm3": _sm3(raw),
        "sm3-hex": _sm3(raw).hex().encode(),
    }
    for index, form in enumerate(_base64_forms(raw)):
        found[f"base64-{index}"] = form
    if canary.isdigit():
        found["reversed"] = raw[::-1]
    return {name: form for name, form in found.items() if len(form) >= 6}


class Scanner:
    """Searches for all forms of all canaries at once."""

    def __init__(self, canaries: Iterable[str]) -> None:
        self._names = [(canary, name) for canary in canaries for name in forms(canary)]
        patterns = [forms(canary)[name] for canary, name in self._names]
        self._search = ahocorasick_rs.BytesAhoCorasick(patterns)
        self.bytes_seen = 0

    def scan(self, place: str, content: bytes) -> set[Hit]:
        """Every canary found in ``content``; what is packed by gzip inside is looked at too."""
        self.bytes_seen += len(content)
        found = {
            Hit(place, *self._names[index])
            for index, _, _ in self._search.find_matches_as_indexes(content, overlapping=True)
        }
        at = content.find(GZIP)
        while at >= 0:
            try:
                inner = zlib.decompressobj(wbits=31).decompress(content[at:], 64 * 1024 * 1024)
            except zlib.error:
                inner = b""
            if inner:
                found |= self.scan(f"{place}@{at} unpacked", inner)
            at = content.find(GZIP, at + 1)
        return found

    def scan_file(self, file: Path) -> set[Hit]:
        """The same for a file of any size, read in overlapping pieces; holes of a sparse file are passed."""
        found: set[Hit] = set()
        with file.open("rb", buffering=0) as stream:
            for begin, end in _written(stream):
                stream.seek(begin)
                before = b""
                while piece := stream.read(min(PIECE, end - stream.tell())):
                    found |= self.scan(str(file), before + piece)
                    before = piece[-OVERLAP:]
        return found

    def scan_folders(self, folders: Iterable[Path]) -> set[Hit]:
        """The same for every regular file below these folders."""
        found: set[Hit] = set()
        for folder in folders:
            for file in sorted(folder.rglob("*")):
                if file.is_file() and not file.is_symlink():
                    found |= self.scan_file(file)
        return found


def _written(stream: BinaryIO) -> Iterator[tuple[int, int]]:
    """From where to where a file holds data; a broker's indexes are mostly holes."""
    at, size = 0, os.fstat(stream.fileno()).st_size
    while at < size:
        try:
            begin = os.lseek(stream.fileno(), at, os.SEEK_DATA)
        except OSError:  # nothing but a hole is left
            return
        at = os.lseek(stream.fileno(), begin, os.SEEK_HOLE)
        yield begin, at
