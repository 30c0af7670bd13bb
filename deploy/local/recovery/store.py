"""The folder of a backup: base backups, whole or without a name, and the log from the first of them on.

``base-<id>/manifest.json`` says what a base is and which part of the log it needs; ``base-<id>/base.tar.dwb``
is PostgreSQL's base backup, sealed; ``wal/`` holds the log (``wal.py``). A base under way lies in a folder
whose name begins with a dot, and nothing reads that.
"""

import hmac
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from deploy.local.recovery.sealed import BackupKey, Damaged, WrongKey, opened
from deploy.local.recovery.wal import (
    Log,
    check_segment,
    check_sum,
    content_of,
    segments,
    sum_of,
    sync_folder,
)

FORMAT = 1
KEPT_BASES = 2
"""How many base backups stay when a new one is whole; the log goes back to the oldest of them."""
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one base backup is. Places in the log are bytes from its beginning, sizes are bytes.

    ``wal_from`` is where the replay begins at the latest, ``wal_until`` the place before which the base is
    not consistent; ``sha256`` and ``bytes`` are those of the sealed file, ``unpacked`` what is in it.
    """

    id: str
    made_at: str
    layout: int
    postgres: int
    system: str
    timeline: int
    segment_bytes: int
    wal_from: int
    wal_until: int
    key: str
    sha256: str
    bytes: int
    unpacked: int
    format: int = FORMAT

    @property
    def log(self) -> Log:
        """The log that belongs to this base."""
        return Log(self.system, self.timeline, self.segment_bytes)

    @property
    def label(self) -> str:
        """The name under which the base is sealed."""
        return f"{self.system}/base/{self.id}"


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found: the base, its file, the segments of the log, and the place where they end."""

    manifest: Manifest
    base: Path
    wal: tuple[tuple[str, Path], ...]
    wal_ends: int


@dataclass(frozen=True, slots=True)
class Store:
    """The folder of a backup."""

    folder: Path

    @property
    def wal(self) -> Path:
        """Where the log lies."""
        return self.folder / "wal"

    def begin(self, name: str) -> Path:
        """A folder for a base under way, empty; nothing takes it for a base."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in self.folder.glob(".base-*"):
            shutil.rmtree(left)
        under_way = self.folder / f".base-{name}"
        under_way.mkdir(mode=0o700)
        return under_way

    def finish(self, under_way: Path, manifest: Manifest, key: BackupKey) -> Path:
        """Give a base its name; only now it is one. Raises Damaged while a part of it is not there yet."""
        reaches = end_of_log(self.wal, manifest, key)
        if reaches < manifest.wal_until:
            raise Damaged("备份不完整: the log does not reach the end of the base backup; run it again.")
        said = asdict(manifest)
        with (under_way / "manifest.json").open("w", encoding="utf-8") as file:
            json.dump({**said, "mac": _mac(said, key)}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(under_way)
        whole = self.folder / f"base-{manifest.id}"
        under_way.rename(whole)
        sync_folder(self.folder)
        return whole

    def bases(self) -> list[Path]:
        """The base backups that have their name, the oldest first."""
        return sorted(self.folder.glob("base-*"))

    def manifest(self, base: Path, key: BackupKey | None) -> Manifest:
        """What a base says of itself; with the key, that nobody changed it. Raises Damaged, WrongKey."""
        file = base / "manifest.json"
        try:
            said: dict[str, Any] = json.loads(file.read_text("utf-8"))
            mac = str(said.pop("mac"))
            manifest = Manifest(**said)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as unreadable:
            raise Damaged(f"备份已损坏: {base.name}/manifest.json cannot be read.") from unreadable
        if manifest.format != FORMAT:
            raise Damaged(f"备份无法读取: {base.name} is of the format {manifest.format}, not {FORMAT}.")
        if key is not None and manifest.key != key.id.hex():
            raise WrongKey(
                f"密钥不符: {base.name} was sealed under another key; bring the one of this backup."
            )
        if key is not None and not hmac.compare_digest(mac, _mac(said, key)):
            raise Damaged(f"备份已损坏: {base.name}/manifest.json was changed.")
        return manifest

    def latest(self, key: BackupKey | None = None) -> tuple[Path, Manifest]:
        """The newest base backup. Raises Damaged when there is none."""
        bases = self.bases()
        if not bases:
            raise Damaged(f"{self.folder} 里没有完整的备份: no whole backup lies here.")
        return bases[-1], self.manifest(bases[-1], key)

    def check(self, key: BackupKey | None, progress: Progress) -> Found:
        """Look at everything a restore would need; with the key, open every chunk of it.

        Without the key the sums of the base and of every whole segment are judged, and the growing segment
        cannot be. Raises Damaged, WrongKey; writes nothing.
        """
        base, manifest = self.latest(key)
        file = base / "base.tar.dwb"
        progress("base backup 基础备份")
        check_sum(file, manifest.sha256)
        if key is not None:
            unpacked = sum(len(content) for content in base_content(file, manifest, key))
            if unpacked != manifest.unpacked:
                raise Damaged(
                    f"备份已损坏: {base.name} holds {unpacked} bytes, {manifest.unpacked} were noted."
                )
        found, ends = [], manifest.log.start(manifest.wal_from)
        for name, segment in segments(self.wal, manifest.log, manifest.wal_from):
            progress(f"log 日志 {name}")
            check_segment(segment)
            found.append((name, segment))
            ends += self._opened_bytes(segment, manifest, name, key)
        if key is not None and ends < manifest.wal_until:
            raise Damaged(f"备份不完整: the log ends before {base.name} is consistent.")
        return Found(manifest, file, tuple(found), ends)

    def _opened_bytes(self, segment: Path, manifest: Manifest, name: str, key: BackupKey | None) -> int:
        if key is None:
            return manifest.segment_bytes
        return sum(len(content) for content in content_of(segment, manifest.log, name, key))

    def prune(self) -> list[str]:
        """Remove older bases, and the log before the oldest that stays; returns the names of those bases."""
        gone, kept = self.bases()[:-KEPT_BASES], self.bases()[-KEPT_BASES:]
        for base in gone:
            hidden = base.with_name(f".{base.name}")
            base.rename(hidden)
            shutil.rmtree(hidden)
        oldest = self.manifest(kept[0], None)
        first = oldest.log.name(oldest.wal_from)
        for file in self.wal.glob("*"):
            if file.name[:24] < first:
                file.unlink()
        return [base.name for base in gone]


def base_content(file: Path, manifest: Manifest, key: BackupKey) -> Iterator[bytes]:
    """The base backup as PostgreSQL packed it, a piece at a time. Raises Damaged, WrongKey."""
    with file.open("rb") as sealed:
        yield from opened(sealed, key, manifest.label)


def end_of_log(folder: Path, manifest: Manifest, key: BackupKey) -> int:
    """The place up to which the log lies in a folder without a hole from where the base needs it on."""
    ends = manifest.log.start(manifest.wal_from)
    for name, file in segments(folder, manifest.log, manifest.wal_from):
        whole = file.name.endswith(".dwb")
        ends += manifest.segment_bytes if whole else sum(map(len, content_of(file, manifest.log, name, key)))
    return ends


def measured(file: Path) -> tuple[str, int]:
    """SHA-256 and size of a sealed file that is finished."""
    return sum_of(file), file.stat().st_size


def _mac(said: dict[str, Any], key: BackupKey) -> str:
    text = json.dumps(said, sort_keys=True).encode()
    return hmac.new(key.derive("manifest"), text, "sha256").hexdigest()
