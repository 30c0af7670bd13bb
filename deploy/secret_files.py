"""Secrets as files: one folder, a file for each, named as the secret."""

from collections.abc import Iterable
from pathlib import Path

from services.chassis.settings import secret_in


class SecretMissing(Exception):
    """A file that must hold a secret is not there, not readable, or holds none; the message names it."""


def read_secrets(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """The secret of each name, without the end of its line. Raises SecretMissing, which shows no content."""
    return {name: _one(folder, name) for name in names}


def _one(folder: Path, name: str) -> str:
    try:
        secret = secret_in(folder / name)
    except (OSError, ValueError):
        raise SecretMissing(f"{name}: no file of that name can be read in the folder of secrets") from None
    if secret is None:
        raise SecretMissing(f"{name}: its file holds no secret on one line")
    return secret
