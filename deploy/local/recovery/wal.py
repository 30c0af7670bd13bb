"""The write-ahead log in a backup: one sealed file a segment, the unfinished one as far as it was flushed.

``0000000100000000000000A3.dwb`` is a whole segment and never changes; beside it lies its SHA-256 as
``sha256sum`` writes it, so that it can be checked without the key. ``….part`` grows by what PostgreSQL
flushed. Places in the log are bytes from its beginning.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from deploy.local.recovery.sealed import BackupKey, Damaged, Sealing, opened

WHOLE, GROWING, SUM = ".dwb", ".part", ".sha256"
NAME = re.compile(r"[0-9A-F]{24}")
PIECE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Log:
    """The log of one cluster on one timeline, cut into segments of ``segment_bytes``."""

    system: str
    timeline: int
    segment_bytes: int

    def name(self, place: int) -> str:
        """The name that PostgreSQL gives to the segment that holds a place."""
        number, each = place // self.segment_bytes, (1 << 32) // self.segment_bytes
        return f"{self.timeline:08X}{number // each:08X}{number % each:08X}"

    def start(self, place: int) -> int:
        """The first place of the segment that holds a place."""
        return place - place % self.segment_bytes

    def label(self, name: str) -> str:
        """The name under which a segment of this cluster is sealed."""
        return f"{self.system}/wal/{name}"


def sync_folder(folder: Path) -> None:
    """Make new names in a folder outlast a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sum_of(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with file.open("rb") as opened_file:
        return hashlib.file_digest(opened_file, "sha256").hexdigest()


class Segment:
    """The segment under way: it begins beside what lies there, and takes its place once it holds as much."""

    def __init__(self, folder: Path, log: Log, start: int, key: BackupKey) -> None:
        """Begin a segment at its first place; ``folder`` is there."""
        self._folder, self._name = folder, log.name(start)
        self._file: BinaryIO = (folder / f"{self._name}.new").open("wb")
        self._sealing = Sealing(self._file, key, log.label(self._name))
        self._named = False

    def add(self, content: bytes) -> None:
        """Add what follows."""
        self._sealing.write(content)

    def settle(self) -> None:
        """Make what was added outlast a power cut, under the name of a growing segment."""
        self._sync()
        if not self._named:
            (self._folder / f"{self._name}.new").replace(self._folder / f"{self._name}{GROWING}")
            sync_folder(self._folder)
            self._named = True

    def finish(self) -> None:
        """Close the segment as a whole one, its sum first: what has the name of a whole one is whole."""
        self._sealing.finish()
        self.settle()
        self._file.close()
        growing, whole = (self._folder / f"{self._name}{ending}" for ending in (GROWING, WHOLE))
        note = whole.with_name(whole.name + SUM)
        beside = note.with_suffix(".new")
        with beside.open("w", encoding="ascii") as opened_note:
            opened_note.write(f"{sum_of(growing)}  {whole.name}\n")
            opened_note.flush()
            os.fsync(opened_note.fileno())
        beside.replace(note)
        growing.replace(whole)
        sync_folder(self._folder)

    def leave(self) -> None:
        """Close it as it stands."""
        self._file.close()

    def _sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())


@dataclass(slots=True)
class Shipment:
    """What was shipped of a log into a folder, and what goes on from there.

    ``source`` is PostgreSQL's ``pg_wal``; ``place`` is where what is shipped ends.
    """

    source: Path
    folder: Path
    log: Log
    key: BackupKey
    place: int
    _segment: Segment | None = None

    def begin(self) -> None:
        """Go to the first segment that is not whole in the folder, and start that one from its beginning."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.place = self.log.start(self.place)
        while (self.folder / f"{self.log.name(self.place)}{WHOLE}").exists():
            self.place += self.log.segment_bytes

    def ship(self, until: int) -> bool:
        """Ship all up to a place that PostgreSQL has flushed; whether there was anything to ship."""
        if until <= self.place:
            return False
        while self.place < until:
            start = self.log.start(self.place)
            if self._segment is None:
                self._segment = Segment(self.folder, self.log, start, self.key)
            end = min(until, start + self.log.segment_bytes)
            self._read(self._segment, start, end)
            self.place = end
            if end == start + self.log.segment_bytes:
                self._segment.finish()
                self._segment = None
        if self._segment is not None:
            self._segment.settle()
        return True

    def stop(self) -> None:
        """Close what is open."""
        if self._segment is not None:
            self._segment.leave()

    def _read(self, segment: Segment, start: int, end: int) -> None:
        with (self.source / self.log.name(start)).open("rb") as file:
            file.seek(self.place - start)
            left = end - self.place
            while left:
                content = file.read(min(left, PIECE_BYTES))
                if not content:
                    raise Damaged(f"PostgreSQL 的日志 {self.log.name(start)} ends before what was flushed.")
                segment.add(content)
                left -= len(content)


def segments(folder: Path, log: Log, begin: int) -> Iterator[tuple[str, Path]]:
    """The segments from a place on, in order, each with its file; the last may still be growing.

    Raises Damaged where one is missing that must be there: a hole before a later one, or the first.
    """
    names = {file.name[:24] for file in folder.glob(f"{log.timeline:08X}*") if NAME.match(file.name)}
    last, place = max(names, default=""), log.start(begin)
    if log.name(place) > last:
        raise Damaged(f"备份不完整: the segment {log.name(place)} of the log is missing.")
    while (name := log.name(place)) <= last:
        whole, growing = folder / f"{name}{WHOLE}", folder / f"{name}{GROWING}"
        if whole.exists():
            yield name, whole
        elif name == last and growing.exists():
            yield name, growing
        elif name != last:
            raise Damaged(f"备份不完整: the segment {name} of the log is missing.")
        place += log.segment_bytes


def check_sum(file: Path, wanted: str) -> None:
    """Raises Damaged when a file is not the one whose SHA-256 was noted."""
    if not file.exists():
        raise Damaged(f"备份不完整: {file.name} is missing.")
    if sum_of(file) != wanted:
        raise Damaged(f"备份已损坏: {file.name} is not the file whose checksum was noted.")


def check_segment(file: Path) -> None:
    """Hold a whole segment against the sum noted beside it; a growing one has none. Raises Damaged."""
    if file.suffix == WHOLE:
        note = file.with_name(file.name + SUM)
        if not note.exists():
            raise Damaged(f"备份不完整: {note.name} is missing.")
        check_sum(file, note.read_text("ascii").split(" ", 1)[0])


def content_of(file: Path, log: Log, name: str, key: BackupKey) -> Iterator[bytes]:
    """What a segment holds, a piece at a time. Raises Damaged, WrongKey."""
    with file.open("rb") as sealed:
        yield from opened(sealed, key, log.label(name), open_end=file.suffix == GROWING)
