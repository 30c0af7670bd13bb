"""Takes one base backup; the log that it needs lies in the folder before the base has its name."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg

from deploy.local.home import LAYOUT, Home
from deploy.local.postgres import Server
from deploy.local.recovery import ship
from deploy.local.recovery.basebackup import take_base
from deploy.local.recovery.sealed import BackupKey
from deploy.local.recovery.store import Manifest, Store, measured
from deploy.local.refusal import Refusal

SHIPPED_WITHIN_SECONDS = 120.0
LOOK_SECONDS = 0.1
SELECT_SIZE = "SELECT sum(pg_database_size(oid))::bigint FROM pg_database"


class NotShipped(Refusal):
    """The log did not reach the backup in time."""


@dataclass(frozen=True, slots=True)
class Taking:
    """What a base is taken from, and where it goes; ``progress`` is told the bytes done and expected."""

    home: Home
    server: Server
    store: Store
    key: BackupKey
    progress: Callable[[int, int], None]

    async def take(self, connection: "asyncpg.Connection[asyncpg.Record]") -> Manifest:
        """Take it while the shipper ships. Raises NotBackedUp, NotShipped, Damaged; then there is no base."""
        log, made_at = await ship.log_of(connection), datetime.now(UTC)
        name = made_at.strftime("%Y%m%dT%H%M%SZ")
        file = self.store.begin(name) / "base.tar.dwb"
        begins = await connection.fetchval(ship.SELECT_WRITTEN)
        size = await connection.fetchval(SELECT_SIZE)
        label = f"{log.system}/base/{name}"
        unpacked = await asyncio.to_thread(
            take_base, self.server, self.key, label, file, lambda done: self.progress(done, max(size, done))
        )
        ends = await connection.fetchval(ship.SELECT_WRITTEN)
        await asyncio.to_thread(self._until_shipped, ends)
        digest, sealed = measured(file)
        manifest = Manifest(
            id=name,
            made_at=made_at.isoformat(),
            layout=LAYOUT,
            postgres=self.server.binaries.major,
            system=log.system,
            timeline=log.timeline,
            segment_bytes=log.segment_bytes,
            wal_from=begins,
            wal_until=ends,
            key=self.key.id.hex(),
            sha256=digest,
            bytes=sealed,
            unpacked=unpacked,
        )
        self.store.finish(file.parent, manifest, self.key)
        return manifest

    def _until_shipped(self, place: int) -> None:
        """Wait until the shipper says that the log lies in this store up to a place."""

        def there() -> bool:
            said = ship.shipped(self.home)
            return bool(said.get("folder") == str(self.store.folder) and said["place"] >= place)

        if not awaited(there):
            raise NotShipped("日志没有送达备份: the log does not arrive; see dengwen status --logs backup.")


def awaited(look: Callable[[], bool]) -> bool:
    """Look until something is so; whether it came to that in time."""
    deadline = time.monotonic() + SHIPPED_WITHIN_SECONDS
    while not (there := look()) and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
    return there
