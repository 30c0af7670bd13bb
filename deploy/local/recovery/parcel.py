"""Folders packed as one stream and unpacked from one, with nothing in them but files and folders."""

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from deploy.local.recovery.sealed import Damaged

BLOCK_BYTES = 1 << 20


class Pieces(io.RawIOBase):
    """Pieces as they come, read as one file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, b""

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]  # any buffer will do
        """Fill a buffer as far as the piece at hand goes; 0 at the end."""
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = piece
        taken = min(len(buffer), len(self._rest))
        buffer[:taken], self._rest = self._rest[:taken], self._rest[taken:]
        return taken


def unpack(pieces: Iterator[bytes], folder: Path, what: str) -> int:
    """Unpack a stream into a folder that is there; returns the bytes of its files.

    Files are for their owner alone. Raises Damaged for an entry that is neither file nor folder, or lies
    outside; ``what`` names the stream.
    """
    total = 0
    with tarfile.open(fileobj=io.BufferedReader(Pieces(pieces), BLOCK_BYTES), mode="r|") as packed:
        for entry in packed:
            path = PurePosixPath(entry.name)
            if path.is_absolute() or ".." in path.parts or not (entry.isdir() or entry.isreg()):
                raise Damaged(f"备份已损坏: {what} holds an entry that no backup of ours has.")
            place = folder / path
            if entry.isdir():
                place.mkdir(mode=0o700, parents=True, exist_ok=True)
                continue
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            source = packed.extractfile(entry)
            assert source is not None
            place.touch(0o600)
            with place.open("wb") as file:
                while block := source.read(BLOCK_BYTES):
                    total += file.write(block)
    for _ in pieces:
        continue  # what pads the end is authenticated too
    return total


def pack(folder: Path, names: list[str]) -> bytes:
    """Files and folders of a folder by name, as one stream held in memory: small things only."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as packed:
        for name in names:
            packed.add(folder / name, name)
    return buffer.getvalue()
