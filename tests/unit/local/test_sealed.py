"""A sealed file opens under its key and name, whole and in order, or not at all."""

import io
import stat
from pathlib import Path

import pytest

from deploy.local.recovery.sealed import (
    CHUNK_BYTES,
    HEADER_BYTES,
    MAGIC,
    BackupKey,
    Damaged,
    Sealing,
    WrongKey,
    opened,
)

KEY, OTHER = BackupKey(bytes(range(32))), BackupKey(bytes(32))
NAME = "4711/base/one"


def sealed(*pieces: bytes, key: BackupKey = KEY, name: str = NAME, whole: bool = True) -> bytes:
    file = io.BytesIO()
    sealing = Sealing(file, key, name)
    for piece in pieces:
        sealing.write(piece)
    if whole:
        sealing.finish()
    return file.getvalue()


def content(raw: bytes, key: BackupKey = KEY, name: str = NAME, *, open_end: bool = False) -> list[bytes]:
    return list(opened(io.BytesIO(raw), key, name, open_end=open_end))


def chunks(raw: bytes) -> list[bytes]:
    found, at = [], HEADER_BYTES
    while at < len(raw):
        end = at + 8 + int.from_bytes(raw[at : at + 4], "big")
        found.append(raw[at:end])
        at = end
    return found


def test_what_was_sealed_comes_out_in_order() -> None:
    large = bytes(range(256)) * 8192

    assert b"".join(content(sealed(b"first", large, b"last"))) == b"first" + large + b"last"
    assert len(large) > CHUNK_BYTES
    assert content(sealed()) == []


def test_nothing_of_the_content_can_be_seen() -> None:
    assert b"first" not in sealed(b"first" * 3)
    assert sealed(b"first") != sealed(b"first")


def test_another_key_is_told_from_damage_and_opens_nothing() -> None:
    with pytest.raises(WrongKey, match="bring the one of this backup"):
        content(sealed(b"first"), OTHER)


def test_every_flipped_bit_is_found() -> None:
    raw = sealed(b"first", b"second")
    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 1 << place % 8
        with pytest.raises((Damaged, WrongKey)):
            content(bytes(changed))


def test_a_file_cut_off_anywhere_is_not_whole() -> None:
    raw = sealed(b"first", b"second")
    for length in range(len(raw)):
        with pytest.raises(Damaged):
            content(raw[:length])


def test_a_growing_file_ends_behind_its_last_whole_chunk_and_no_byte_of_it_may_differ() -> None:
    raw = sealed(b"first", b"second", whole=False)
    second = HEADER_BYTES + len(chunks(raw)[0])

    assert content(raw, open_end=True) == [b"first", b"second"]
    for length in range(len(raw)):
        there = content(raw[:length], open_end=True)
        assert there == ([b"first"] if length >= second else [])
    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 0x80
        with pytest.raises((Damaged, WrongKey)):
            content(bytes(changed), open_end=True)


def test_chunks_cannot_be_swapped_left_out_repeated_or_added() -> None:
    raw = sealed(b"first", b"other", b"third")
    head, (one, two, three, last) = raw[:HEADER_BYTES], chunks(raw)

    for order in ((two, one, three, last), (one, three, last), (one, one, two, three, last), (one, last)):
        with pytest.raises(Damaged):
            content(head + b"".join(order))
    with pytest.raises(Damaged, match="goes on behind its end"):
        content(raw + two)


def test_a_file_opens_under_its_own_name_alone() -> None:
    with pytest.raises(Damaged, match="4711/base/two was changed"):
        content(sealed(b"first"), name="4711/base/two")


def test_a_suite_of_another_time_is_named() -> None:
    raw = sealed(b"first")

    with pytest.raises(Damaged, match="suite b'S1'"):
        content(MAGIC + b"S1" + raw[6:])


def test_a_key_file_is_for_its_owner_alone_and_never_replaced(tmp_path: Path) -> None:
    made = BackupKey.make(tmp_path / "key")

    assert BackupKey.of(tmp_path / "key") == made
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert made.raw.hex() not in repr(made)
    with pytest.raises(FileExistsError):
        BackupKey.make(tmp_path / "key")


@pytest.mark.parametrize("text", ["", "abcd", "x" * 64, "00" * 33, "密钥"])
def test_a_file_that_is_no_key_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "key").write_text(text, "utf-8")

    with pytest.raises(WrongKey, match="64 hexadecimal digits"):
        BackupKey.of(tmp_path / "key")
    with pytest.raises(WrongKey, match="没有密钥文件"):
        BackupKey.of(tmp_path / "none")
