"""Makes at a PostgreSQL what the services need: roles, databases, who may enter them, missing migrations.

``python -m deploy.databases`` reads ``DENGWEN_DATABASES_DSN`` (an administrator's address, without password),
``_SECRETS_FOLDER`` (a file for the password of each role, named as the role, and ``postgres`` for the
administrator's) and, where the services are spread over several servers, ``_SERVICES`` (those of this one,
with commas between). It waits a minute for the server. It may be killed anywhere and run again; what stands
already is left as it is, but for the passwords, which become those of the files.
"""

import asyncio
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

import asyncpg

from deploy.local.infrastructure import close_common_rooms, furnish_database
from deploy.local.postgres import LOGINS, SERVICES
from deploy.secret_files import SecretMissing, read_secrets
from services.chassis.migrate import MigrationChanged

ADMINISTRATOR = "postgres"
"""The name of the file with the administrator's password, whatever his role is called."""
WAIT_SECONDS = 60.0
LOOK_SECONDS = 0.5
AWAY = (OSError, TimeoutError, asyncpg.CannotConnectNowError)


@dataclass(frozen=True, slots=True)
class Place:
    """A server by its administrator's address, which holds no password, and that password."""

    address: str
    password: str = field(repr=False)

    def dsn(self, database: str = "", user: str = "", password: str | None = None) -> str:
        """The same address for a database and a user; the administrator's by default.

        Raises ValueError for an address that names no user, or a password.
        """
        parts = urlsplit(self.address)
        administrator, at, host = parts.netloc.rpartition("@")
        if not at or not administrator or ":" in administrator:
            raise ValueError("DENGWEN_DATABASES_DSN: names a user, and no password")
        word = quote(password or self.password, safe="")
        path = f"/{database}" if database else parts.path
        return parts._replace(netloc=f"{user or administrator}:{word}@{host}", path=path).geturl()


def roles(services: Sequence[str] = SERVICES) -> list[str]:
    """Every secret that is needed: the administrator's, and one a role that can sign in."""
    return [ADMINISTRATOR, *(f"{service}_{login}" for service in services for login in LOGINS)]


def chosen(given: Mapping[str, str]) -> list[str]:
    """The services of this server. Raises ValueError for a name that no service has."""
    named = [name for name in given.get("DENGWEN_DATABASES_SERVICES", "").split(",") if name]
    if unknown := sorted(set(named) - set(SERVICES)):
        raise ValueError(f"DENGWEN_DATABASES_SERVICES: no such service: {', '.join(unknown)}")
    return named or list(SERVICES)


async def furnish(place: Place, secrets: Mapping[str, str], services: Sequence[str]) -> int:
    """Furnish the databases of these services at once; returns how many migrations were applied.

    Raises MigrationChanged when the data were made by another version of a migration.
    """
    await _answering(place)
    await close_common_rooms(place)
    applied = await asyncio.gather(*(furnish_database(place, secrets, service) for service in services))
    return sum(len(files) for files in applied)


async def _answering(place: Place) -> None:
    """Wait for the server; raises what the last try said."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            connection = await asyncpg.connect(place.dsn(), timeout=5)
            return await connection.close()
        except AWAY:
            if time.monotonic() > deadline:
                raise
        await asyncio.sleep(LOOK_SECONDS)


def main() -> int:
    """Furnish the server that the environment names; says in one line what kept it from that."""
    given, began = os.environ, time.monotonic()
    try:
        services = chosen(given)
        secrets = read_secrets(Path(given["DENGWEN_DATABASES_SECRETS_FOLDER"]), roles(services))
        place = Place(given["DENGWEN_DATABASES_DSN"], secrets[ADMINISTRATOR])
        applied = asyncio.run(furnish(place, secrets, services))
    except KeyError as missing:
        sys.stderr.write(f"{missing.args[0]} is not set\n")
        return 2
    except (SecretMissing, ValueError) as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    except MigrationChanged as changed:
        sys.stderr.write(f"the data were made with another version of {changed}: use the version that did\n")
        return 1
    except (OSError, asyncpg.PostgresError) as refused:
        sys.stderr.write(f"PostgreSQL refused, or did not answer: {type(refused).__name__}\n")
        return 1
    sys.stdout.write(f"{applied} migrations applied in {time.monotonic() - began:.1f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
