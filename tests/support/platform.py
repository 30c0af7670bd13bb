"""One real broker and one real PostgreSQL for a whole test run, on free ports, gone with it.

``python -m tests.support.platform FILE`` keeps one running and writes where it is into FILE; a test run
with ``DENGWEN_TEST_PLATFORM=FILE`` uses that one and saves the start.
"""

import asyncio
import contextlib
import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from deploy.local.infrastructure import cache_folder
from deploy.local.kafka import Listener, Node, find_java, jars_in
from deploy.local.postgres import LOGINS, SERVICES, Server, find_binaries, make_database, make_roles
from deploy.topics import administrator
from services.chassis.broker import Broker
from services.chassis.migrate import files_of, folders_of, migrate
from tests.support.eventually import eventually
from tests.support.scratch import scratch_folder

USERS = ("intake", "referral", "review", "analytics", "reception")


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Platform:
    """The running broker and server; every test gets a prefix and databases of its own."""

    server: Server
    kafka_port: int
    admin_password: str
    passwords: Mapping[str, str]

    def admin(self) -> AdminClient:
        """The broker's administrator."""
        return administrator(f"127.0.0.1:{self.kafka_port}", "admin", self.admin_password)

    def broker(self, prefix: str) -> Broker:
        """The broker for a test that is not about rights, as the administrator."""
        return Broker(
            f"127.0.0.1:{self.kafka_port}", "admin", self.admin_password, prefix, session_timeout_ms=6000
        )

    def make_topics(self, names: list[str], partitions: int = 3) -> None:
        """Make topics, and wait until they are there."""
        admin = self.admin()
        for made in admin.create_topics([NewTopic(name, partitions, 1) for name in names]).values():
            made.result(30)

    async def database(self, service: str) -> str:
        """A fresh database of a service, cloned from its migrated template; returns its name."""
        template = f"petition_{service}_template_{_migrations_hash(service)}"
        guard = await asyncpg.connect(self.server.dsn())
        try:
            await guard.execute("SELECT pg_advisory_lock(hashtext('template'))")
            if not await guard.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", template):
                await self._make_template(service, template)
            name = f"petition_{service}_{secrets.token_hex(4)}"
            await make_database(self.server, service, name, template)
        finally:
            await guard.close()
        return name

    async def _make_template(self, service: str, template: str) -> None:
        passwords = {login: self.passwords[f"{service}_{login}"] for login in LOGINS}
        await make_roles(self.server, service, passwords)
        unfinished = f"petition_{service}_{secrets.token_hex(4)}"
        await make_database(self.server, service, unfinished)
        await migrate(self.dsn(unfinished, service, "migrate"), service)
        connection = await asyncpg.connect(self.server.dsn())
        try:
            await connection.execute(f"ALTER DATABASE {unfinished} RENAME TO {template}")
        finally:
            await connection.close()

    def dsn(self, database: str, service: str, login: str) -> str:
        """The address of a database for one role of a service."""
        role = f"{service}_{login}"
        return self.server.dsn(database, role, self.passwords[role])


def _migrations_hash(service: str) -> str:
    files = [file for folder in folders_of(service) for file in files_of(folder)]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


async def _answering(server: Server, process: subprocess.Popen[bytes]) -> None:
    async def done() -> bool:
        return process.poll() is not None or await server.ready()

    await eventually(done, 60)


async def _listening(port: int, process: subprocess.Popen[bytes]) -> None:
    async def open_() -> bool:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return True
        return process.poll() is not None

    await eventually(open_, 60)


@contextlib.contextmanager
def running() -> Iterator[Platform]:
    """A platform for as long as the block lasts; its folder goes with it. Or the one that runs already."""
    kept = os.environ.get("DENGWEN_TEST_PLATFORM")
    if kept:
        yield _attach(Path(kept))
        return
    folder = scratch_folder(Path(tempfile.gettempdir()))
    words = {f"{s}_{login}": secrets.token_hex(16) for s in SERVICES for login in LOGINS}
    server = Server(find_binaries(), folder / "postgres", free_port(), secrets.token_hex(16))
    server.initialise()
    port, admin = free_port(), secrets.token_hex(16)
    java, _ = find_java()
    node = Node(
        java, jars_in(cache_folder() / "kafka-4.3.1"), folder / "kafka", (Listener("CLIENT", port, port),),
        free_port(), admin, secrets.token_hex(16),
    )  # fmt: skip
    node.format({"admin": admin, **{user: secrets.token_hex(16) for user in USERS}})
    with (folder / "log").open("wb") as log:
        runner = server.runner()
        postgres = subprocess.Popen(
            server.command(),
            user=runner,
            extra_groups=[] if runner else None,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        kafka = subprocess.Popen(node.command(), stdout=log, stderr=subprocess.STDOUT)
        try:
            asyncio.run(_answering(server, postgres))
            asyncio.run(_listening(port, kafka))
            yield Platform(server, port, admin, words)
        finally:
            for process in (kafka, postgres):
                process.terminate()
            for process in (kafka, postgres):
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
            shutil.rmtree(folder, ignore_errors=True)


def _attach(file: Path) -> Platform:
    there = json.loads(file.read_text())
    server = Server(find_binaries(), Path(there["data"]), there["postgres_port"], there["postgres_password"])
    return Platform(server, there["kafka_port"], there["admin_password"], there["passwords"])


def _keep(file: Path) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that broker and server go with us
    with running() as here:
        file.touch(0o600)
        file.write_text(
            json.dumps(
                {
                    "data": str(here.server.data),
                    "postgres_port": here.server.port,
                    "postgres_password": here.server.password,
                    "kafka_port": here.kafka_port,
                    "admin_password": here.admin_password,
                    "passwords": dict(here.passwords),
                }
            )
        )
        threading.Event().wait()


if __name__ == "__main__":
    _keep(Path(sys.argv[1]))
