"""What the old topics told and the restored database never said: listed for a person, told to nobody again.

A database that is older than its topics has forgotten the last of what it said. A service that heard it has
forgotten it too, for all of them came back to one moment; people who saw it have not.
"""

import asyncio
import json
import shutil
import signal
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from deploy import topics
from deploy.local.home import write_private
from deploy.local.kafka import Node
from deploy.local.leash import leashed
from deploy.local.postgres import Server
from deploy.local.probes import listens
from deploy.local.recovery.told import records_of
from deploy.local.refusal import Refusal
from deploy.local.tail import last_lines

BATCH = 1000
READY_WITHIN_SECONDS = 1800.0
"""A broker that was killed looks through all its records first; one that ended is noticed at once."""
LOOK_SECONDS = 0.2
SAID = "said.log"
MADE_ANEW = ("*.index", "*.timeindex")
"""Files that the broker makes again from the records; a killed one leaves them 10 MB large, mostly empty."""
SELECT_FORGOTTEN = """
    SELECT told.id
      FROM unnest($1::uuid[]) AS told (id)
     WHERE NOT EXISTS (SELECT FROM mechanism.outbox o WHERE o.event_id = told.id)
       AND NOT EXISTS (SELECT FROM mechanism.outbox_archive a WHERE a.event_id = told.id)
"""


class NoTopics(Refusal):
    """The folder holds no topics of a broker, or they cannot be read."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A fact of which the database knows nothing: codes and ids, as every fact."""

    topic: str
    subject: str
    sequence: int
    type: str
    id: str
    time: str


def check_topics(old: Path) -> None:
    """Raises NoTopics for a folder in which no broker of ours kept anything."""
    if not (old / "log" / "meta.properties").exists():
        raise NoTopics(
            f"{old} 里没有主题数据: name the folder kafka of the old installation, or leave it out."
        )


def forgotten(node: Node, old: Path, server: Server) -> list[Forgotten]:
    """Read a copy of the old topics, and keep what their owners do not know; the old folder stays as it is.

    The database server runs meanwhile; ``node`` is the broker whose folder takes the copy. Raises NoTopics.
    """
    shutil.copytree(old, node.data, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*MADE_ANEW))
    with _running(node):
        return asyncio.run(_forgotten(node, server))


def write(found: list[Forgotten], file: Path) -> None:
    """One line of JSON a fact, for its owner alone."""
    write_private(file, "".join(json.dumps(asdict(one)) + "\n" for one in found).encode())


async def _forgotten(node: Node, server: Server) -> list[Forgotten]:
    found: list[Forgotten] = []
    owned: dict[str, list[topics.Topic]] = defaultdict(list)
    for topic in topics.read_topics():
        if not topic.internal:
            owned[topic.owner].append(topic)
    for owner, own in owned.items():
        connection = await asyncpg.connect(server.dsn(f"petition_{owner}"))
        try:
            records = records_of(f"127.0.0.1:{node.listeners[0].port}", node.admin_password, own)
            while batch := [_read(record) for record in islice(records, BATCH)]:
                asked = [one.id for one in batch if _is_id(one.id)]
                unknown = {str(row["id"]) for row in await connection.fetch(SELECT_FORGOTTEN, asked)}
                known = set(asked) - unknown
                found += [one for one in batch if one.id not in known]
        finally:
            await connection.close()
    return found


def _is_id(text: str) -> bool:
    """Whether it is an id as we write it; a record of somebody else may say anything."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _read(record: Any) -> Forgotten:
    headers = {name: (value or b"").decode("utf-8", "replace") for name, value in record.headers() or ()}
    sequence = headers.get("ce_sequence", "")
    return Forgotten(
        topic=record.topic(),
        subject=headers.get("ce_subject", ""),
        sequence=int(sequence) if sequence.isascii() and sequence.isdigit() else 0,
        type=headers.get("ce_type", ""),
        id=headers.get("ce_id", ""),
        time=headers.get("ce_time", ""),
    )


@contextmanager
def _running(node: Node) -> Iterator[None]:
    """The broker for as long as the block lasts."""
    node.format({})
    with leashed(node.command(), node.data / SAID, signal.SIGTERM, at_death=signal.SIGKILL) as process:
        asyncio.run(_ready(node, process))
        yield


async def _ready(node: Node, process: "subprocess.Popen[bytes]") -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + READY_WITHIN_SECONDS
    while not await listens(node.listeners[0].port):
        if process.poll() is not None or loop.time() > deadline:
            last = next(last_lines(node.data / SAID, 1), "nothing")
            how = "does not come to an end of them" if process.poll() is None else "ended"
            raise NoTopics(
                f"旧主题读不出来: Kafka {how} (it said: {last[:200]}); see {node.data / SAID}, or restore "
                "without them."
            )
        await asyncio.sleep(LOOK_SECONDS)
