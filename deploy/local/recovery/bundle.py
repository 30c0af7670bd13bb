"""The keys of an installation as one sealed file, kept apart from its data.

It holds the keys that seal content and identities, those that sign tokens, and the passwords of roles and
users. Without it a restored database can be started by nobody and its content opened by nobody.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from deploy.local.home import Home
from deploy.local.recovery.parcel import pack, unpack
from deploy.local.recovery.sealed import BackupKey, Damaged, Sealing, opened
from deploy.local.recovery.wal import sync_folder

HELD = ["keys", "secrets.json", "version.json"]


def write_keys(home: Home, key: BackupKey, system: str, file: Path) -> None:
    """Seal the keys of an installation into a file, in place of one that lies there; whole or not at all.

    ``system`` is the number of the database cluster that they belong to.
    """
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as opened_file:
        sealing = Sealing(opened_file, key, _label(system))
        sealing.write(pack(home.root, HELD))
        sealing.finish()
        opened_file.flush()
        os.fsync(opened_file.fileno())
    beside.replace(file)
    sync_folder(file.parent)


def check_keys(key: BackupKey, system: str, file: Path) -> None:
    """Open everything and keep nothing. Raises Damaged, WrongKey."""
    for _ in _content(key, system, file):
        continue


def take_keys(key: BackupKey, system: str, file: Path, home: Home) -> None:
    """Put the keys into a home that has none. Raises Damaged, WrongKey."""
    unpack(_content(key, system, file), home.root, "the keys file")


def _content(key: BackupKey, system: str, file: Path) -> Iterator[bytes]:
    try:
        with file.open("rb") as sealed:
            yield from opened(sealed, key, _label(system))
    except FileNotFoundError as missing:
        raise Damaged(f"没有钥匙文件 {file}: bring the keys file of the backup, and name it.") from missing


def _label(system: str) -> str:
    return f"{system}/keys"
