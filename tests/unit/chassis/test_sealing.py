"""A sealed text opens where it was sealed and nowhere else."""

import stat
from itertools import product
from pathlib import Path

import pytest

from services.chassis.security.sealing import KeyProvider, KeysMissing, SealBroken, Sealer

PLACE = {"table": "content", "column": "text", "row": "r-1"}
TEXT = "举报某局长收受礼金 13800000000"


@pytest.fixture(params=["A1", "S1"])
def sealer(request: pytest.FixtureRequest, tmp_path: Path) -> Sealer:
    return Sealer(KeyProvider.make(tmp_path / "keys"), str(request.param), "intake")


@pytest.mark.parametrize("text", ["", "a", TEXT, "举" * 20_000, "x" * 5_000_000])
def test_what_is_sealed_opens_in_its_place(sealer: Sealer, text: str) -> None:
    sealed = sealer.seal(text, **PLACE)

    assert sealer.open(sealed, **PLACE) == text
    if len(text) > 3:
        assert text.encode()[:30] not in sealed


def test_a_value_moved_to_another_place_does_not_open(sealer: Sealer, tmp_path: Path) -> None:
    sealed = sealer.seal(TEXT, **PLACE)
    elsewhere = Sealer(KeyProvider(tmp_path / "keys"), "A1", "review")

    for name in PLACE:
        with pytest.raises(SealBroken):
            sealer.open(sealed, **{**PLACE, name: "other"})
    with pytest.raises(SealBroken):
        elsewhere.open(sealed, **PLACE)
    with pytest.raises(SealBroken):
        sealer.open(sealed, table="contenttext", column="", row="r-1")


def test_every_changed_byte_and_every_cut_is_noticed(sealer: Sealer) -> None:
    sealed = sealer.seal("短", **PLACE)

    for index in range(len(sealed)):
        broken = bytearray(sealed)
        broken[index] ^= 0x01
        with pytest.raises(SealBroken):
            sealer.open(bytes(broken), **PLACE)
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            sealer.open(sealed[:length], **PLACE)


def test_equal_texts_look_different_and_lengths_fall_into_buckets(sealer: Sealer) -> None:
    sealed = [sealer.seal("a" * n, **PLACE) for n in (0, 1, 10, 59, 60)]
    longer = sealer.seal("a" * 61, **PLACE)

    assert len(set(sealed)) == 5
    assert len({len(value) for value in sealed}) == 1
    assert len(longer) > len(sealed[0])


def test_no_nonce_repeats(sealer: Sealer) -> None:
    sealed = [sealer.seal("a", **PLACE) for _ in range(5_000)]

    assert len({value[7:19] for value in sealed}) == 5_000


def test_after_rotation_old_values_open_and_new_ones_use_the_new_key(tmp_path: Path) -> None:
    old = Sealer(KeyProvider.make(tmp_path / "keys"), database="intake")
    sealed = old.seal(TEXT, **PLACE)

    new = Sealer(KeyProvider.rotate(tmp_path / "keys"), database="intake")

    assert new.open(sealed, **PLACE) == TEXT
    assert (sealed[5:7], new.seal(TEXT, **PLACE)[5:7]) == (b"\x00\x01", b"\x00\x02")
    with pytest.raises(SealBroken):
        old.open(new.seal(TEXT, **PLACE), **PLACE)


def test_a_blind_index_is_equal_for_equal_values_of_one_purpose_and_database(tmp_path: Path) -> None:
    keys = KeyProvider.make(tmp_path / "keys")
    sealers = [Sealer(keys, database=name) for name in ("intake", "vault")]

    blinds = {s.blind("某局", purpose) for s, purpose in product(sealers, ("name", "alias"))}

    assert len(blinds) == 4
    assert sealers[0].blind("某局", "name") == Sealer(keys, database="intake").blind("某局", "name")


def test_keys_are_made_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"

    with pytest.raises(KeysMissing):
        KeyProvider(tmp_path)
    first = KeyProvider.make(folder).secret("idempotency")

    assert KeyProvider.make(folder).secret("idempotency") == first
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
