"""The folder in which an installation keeps everything: data, keys, secrets, logs, its version."""

import json
import os
import secrets
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local.refusal import Refusal

LAYOUT = 1
"""Raised when what lies in the folder can no longer be read by the programs of this version."""


class OtherVersion(Refusal):
    """The folder was made by another version; the message names the cure."""


@dataclass(frozen=True, slots=True)
class Home:
    """One installation; ``root`` is ``DENGWEN_HOME``. Secrets and keys are readable by their owner only."""

    root: Path

    @classmethod
    def of(cls, environ: Mapping[str, str] = os.environ) -> "Home":
        """The folder that ``DENGWEN_HOME`` names, else the user's data folder.

        As root it is one that other users can traverse, since PostgreSQL runs as an unprivileged user.
        """
        named = environ.get("DENGWEN_HOME")
        if named:
            return cls(Path(named).expanduser().absolute())
        if os.geteuid() == 0:
            return cls(Path("/var/lib/dengwen"))
        data = environ.get("XDG_DATA_HOME")
        return cls((Path(data) if data else Path.home() / ".local" / "share") / "dengwen")

    @property
    def postgres(self) -> Path:
        """The database server's data."""
        return self.root / "postgres"

    @property
    def kafka(self) -> Path:
        """The broker's data and settings."""
        return self.root / "kafka"

    @property
    def logs(self) -> Path:
        """One file a process."""
        return self.root / "logs"

    @property
    def keys(self) -> Path:
        """Token keys, service keys and, a folder a service, the keys that seal content."""
        return self.root / "keys"

    @property
    def programs(self) -> Path:
        """Copies of programs that must be reachable by another user."""
        return self.root / "programs"

    @property
    def state(self) -> Path:
        """What the supervisor says of itself, written anew at every change."""
        return self.root / "run" / "state.json"

    @property
    def backup(self) -> Path:
        """Where the log is shipped to while the platform runs; absent when no backup was ever ordered."""
        return self.root / "backup.json"

    @property
    def shipped(self) -> Path:
        """How far the log lies in the backup, written anew whenever more does."""
        return self.root / "run" / "backup.json"

    @property
    def restoring(self) -> Path:
        """What a restore has not brought to its end."""
        return self.root / "restoring"

    @property
    def lock(self) -> Path:
        """Held by the living supervisor."""
        return self.root / "run" / "lock"

    def make(self) -> None:
        """Make the folders that are missing, with rights for the owner only where keys or facts lie."""
        self.root.mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o711)
        for folder in (self.logs, self.keys, self.state.parent, self.kafka):
            folder.mkdir(mode=0o700, exist_ok=True)

    def check_version(self, found: Mapping[str, object]) -> None:
        """Refuse a folder of another version; note the version in a fresh one.

        ``found`` names the programs that own a part of the data, with the version that counts for it.
        Raises OtherVersion and changes nothing.
        """
        file = self.root / "version.json"
        wanted = {"layout": LAYOUT, **found}
        if self.restoring.exists():
            raise OtherVersion(
                f"{self.root} 的恢复没有完成: a restore was broken off here; run dengwen restore again, or "
                "remove what it left with dengwen reset."
            )
        if file.exists():
            there = _read(file)
            for part, version in wanted.items():
                if there.get(part) != version:
                    raise OtherVersion(
                        f"{self.root} was made with {part} {there.get(part)}, this is {part} {version}: "
                        "use the version that made it, or name another folder in DENGWEN_HOME, "
                        "or remove its data with dengwen reset."
                    )
        elif self.postgres.exists() or any(self.kafka.glob("log/*")):
            raise OtherVersion(
                f"{self.root} holds data without a version.json: put the file back, or name another folder "
                "in DENGWEN_HOME, or remove the data with dengwen reset."
            )
        else:
            write_private(file, json.dumps(wanted).encode() + b"\n")

    def secrets(self, names: Iterable[str]) -> dict[str, str]:
        """A secret for each name: the one kept, or a fresh one that is kept from now on.

        Raises OtherVersion when what is kept cannot be read or is gone; data are never left to fresh ones.
        """
        file = self.root / "secrets.json"
        if not file.exists() and self.postgres.exists():
            raise OtherVersion(
                f"{self.root} holds data without its secrets.json: put the file back, or name another folder "
                "in DENGWEN_HOME, or remove the data with dengwen reset."
            )
        kept: dict[str, str] = _read(file) if file.exists() else {}
        fresh = {name: secrets.token_hex(16) for name in names if name not in kept}
        if fresh:
            kept |= fresh
            write_private(file, json.dumps(kept, indent=1).encode())
        return kept

    def remove_data(self) -> None:
        """Remove everything that an installation made; the folder itself stays. Raises OSError.

        The files that say whose data these are go last: a removal that was broken off can be run again.
        """
        half_made = [*self.root.glob("postgres.*"), *self.root.glob(".postgres.*")]
        parts = (self.postgres, self.kafka, self.logs, self.keys, self.programs, self.state.parent)
        whose = (self.backup, self.root / "secrets.json", self.root / "version.json")
        for part in (*half_made, self.restoring, *parts, *whose):
            if part.is_dir():
                shutil.rmtree(part)
            else:
                part.unlink(missing_ok=True)


def _read(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text("utf-8"))
    except ValueError as damaged:
        raise _unreadable(file) from damaged
    if not isinstance(found, dict):
        raise _unreadable(file)
    return found


def _unreadable(file: Path) -> OtherVersion:
    return OtherVersion(
        f"{file} is damaged: put back a sound copy, or name another folder in DENGWEN_HOME, "
        "or remove the data with dengwen reset."
    )


def write_private(file: Path, content: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    beside.replace(file)
