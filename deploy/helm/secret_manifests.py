"""Makes the secrets of an installation in a folder, once, and says them as the Secrets the chart asks for.

``python -m deploy.helm.secret_manifests FOLDER [--prefix NAME] [--without kafka] [--without postgres]`` says
them on its standard output, for ``kubectl apply -f -``. The folder is the origin of all keys: kept apart from
backups of the data, it is what a restore needs. What is there is never replaced. ``--without`` leaves
out what an operator makes by itself: Strimzi the passwords of Kafka's users, CloudNativePG those of the
administrators.
"""

import argparse
import base64
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from deploy.local.home import Home
from deploy.local.infrastructure import secret_names
from deploy.local.keys import make_keys
from deploy.local.postgres import LOGINS, SERVICES
from deploy.local.refusal import Refusal
from deploy.topics import read_topics, users_of

Files = Mapping[str, bytes]


def secrets_of(home: Home, without: Collection[str] = ()) -> dict[str, Files]:
    """The files of every Secret, by its name without the prefix; makes what is missing in the folder.

    Raises OtherVersion when what the folder holds cannot be read.
    """
    home.make()
    words = home.secrets(secret_names())
    make_keys(home, SERVICES)
    found = dict(_databases(words, administrators="postgres" not in without))
    if "kafka" not in without:
        users = ("admin", *users_of(read_topics()))
        found |= {f"kafka-{user}": {"password": words[f"kafka_{user}"].encode()} for user in users}
    for service in SERVICES:
        keys = {file.name: file.read_bytes() for file in sorted((home.keys / service).iterdir())}
        found[f"keys-{service}"] = keys
        found[f"service-key-{service}"] = {"service.pem": _key(home, f"service-{service}.pem")}
    found["tokens"] = {"tokens.json": _key(home, "tokens.json")}
    found["staff-key"] = {"staff.pem": _key(home, "staff.pem")}
    return found


def _databases(words: Mapping[str, str], *, administrators: bool) -> Iterator[tuple[str, Files]]:
    for service in SERVICES:
        for login in LOGINS:
            yield f"db-{service}-{login}", _account(f"{service}_{login}", words[f"{service}_{login}"])
    if administrators:
        yield "db-admin", _account("postgres", words["postgres"])
        yield "db-admin-vault", _account("postgres", words["postgres"])


def _account(role: str, word: str) -> Files:
    return {"username": role.encode(), "password": word.encode()}


def _key(home: Home, name: str) -> bytes:
    return (home.keys / name).read_bytes()


def manifests(secrets: Mapping[str, Files], prefix: str) -> Iterator[dict[str, Any]]:
    """Each of them as Kubernetes has it."""
    for name, files in sorted(secrets.items()):
        yield {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": f"{prefix}-{name}", "labels": {"app.kubernetes.io/part-of": "dengwen"}},
            "type": "Opaque",
            "data": {file: base64.b64encode(content).decode() for file, content in files.items()},
        }


def main() -> int:
    """Write the manifests; 2 when the folder is refused."""
    asked = argparse.ArgumentParser(description="The Secrets of an installation, for kubectl apply -f -.")
    asked.add_argument("folder", type=Path)
    asked.add_argument("--prefix", default="dengwen")
    asked.add_argument("--without", action="append", default=[], choices=["kafka", "postgres"])
    given = asked.parse_args()
    try:
        made = secrets_of(Home(given.folder.absolute()), given.without)
    except (Refusal, OSError) as refused:
        sys.stderr.write(f"{refused}\n")
        return 2
    yaml.safe_dump_all(manifests(made, given.prefix), sys.stdout, sort_keys=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
