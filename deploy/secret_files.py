"""Secrets as files: one folder, a file for each, named as the secret."""

from collections.abc import Iterable
from pathlib import Path


class SecretMissing(Exception):
    """A file that must hold a secret is not there, not readable, or holds none; the message names it."""


def read_secrets(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """The secret of each name, without the end of its line. Raises SecretMissing, which shows no content."""
    return {name: _one(folder, name) for name in names}


def _one(folder: Path, name: str) -> str:
    try:
        text = (folder / name).read_text(encoding="utf-8").removesuffix("\n")
    except (OSError, ValueError):
        raise SecretMissing(f"{name}: no file of that name can be read in the folder of secrets") from None
    if not text or "\n" in text:
        raise SecretMissing(f"{name}: its file holds no secret on one line")
    return text
