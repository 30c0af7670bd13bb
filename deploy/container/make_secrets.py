"""Makes every secret and key that one server needs, each a file of its own: ``make_secrets FOLDER``.

The folder gets ``secrets/<name>`` (passwords), ``keys/`` (token keys, a key of each service) and
``keys/<service>/`` (what seals its content), all readable by the user of the containers alone. What is there
already is never replaced, so that it may be run again after an upgrade.
"""

import os
import secrets
import sys
from pathlib import Path

from deploy.local.home import Home, write_private
from deploy.local.infrastructure import secret_names
from deploy.local.keys import make_keys
from deploy.local.postgres import SERVICES
from deploy.local.refusal import Refusal

USER = 10001
"""The user and the group of every container."""
VAULT_ADMINISTRATOR = "postgres_vault"
"""The password of the administrator at the vault's own server."""


def names() -> list[str]:
    """Every password of one server: those of any installation, and one for the vault's own server."""
    return [*secret_names(), VAULT_ADMINISTRATOR]


def make(folder: Path, owner: int | None = None) -> int:
    """Make what is missing; returns how many passwords that were. ``owner`` gets everything, None leaves it.

    Raises OSError and a Refusal for what lies there and is none of ours.
    """
    words, home = folder / "secrets", Home(folder)
    for place in (folder, words, home.keys):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    missing = [name for name in names() if not (words / name).exists()]
    for name in missing:
        write_private(words / name, secrets.token_hex(16).encode() + b"\n")
    make_keys(home, SERVICES)
    if owner is not None:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, owner, owner)
    return len(missing)


def main() -> int:
    """Make them for the user of the containers, which only root can do."""
    if len(sys.argv) != 2:
        sys.stderr.write("name the folder that shall hold the secrets\n")
        return 2
    try:
        made = make(Path(sys.argv[1]).absolute(), USER)
    except (OSError, Refusal) as wrong:
        sys.stderr.write(f"the secrets could not be made: {wrong}\n")
        return 1
    sys.stdout.write(f"{made} passwords made; keep the folder apart from the data and from their backups\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
