"""A base backup of the running PostgreSQL, streamed into one sealed file; it never lies open on a disk."""

import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from deploy.local.postgres import Server
from deploy.local.recovery.sealed import CHUNK_BYTES, BackupKey, Sealing
from deploy.local.refusal import Refusal


class NotBackedUp(Refusal):
    """The base backup could not be taken; the message holds the last words of pg_basebackup."""


def take_base(server: Server, key: BackupKey, label: str, file: Path, progress: Callable[[int], None]) -> int:
    """Let ``pg_basebackup`` pack the cluster, and seal what it says; returns the bytes before sealing.

    The log that the base needs is not in it: the shipper brings that. ``progress`` is told the bytes so far.
    Raises NotBackedUp, and leaves then a file that does not open.
    """
    program = server.binaries.folder / "pg_basebackup"
    if not program.exists():
        raise NotBackedUp(
            f"{server.binaries.folder} 里没有 pg_basebackup: install PostgreSQL's client programs beside its "
            "server, or name a folder that has them in DENGWEN_POSTGRES_BIN."
        )
    command = [str(program), "-h", "127.0.0.1", "-p", str(server.port), "-U", "postgres", "--no-password",
               "-D", "-", "--format=tar", "--wal-method=none", "--checkpoint=fast"]  # fmt: skip
    environ = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8",
               "PGPASSWORD": server.password}  # fmt: skip
    total = 0
    with file.open("wb") as sealed, tempfile.TemporaryFile() as said:
        sealing = Sealing(sealed, key, label)
        with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=said) as process:
            assert process.stdout is not None
            while block := process.stdout.read(CHUNK_BYTES):
                sealing.write(block)
                total += len(block)
                progress(total)
        if process.returncode:
            said.seek(0)
            last = next(reversed(said.read().decode(errors="replace").strip().splitlines()), "nothing")
            raise NotBackedUp(f"基础备份失败: pg_basebackup could not finish (it said: {last[:200]}).")
        sealing.finish()
        sealed.flush()
        os.fsync(sealed.fileno())
    return total
