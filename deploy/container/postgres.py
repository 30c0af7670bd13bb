"""The database server in its container: data made once, then PostgreSQL takes the place of this process.

``python -m deploy.container.postgres`` reads ``DENGWEN_POSTGRES_SECRETS_FOLDER`` (the file ``postgres`` with
the administrator's password). Each role enters its own database alone, by password, from the container's own
networks.
"""

import os
import sys
from pathlib import Path

from deploy.local.ports import POSTGRES
from deploy.local.postgres import LOGINS, SERVICES, Server, find_binaries
from deploy.local.refusal import Refusal
from deploy.secret_files import SecretMissing, read_secrets

DATA = Path("/var/lib/dengwen/postgres")


def rules() -> str:
    """Who may enter which database, as ``pg_hba.conf``; whoever is not named is refused."""
    own = [
        f"host petition_{service} {','.join(f'{service}_{login}' for login in LOGINS)} samenet scram-sha-256"
        for service in SERVICES
    ]
    return "\n".join(["host all postgres samenet scram-sha-256", *own, ""])


def main() -> None:
    """Make the data if there are none and become the server; says in one line what kept it from that."""
    os.umask(0o077)
    try:
        words = read_secrets(Path(os.environ["DENGWEN_POSTGRES_SECRETS_FOLDER"]), ["postgres"])
        server = Server(find_binaries(), DATA, POSTGRES, words["postgres"])
        server.initialise()
    except KeyError as missing:
        sys.exit(f"{missing.args[0]} is not set")
    except (SecretMissing, Refusal) as wrong:
        sys.exit(str(wrong))
    (DATA / "pg_hba.conf").write_text(rules(), encoding="utf-8")
    command = [*server.command(), "-clisten_addresses=*"]
    os.execv(command[0], command)  # noqa: S606 - the server is to be process 1 and get its signals


if __name__ == "__main__":
    main()
