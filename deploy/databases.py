"""Makes at a PostgreSQL what the services need: roles, databases, who may enter them, missing migrations.

``python -m deploy.databases`` reads ``DENGWEN_DATABASES_HOST``, ``_PORT`` and ``_SECRETS_FOLDER``: a folder
with a file for the password of each role, named as the role (``postgres`` for the administrator,
``intake_api`` and so on). It may be killed anywhere and run again; what stands already is left as it is, but
for the passwords, which become those of the files.
"""

import asyncio
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from deploy.local.infrastructure import close_common_rooms, furnish_database
from deploy.local.postgres import LOGINS, SERVICES
from deploy.secret_files import SecretMissing, read_secrets
from services.chassis.migrate import MigrationChanged

ADMINISTRATOR = "postgres"


@dataclass(frozen=True, slots=True)
class Place:
    """A server by its address, and its administrator's password."""

    host: str
    port: int
    password: str = field(repr=False)

    def dsn(self, database: str = "postgres", user: str = ADMINISTRATOR, password: str | None = None) -> str:
        """The address of a database for a user."""
        return f"postgresql://{user}:{password or self.password}@{self.host}:{self.port}/{database}"


def roles() -> list[str]:
    """Every role that can sign in, the administrator first."""
    return [ADMINISTRATOR, *(f"{service}_{login}" for service in SERVICES for login in LOGINS)]


async def furnish(place: Place, secrets: Mapping[str, str]) -> int:
    """Furnish the databases of all services at once; returns how many migrations were applied.

    Raises MigrationChanged when the data were made by another version of a migration.
    """
    await close_common_rooms(place)
    applied = await asyncio.gather(*(furnish_database(place, secrets, service) for service in SERVICES))
    return sum(len(files) for files in applied)


def main() -> int:
    """Furnish the server that the environment names; says in one line what kept it from that."""
    given, began = os.environ, time.monotonic()
    try:
        host, port = given["DENGWEN_DATABASES_HOST"], int(given["DENGWEN_DATABASES_PORT"])
        secrets = read_secrets(Path(given["DENGWEN_DATABASES_SECRETS_FOLDER"]), roles())
        applied = asyncio.run(furnish(Place(host, port, secrets[ADMINISTRATOR]), secrets))
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
        sys.stderr.write(f"PostgreSQL refused: {type(refused).__name__}\n")
        return 1
    sys.stdout.write(f"{applied} migrations applied in {time.monotonic() - began:.1f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
