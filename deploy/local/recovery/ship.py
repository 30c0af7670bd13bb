"""Ships the log into the backup while the platform runs: ``python -m deploy.local.recovery.ship``.

Every fifth of a second it asks PostgreSQL how far the log is flushed and seals what is new into the folder of
the backup. What was acknowledged is flushed, so a destroyed machine loses what was acknowledged since the
last look, and nothing before it. A replication slot keeps every segment until it lies whole in the backup.

After any interruption, its own or PostgreSQL's, the segment under way is shipped from its beginning again.
"""

import asyncio
import json
import os
import signal
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import psutil

from deploy.local.home import Home, write_private
from deploy.local.keeper import Program
from deploy.local.ports import Ports
from deploy.local.processes import REPOSITORY
from deploy.local.recovery.sealed import BackupKey
from deploy.local.recovery.store import Store
from deploy.local.recovery.wal import Log, Shipment
from deploy.local.refusal import Refusal

SLOT = "dengwen_backup"
LOOK_SECONDS = 0.2
LONGEST_SILENCE_SECONDS = 30.0
"""A database that does not answer for so long makes the shipper begin anew."""
SELECT_LOG = """
    SELECT system_identifier::text AS system,
           ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int AS timeline,
           (SELECT setting::bigint FROM pg_settings WHERE name = 'wal_segment_size') AS segment_bytes
      FROM pg_control_system()
"""
SELECT_SLOT = """
    SELECT restart_lsn - '0/0'::pg_lsn AS place, wal_status FROM pg_replication_slots WHERE slot_name = $1
"""
MAKE_SLOT = "SELECT pg_create_physical_replication_slot($1, true)"
DROP_SLOT = "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1"
SELECT_FLUSHED = "SELECT (pg_current_wal_flush_lsn() - '0/0'::pg_lsn)::bigint"
SELECT_WRITTEN = "SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint"
LET_GO = "SELECT pg_replication_slot_advance($1, '0/0'::pg_lsn + $2::bigint::numeric)"


class Broken(Refusal):
    """The log in the backup cannot go on where it ended; a new base backup begins another."""


@dataclass(frozen=True, slots=True)
class Order:
    """What an installation was told: where to ship the log of ``system``, and which file holds the key."""

    folder: str
    key: str
    system: str

    @classmethod
    def read(cls, home: Home) -> "Order | None":
        """The order that lies in a home, None when there is none."""
        try:
            return cls(**json.loads(home.backup.read_text("utf-8")))
        except FileNotFoundError:
            return None

    @staticmethod
    def withdraw(home: Home) -> None:
        """Take the order back; the supervisor ends the shipper."""
        home.backup.unlink(missing_ok=True)

    def write(self, home: Home) -> None:
        """Leave the order where the supervisor looks for it."""
        write_private(home.backup, json.dumps(asdict(self)).encode())


async def log_of(connection: "asyncpg.Connection[asyncpg.Record]") -> Log:
    """The log that a server is writing now."""
    row = await connection.fetchrow(SELECT_LOG)
    assert row is not None
    return Log(row["system"], row["timeline"], row["segment_bytes"])


async def make_slot(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Make the slot when there is none, or none that still holds anything; a sound one stays as it is."""
    row = await connection.fetchrow(SELECT_SLOT, SLOT)
    if row is not None and (row["place"] is None or row["wal_status"] == "lost"):
        await connection.execute(DROP_SLOT, SLOT)
        row = None
    if row is None:
        await connection.execute(MAKE_SLOT, SLOT)


def shipper_program(home: Home) -> Program:
    """The shipper as a program of the platform; it is ready once it said how far it is."""

    async def ready() -> bool:
        return is_shipping(home)

    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    own = {name: word for name, word in os.environ.items() if name.startswith("DENGWEN_LOCAL_")}
    return Program(
        name="backup",
        command=(sys.executable, "-m", "deploy.local.recovery.ship"),
        environ={**kept, **own, "DENGWEN_HOME": str(home.root), "PYTHONPATH": str(REPOSITORY)},
        ready=ready,
    )


def shipped(home: Home) -> dict[str, Any]:
    """How far the shipper is: ``pid``, ``place``, ``folder`` and ``at``; empty when it never shipped."""
    try:
        found: dict[str, Any] = json.loads(home.shipped.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def is_shipping(home: Home) -> bool:
    """Whether the shipper that last said how far it is lives."""
    pid = shipped(home).get("pid")
    return isinstance(pid, int) and psutil.pid_exists(pid)


class Shipper:
    """One run of the shipper, from its start to its end in order."""

    def __init__(self, home: Home, dsn: str, order: Order, key: BackupKey) -> None:
        self._home, self._dsn, self._order, self._key = home, dsn, order, key
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Ship until told to stop, then once more. Raises Broken, and whatever the world refuses."""
        for word in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(word, self._stop.set)
        connection = await asyncpg.connect(self._dsn, timeout=10, command_timeout=LONGEST_SILENCE_SECONDS)
        try:
            shipment = await self._begin(connection)
            try:
                while not self._stop.is_set():
                    await self._look(connection, shipment)
                    await self._pause()
                await self._look(connection, shipment)
            finally:
                shipment.stop()
        finally:
            await connection.close()

    async def _begin(self, connection: "asyncpg.Connection[asyncpg.Record]") -> Shipment:
        log, slot = await log_of(connection), await connection.fetchrow(SELECT_SLOT, SLOT)
        if log.system != self._order.system:
            raise Broken(
                "这不是备份的那个数据库: the backup belongs to another database; run dengwen backup anew."
            )
        if slot is None or slot["place"] is None or slot["wal_status"] == "lost":
            raise Broken("备份日志已中断: the log was not kept for the backup; run dengwen backup anew.")
        folder = Store(Path(self._order.folder)).wal
        shipment = Shipment(self._home.postgres / "pg_wal", folder, log, self._key, int(slot["place"]))
        shipment.begin()
        if shipment.place > slot["place"]:
            await connection.execute(LET_GO, SLOT, shipment.place)
        self._say(shipment.place)
        return shipment

    async def _look(self, connection: "asyncpg.Connection[asyncpg.Record]", shipment: Shipment) -> None:
        flushed = await connection.fetchval(SELECT_FLUSHED)
        before = shipment.log.start(shipment.place)
        if await asyncio.to_thread(shipment.ship, flushed):
            self._say(shipment.place)
        if (begins := shipment.log.start(shipment.place)) > before:
            await connection.execute(LET_GO, SLOT, begins)

    def _say(self, place: int) -> None:
        said = {"pid": os.getpid(), "place": place, "folder": self._order.folder,
                "at": datetime.now(UTC).isoformat()}  # fmt: skip
        beside = self._home.shipped.with_suffix(".new")
        beside.touch(0o600)
        beside.write_text(json.dumps(said))
        beside.replace(self._home.shipped)

    async def _pause(self) -> None:
        try:
            await asyncio.wait_for(self._stop.wait(), LOOK_SECONDS)
        except TimeoutError:
            return


def main() -> int:
    """Ship what the order in the home says; 1 with one sentence when it cannot be."""
    home = Home.of()
    order = Order.read(home)
    if order is None:
        return 0
    password = home.secrets([])["postgres"]
    dsn = f"postgresql://postgres:{password}@127.0.0.1:{Ports.of().postgres}/postgres"
    try:
        asyncio.run(Shipper(home, dsn, order, BackupKey.of(Path(order.key))).run())
    except (Refusal, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as failed:
        sys.stderr.write(f"{datetime.now(UTC).isoformat()} {type(failed).__name__}: {failed}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
