"""Brings an installation back into an empty folder, from a backup and its keys alone.

Everything is checked before anything is written. What is written lies in a folder of its own until the
database has come to the end of its log; the file that makes the folder an installation comes last.
"""

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from deploy.local import infrastructure, preflight, state
from deploy.local.home import LAYOUT, Home
from deploy.local.ports import Ports
from deploy.local.postgres import Binaries
from deploy.local.recovery.bundle import check_keys, take_keys
from deploy.local.recovery.differences import Forgotten, check_topics, write
from deploy.local.recovery.parcel import unpack
from deploy.local.recovery.replay import Replayed, compare, replay, retell
from deploy.local.recovery.sealed import BackupKey
from deploy.local.recovery.store import Found, Store, base_content
from deploy.local.recovery.wal import content_of
from deploy.local.refusal import Refusal

Step = Callable[[str], AbstractContextManager[Callable[[str], None]]]
"""Shows a step of the way to a person; what it gives is told what is looked at."""
DIFFERENCES = "differences.jsonl"
MOVED = ("postgres", "keys", "logs", "secrets.json", "version.json")
"""What a restored installation begins with; the last of them makes it one."""


class NotEmpty(Refusal):
    """A restore would write over something."""


class OtherProgram(Refusal):
    """The backup was made by programs that are not here."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back: the backup, what the replay ended with, the facts that each service says again.

    ``forgotten`` is what the old topics told beyond that; None when there were none to ask.
    """

    found: Found
    replayed: Replayed
    said: dict[str, int]
    forgotten: list[Forgotten] | None = None


@dataclass(frozen=True, slots=True)
class Restoring:
    """One restore; ``step`` shows where it is. ``old_topics`` is a broker's folder that was not destroyed."""

    home: Home
    ports: Ports
    store: Store
    key: BackupKey
    keys_file: Path
    step: Step
    old_topics: Path | None = None

    def run(self) -> Restored:
        """Check, unpack, replay, prepare the topics; the platform can be started then. Raises a Refusal."""
        check_empty(self.home)
        if self.old_topics is not None:
            check_topics(self.old_topics)
        with self.step("checksums 校验") as told:
            found = self.store.check(self.key, told)
            check_keys(self.key, found.manifest.system, self.keys_file)
        with self.step("programs 程序"):
            programs = infrastructure.find_programs()
            binaries = programs.binaries
            check_programs(found, binaries)
            preflight.check_folder(self.home)
            check_room(self.home, found)
            preflight.check_ports(self.ports, ())
        inner = self._begin(found, binaries)
        with self.step("base backup 解开基础备份") as told:
            server = infrastructure.server_of(inner, self.ports, inner.secrets([]), binaries)
            unpack_database(found, self.key, server.data, told)
        with self.step("replay of the log 重放日志"):
            replayed = replay(server, inner.logs / "restore.log")
        unsaid = None
        if self.old_topics is not None:
            with self.step("differences to the old topics 与旧主题比对"):
                node = infrastructure.node_of(inner, self.ports, inner.secrets([]), programs)
                unsaid = compare(server, inner.logs / "restore.log", node, self.old_topics)
                write(unsaid, inner.logs / DIFFERENCES)
        with self.step("topics from the archives 主题重建"):
            said = retell(server, inner.logs / "restore.log")
        self._finish(inner)
        return Restored(found, replayed, said, unsaid)

    def _begin(self, found: Found, binaries: Binaries) -> Home:
        """Make the folder of the restore, with the keys in it."""
        self.home.root.mkdir(parents=True, exist_ok=True)
        self.home.root.chmod(0o711)
        shutil.rmtree(self.home.restoring, ignore_errors=True)
        inner = Home(self.home.restoring)
        inner.make()
        take_keys(self.key, found.manifest.system, self.keys_file, inner)
        inner.check_version({"kafka": infrastructure.KAFKA_VERSION, "postgres": binaries.major})
        return inner

    def _finish(self, inner: Home) -> None:
        for name in MOVED:
            (inner.root / name).rename(self.home.root / name)
        shutil.rmtree(inner.root)


def unpack_database(found: Found, key: BackupKey, folder: Path, told: Callable[[str], None]) -> None:
    """Make a folder of what a checked backup holds: a cluster that has its log still to replay."""
    folder.mkdir(mode=0o700)
    told(found.manifest.id)
    unpack(base_content(found.base, found.manifest, key), folder, found.base.parent.name)
    for name, file in found.wal:
        told(name)
        with (folder / "pg_wal" / name).open("wb") as segment:
            segment.writelines(content_of(file, found.manifest.log, name, key))
            segment.truncate(found.manifest.segment_bytes)


def check_empty(home: Home) -> None:
    """Raises NotEmpty for a folder in which there is anything but what a broken-off restore left."""
    if state.is_held(home):
        raise NotEmpty(f"{home.root} 正在运行: stop it with dengwen down, and name an empty folder.")
    left = {home.restoring.name, "lost+found"}
    there = sorted(entry.name for entry in home.root.iterdir()) if home.root.exists() else []
    if more := [name for name in there if name not in left]:
        raise NotEmpty(
            f"恢复只能进入空目录: {home.root} holds {', '.join(more[:3])}; name an empty folder in "
            "DENGWEN_HOME, or move this one away."
        )


def check_room(home: Home, found: Found) -> None:
    """Raises NotEmpty when the disk has no room for the data, their log and the topics made of them."""
    there = next(parent for parent in (home.root, *home.root.parents) if parent.exists())
    needed = 2 * found.manifest.unpacked + len(found.wal) * found.manifest.segment_bytes
    needed += preflight.LEAST_FREE_BYTES
    free = shutil.disk_usage(there).free
    if free < needed:
        raise NotEmpty(
            f"磁盘空间不足: {free / 2**30:.1f} GB are free for {home.root}, {needed / 2**30:.1f} GB are "
            "needed; free some space, or name a folder on another disk in DENGWEN_HOME."
        )


def check_programs(found: Found, binaries: Binaries) -> None:
    """Raises OtherProgram when the data cannot be opened by what is here."""
    made, layout = found.manifest.postgres, found.manifest.layout
    if made != binaries.major:
        raise OtherProgram(
            f"备份来自 PostgreSQL {made}: the programs here are of {binaries.major}; name those of {made} in "
            "DENGWEN_POSTGRES_BIN."
        )
    if layout != LAYOUT:
        raise OtherProgram(f"备份来自另一版本: its layout is {layout}, this is {LAYOUT}; use that version.")
