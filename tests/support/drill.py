"""A restore drill: people at work until everything is destroyed, and what a state amounts to, by hash."""

import asyncio
import contextlib
import hashlib
import os
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from rich.console import Console

from deploy import topics
from deploy.local import state
from deploy.local.demo.stage import Stage
from deploy.local.front import Platform
from deploy.local.processes import WITH_KAFKA, Installation
from deploy.local.recovery.told import records_of
from tests.chaos.besieged import Besieged
from tests.chaos.work import TRY_AGAIN_SECONDS, Work
from tests.support.history import OK, Entry, History
from tests.support.machine import Machine

ENDED_WITHIN_SECONDS = 30.0
SELECT_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'business' ORDER BY tablename"
REBUILT_FROM_NOW = {"live_window", "comparison"}
"""Windows over the present hour, and the results of the checks themselves."""
MECHANISM = {
    "applied": "consumer, topic, subject, sequence",
    "inbox": "consumer, event_id, digest",
    "sequence": "consumer, topic, subject, last",
    "dead_letter": "consumer, event_id, topic, subject, sequence, reason",
    "waiting": "consumer, event_id, topic, subject, sequence, reason",
    "outbox_sequence": "topic, subject, last",
}
"""What a consumer knows, without places in a log, which are others in every log."""


class UntilDestroyed(Work):
    """Work that is not brought to its end: what is under way when all is gone stays unknown."""

    def tried(self, op: str, key: str, act: Callable[[], Any], name: str = "report_id") -> Any:
        """Try until it is acknowledged, or over."""
        while not self.over:
            with contextlib.suppress(httpx.HTTPError), self.history.operation(op, key) as under_way:
                answer = act()
                under_way.ok(str(answer.get(name, "")) if isinstance(answer, dict) else None)
                return answer
            self.pause(TRY_AGAIN_SECONDS)
        return None


@dataclass(frozen=True, slots=True)
class Clock:
    """Turns the monotonic times of a history into moments."""

    offset_ns: int

    @classmethod
    def now(cls) -> "Clock":
        """The two clocks as they stand to each other at this moment."""
        return cls(time.time_ns() - time.monotonic_ns())

    def ended(self, entry: Entry) -> datetime:
        """When the client had its answer."""
        return datetime.fromtimestamp((entry.end_ns + self.offset_ns) / 1e9, UTC)


def work_on(machine: Machine, client: httpx.Client, history: History) -> UntilDestroyed:
    """Work at the desks of an installation that is up."""
    here = machine.installation()
    platform = Platform(machine.home, Console(quiet=True))
    nowhere = machine.home.root / "nowhere"
    return UntilDestroyed(Besieged(platform, here, Stage(here, client), nowhere, nowhere), history)


def destroy(machine: Machine, keep: Path | None = None) -> datetime:
    """Kill every process at once and remove the whole folder; when that was.

    ``keep`` is where the topics go when their disk outlives the rest.
    """
    seen = state.read(machine.home)
    assert seen is not None
    at = datetime.now(UTC)
    for pid in (seen["pid"], *(row["pid"] for row in seen["programs"] if row["pid"])):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + ENDED_WITHIN_SECONDS
    while machine.left():
        assert time.monotonic() < deadline, machine.left()
        time.sleep(0.1)
    if keep is not None:
        machine.home.kafka.rename(keep)
    shutil.rmtree(machine.home.root)
    return at


def acknowledged(history: History, *ops: str) -> list[Entry]:
    """Every entry that gave somebody an id."""
    return [entry for entry in history.entries() if entry.result == OK and entry.op in ops]


def stored(here: Installation) -> set[str]:
    """The ids of all reports, as the oracle of intake tells them."""

    async def ask() -> set[str]:
        connection = await asyncpg.connect(here.dsn("intake", "oracle"))
        try:
            rows = await connection.fetch("SELECT report_id::text AS id FROM oracle.report")
            return {row["id"] for row in rows}
        finally:
            await connection.close()

    return asyncio.run(ask())


def hash_of_states(here: Installation) -> str:
    """One hash over what the five services hold and know."""
    return asyncio.run(_hash_of_states(here))


async def _hash_of_states(here: Installation) -> str:
    found = hashlib.sha256()
    for service in WITH_KAFKA:
        address = f"127.0.0.1:{here.ports.postgres}/petition_{service}"
        connection = await asyncpg.connect(f"postgresql://postgres:{here.secrets['postgres']}@{address}")
        try:
            tables = [row["tablename"] for row in await connection.fetch(SELECT_TABLES)]
            chosen = [(f"business.{name}", "*") for name in tables if name not in REBUILT_FROM_NOW]
            chosen += [(f"mechanism.{name}", columns) for name, columns in MECHANISM.items()]
            for table, columns in chosen:
                rows = await connection.fetch(
                    f"SELECT (t.*)::text AS r FROM (SELECT {columns} FROM {table}) t"
                )
                lines = sorted(row["r"] for row in rows)
                found.update(f"{service} {table} {len(lines)}\n".encode() + "\n".join(lines).encode())
        finally:
            await connection.close()
    return found.hexdigest()


def hash_of_topics(here: Installation) -> tuple[int, str]:
    """How many facts lie on the topics, and one hash over them, aggregate by aggregate in their order.

    Raises AssertionError where the facts about one aggregate do not lie in the order of their sequence.
    """
    chosen = [topic for topic in topics.read_topics() if not topic.internal]
    last: dict[tuple[str, str], int] = {}
    told: list[tuple[str, str, int, bytes]] = []
    for record in records_of(here.bootstrap, here.secrets["kafka_admin"], chosen):
        headers = {name: bytes(value or b"") for name, value in record.headers() or ()}
        topic, subject = str(record.topic()), headers["ce_subject"].decode()
        sequence = int(headers["ce_sequence"])
        assert sequence > last.get((topic, subject), 0), (
            f"{topic} {subject} {sequence} lies behind a later one"
        )
        last[topic, subject] = sequence
        told.append((topic, subject, sequence, b"|".join([*sorted(headers.values()), record.value() or b""])))
    lines = [
        f"{topic} {subject} {sequence} ".encode() + body for topic, subject, sequence, body in sorted(told)
    ]
    return len(lines), hashlib.sha256(b"\n".join(lines)).hexdigest()


def safe_place(machine: Machine) -> Path:
    """A folder that outlives the installation, for backup, keys and histories."""
    folder = machine.home.root.parent / "safe"
    folder.mkdir(exist_ok=True)
    return folder
