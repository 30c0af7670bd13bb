"""A backup is whole or has no name; what is damaged or missing in it is found before anything is written."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local.commands.backup import WrongPlace, check_places
from deploy.local.home import Home
from deploy.local.ports import Ports
from deploy.local.recovery.restoring import NotEmpty, Restoring
from deploy.local.recovery.sealed import BackupKey, Damaged, WrongKey
from deploy.local.recovery.store import KEPT_BASES
from deploy.local.recovery.wal import content_of, segments
from tests.support.backup_store import FROM, LOG, NAME, SEGMENT_BYTES, MadeBackup, backup_in, keys_of

SECOND, THIRD = FROM + SEGMENT_BYTES, FROM + 2 * SEGMENT_BYTES
CONSISTENT, SHIPPED = SECOND + 500, THIRD + 700


@pytest.fixture
def empty(tmp_path: Path) -> MadeBackup:
    return backup_in(tmp_path)


@pytest.fixture
def whole(empty: MadeBackup) -> MadeBackup:
    empty.ship(SHIPPED)
    empty.base(CONSISTENT)
    return empty


def check(backup: MadeBackup, key: BackupKey | None) -> None:
    backup.store.check(key, lambda _: None)


def flip(file: Path, place: int) -> None:
    raw = bytearray(file.read_bytes())
    raw[place] ^= 1
    file.write_bytes(raw)


def shipped(backup: MadeBackup) -> bytes:
    return b"".join(
        piece
        for name, file in segments(backup.store.wal, LOG, FROM)
        for piece in content_of(file, LOG, name, backup.key)
    )


def base_of(backup: MadeBackup) -> Path:
    return backup.store.folder / f"base-{NAME}" / "base.tar.dwb"


def test_a_whole_backup_is_sound_with_the_key_and_without(whole: MadeBackup) -> None:
    found = whole.store.check(whole.key, lambda _: None)
    check(whole, None)

    assert (found.manifest.id, len(found.wal), found.wal_ends) == (NAME, 3, SHIPPED)


def test_a_base_gets_its_name_once_its_log_is_there_and_not_before(empty: MadeBackup) -> None:
    empty.ship(SECOND)
    with pytest.raises(Damaged, match="the log does not reach the end of the base backup"):
        empty.base(CONSISTENT)
    assert empty.store.bases() == []
    with pytest.raises(Damaged, match="没有完整的备份"):
        check(empty, empty.key)

    empty.ship(CONSISTENT)
    assert empty.base(CONSISTENT).name == f"base-{NAME}"


def test_the_log_is_the_same_however_often_the_shipper_was_cut_off(empty: MadeBackup) -> None:
    for until in (FROM + 10, FROM + 11, FROM + 9000, SECOND - 1, SECOND, THIRD + 1, THIRD + 700):
        empty.ship(until)
        assert shipped(empty) == empty.log[: until - FROM]


def test_a_shipper_that_runs_on_adds_what_is_new(empty: MadeBackup) -> None:
    shipment = empty.shipment()
    shipment.begin()
    places = (FROM + 10, FROM + 10, FROM + 9000, THIRD, THIRD + 40)

    assert [shipment.ship(until) for until in places] == [True, False, True, True, True]
    shipment.stop()
    assert shipped(empty) == empty.log[: THIRD + 40 - FROM]


def test_a_slot_that_stands_within_a_segment_ships_it_from_its_beginning(empty: MadeBackup) -> None:
    shipment = empty.shipment(FROM + 4000)
    shipment.begin()
    shipment.ship(SECOND + 1)
    shipment.stop()

    assert shipped(empty) == empty.log[: SECOND + 1 - FROM]


@pytest.mark.parametrize("place", [10, 60, 4000, -1])
def test_a_flipped_bit_of_the_base_is_found_without_the_key(whole: MadeBackup, place: int) -> None:
    flip(base_of(whole), place)

    with pytest.raises(Damaged, match="checksum"):
        check(whole, None)


@pytest.mark.parametrize("place", [10, 60, 4000, -1])
def test_a_flipped_bit_of_a_whole_segment_is_found_without_the_key(whole: MadeBackup, place: int) -> None:
    flip(whole.store.wal / f"{LOG.name(SECOND)}.dwb", place)

    with pytest.raises(Damaged, match="checksum"):
        check(whole, None)


def test_a_flipped_bit_of_the_growing_segment_is_found_with_the_key(whole: MadeBackup) -> None:
    flip(whole.store.wal / f"{LOG.name(THIRD)}.part", 100)

    with pytest.raises(Damaged):
        check(whole, whole.key)


def test_every_missing_part_is_named(whole: MadeBackup, tmp_path: Path) -> None:
    parts = [file.relative_to(whole.store.folder) for file in whole.store.folder.rglob("*") if file.is_file()]
    needed = [part for part in parts if part.suffix != ".part"]
    kept = tmp_path / "kept"
    whole.store.folder.rename(kept)

    assert (len(parts), len(needed)) == (7, 6)
    for part in needed:
        shutil.copytree(kept, whole.store.folder)
        (whole.store.folder / part).unlink()
        with pytest.raises(Damaged):
            check(whole, whole.key)
        shutil.rmtree(whole.store.folder)


def test_a_log_cut_off_before_the_base_is_consistent_is_refused(whole: MadeBackup) -> None:
    for file in whole.store.wal.glob(f"{LOG.name(THIRD)}*"):
        file.unlink()
    for file in whole.store.wal.glob(f"{LOG.name(SECOND)}*"):
        file.unlink()

    with pytest.raises(Damaged, match="the log ends before"):
        check(whole, whole.key)


def test_a_changed_manifest_and_another_key_are_refused(whole: MadeBackup) -> None:
    with pytest.raises(WrongKey):
        check(whole, BackupKey(bytes(32)))
    manifest = base_of(whole).with_name("manifest.json")
    manifest.write_text(manifest.read_text().replace(f'"wal_until": {CONSISTENT}', '"wal_until": 0'))

    with pytest.raises(Damaged, match=r"manifest\.json was changed"):
        check(whole, whole.key)


def test_two_bases_stay_with_the_log_from_the_older_on(whole: MadeBackup) -> None:
    base = whole.store.folder / f"base-{NAME}"
    for name in ("20261126T120000Z", "20261127T120000Z"):
        shutil.copytree(base, whole.store.folder / f"base-{name}")
    (whole.store.wal / f"{LOG.name(0)}.dwb").touch()

    assert whole.store.prune() == [f"base-{NAME}"]
    assert len(whole.store.bases()) == KEPT_BASES
    assert not (whole.store.wal / f"{LOG.name(0)}.dwb").exists()
    assert shipped(whole) == whole.log[: SHIPPED - FROM]


@contextmanager
def unseen(_: str) -> Iterator[object]:
    yield lambda _: None


def restoring(backup: MadeBackup, root: Path, keys: Path, key: BackupKey | None = None) -> Restoring:
    return Restoring(Home(root), Ports.of({}), backup.store, key or backup.key, keys, unseen)  # type: ignore[arg-type]


@pytest.mark.parametrize("broken", ["base", "log", "keys", "no keys", "another key"])
def test_a_restore_from_what_is_not_sound_writes_nothing(
    whole: MadeBackup, tmp_path: Path, broken: str
) -> None:
    keys, root = keys_of(tmp_path, whole.key), tmp_path / "fresh"
    files = {"base": base_of(whole), "log": whole.store.wal / f"{LOG.name(SECOND)}.dwb", "keys": keys}
    if broken in files:
        flip(files[broken], 100)
    if broken == "no keys":
        keys.unlink()
    key = BackupKey(bytes(32)) if broken == "another key" else None

    with pytest.raises((Damaged, WrongKey)):
        restoring(whole, root, keys, key).run()

    assert not root.exists()


def test_a_restore_goes_into_an_empty_folder_alone(whole: MadeBackup, tmp_path: Path) -> None:
    root = tmp_path / "used"
    root.mkdir()
    (root / "version.json").touch()

    with pytest.raises(NotEmpty, match=r"恢复只能进入空目录.*version\.json"):
        restoring(whole, root, keys_of(tmp_path, whole.key)).run()

    assert [entry.name for entry in root.iterdir()] == ["version.json"]


@pytest.mark.parametrize(
    ("folder", "key", "keys"),
    [
        ("home/backup", "key", "keys"),
        ("home", "key", "keys"),
        (".", "key", "keys"),
        ("backup", "home/key", "keys"),
        ("backup", "backup/key", "keys"),
        ("backup", "key", "backup/wal/keys"),
        ("backup", "key", "key"),
        ("backup", "key", "nowhere/keys"),
    ],
)
def test_backup_and_keys_lie_apart_from_the_installation_and_each_other(
    tmp_path: Path, folder: str, key: str, keys: str
) -> None:
    for name in ("home", "backup/wal"):
        (tmp_path / name).mkdir(parents=True)
    home = Home(tmp_path / "home")

    check_places(home, tmp_path / "backup", tmp_path / "key", tmp_path / "keys")
    with pytest.raises(WrongPlace):
        check_places(home, tmp_path / folder, tmp_path / key, tmp_path / keys)
