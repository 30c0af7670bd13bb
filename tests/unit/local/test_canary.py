"""The scanner finds a canary in each form in which one may be left behind."""

import base64
import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.support.canary import Scanner

NAME = "司徒望舒金丝雀"
NUMBER = "13900417283"
WAYS: dict[str, Callable[[str], bytes]] = {
    "UTF-8": lambda c: c.encode(),
    "UTF-16": lambda c: c.encode("utf-16"),
    "UTF-16 big end first": lambda c: c.encode("utf-16-be"),
    "GB18030": lambda c: c.encode("gb18030"),
    "JSON escapes": lambda c: json.dumps({"a": c}).encode(),
    "a URL": lambda c: f"/find?q={quote(c)}".encode(),
    "base64": lambda c: base64.b64encode(c.encode()),
    "base64 behind one byte": lambda c: base64.b64encode(b"x" + c.encode() + b"yz"),
    "base64 behind two bytes": lambda c: base64.b64encode(b"xx" + c.encode() + b"y"),
    "hexadecimal": lambda c: c.encode().hex().encode(),
    "upper-case hexadecimal": lambda c: c.encode().hex().upper().encode(),
    "gzip": lambda c: b"front" + gzip.compress(c.encode() * 3) + b"behind",
    "SHA-256": lambda c: hashlib.sha256(c.encode()).hexdigest().encode(),
    "MD5": lambda c: hashlib.md5(c.encode()).digest(),
}


@pytest.mark.parametrize("canary", [NAME, NUMBER])
@pytest.mark.parametrize("way", WAYS)
def test_a_canary_is_found_in_every_form(way: str, canary: str) -> None:
    content = b"\x00before" + WAYS[way](canary) + b"after\xff"

    hits = Scanner([NAME, NUMBER]).scan("here", content)

    assert {hit.canary for hit in hits} == {canary}


def test_a_number_is_found_backwards() -> None:
    assert Scanner([NUMBER]).scan("here", NUMBER[::-1].encode())


def test_nothing_is_found_where_nothing_is() -> None:
    assert Scanner([NAME, NUMBER]).scan("here", "司徒望舒 139 0041 7283".encode() * 100) == set()


def test_a_canary_across_two_pieces_of_a_large_file_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.support.canary.PIECE", 1000)
    file = tmp_path / "wal"
    file.write_bytes(b"." * 990 + NAME.encode() + b"." * 500)

    assert {hit.canary for hit in Scanner([NAME]).scan_folders([tmp_path])} == {NAME}
