"""A backup as the platform leaves one, made of invented bytes: no PostgreSQL is needed to judge its form."""

import os
from dataclasses import dataclass
from pathlib import Path

from deploy.local.home import LAYOUT, Home
from deploy.local.recovery.bundle import write_keys
from deploy.local.recovery.sealed import BackupKey, Sealing
from deploy.local.recovery.store import Manifest, Store, measured
from deploy.local.recovery.wal import Log, Shipment

SEGMENT_BYTES = 1 << 16
LOG = Log("4711", 1, SEGMENT_BYTES)
FROM = 3 * SEGMENT_BYTES
NAME = "20261125T120000Z"


@dataclass(slots=True)
class MadeBackup:
    """The folder of a backup, the key of it, and the log of which it holds a part."""

    store: Store
    key: BackupKey
    pg_wal: Path
    log: bytes

    def shipment(self, place: int = FROM) -> Shipment:
        """A shipper's work, from a place of the slot on."""
        return Shipment(self.pg_wal, self.store.wal, LOG, self.key, place)

    def ship(self, until: int) -> None:
        """Ship the log up to a place, as one run of the shipper does."""
        shipment = self.shipment()
        shipment.begin()
        shipment.ship(until)
        shipment.stop()

    def base_under_way(self, wal_until: int) -> tuple[Path, Manifest]:
        """A base that is packed and has no name yet."""
        under_way = self.store.begin(NAME)
        file = under_way / "base.tar.dwb"
        packed = os.urandom(5000)
        with file.open("wb") as opened:
            sealing = Sealing(opened, self.key, f"{LOG.system}/base/{NAME}")
            sealing.write(packed)
            sealing.finish()
        digest, size = measured(file)
        manifest = Manifest(
            id=NAME, made_at="2026-11-25T12:00:00+00:00", layout=LAYOUT, postgres=15, system=LOG.system,
            timeline=LOG.timeline, segment_bytes=SEGMENT_BYTES, wal_from=FROM + 40, wal_until=wal_until,
            key=self.key.id.hex(), sha256=digest, bytes=size, unpacked=len(packed),
        )  # fmt: skip
        return under_way, manifest

    def base(self, wal_until: int) -> Path:
        """A base with its name."""
        under_way, manifest = self.base_under_way(wal_until)
        return self.store.finish(under_way, manifest, self.key)


def backup_in(folder: Path) -> MadeBackup:
    """An empty backup, and six segments of a log that could go into it."""
    pg_wal, log = folder / "pg_wal", os.urandom(6 * SEGMENT_BYTES)
    pg_wal.mkdir()
    for number in range(6):
        name = LOG.name(FROM + number * SEGMENT_BYTES)
        (pg_wal / name).write_bytes(log[number * SEGMENT_BYTES : (number + 1) * SEGMENT_BYTES])
    return MadeBackup(Store(folder / "backup"), BackupKey(os.urandom(32)), pg_wal, log)


def keys_of(folder: Path, key: BackupKey) -> Path:
    """The keys file of an invented installation."""
    home = Home(folder / "elsewhere")
    home.make()
    home.check_version({"kafka": "4.3", "postgres": 15})
    home.secrets(["postgres"])
    (home.keys / "staff.pem").write_text("a key")
    write_keys(home, key, LOG.system, folder / "keys")
    return folder / "keys"
