"""The same doors tried with a program that is none of ours: ``kcat``, where it is installed.

A kcat on a librdkafka before 2.6.1 sends a wrong nonce, which brokers from 4.0 on refuse (librdkafka 4895);
that of most distributions is older, so it runs on the library that our own client brought along.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import confluent_kafka

from deploy.local.matrix import Answer, Try
from deploy.local.processes import Installation
from deploy.topics import Topic, signed_in, users_of

OWN, FOREIGN = "a topic of its own or listed, by kcat", "a foreign topic, by kcat"
WITHIN_SECONDS = 60
DENIED = "authorization failed"
SHOWN = "%h\\n"
"""What kcat prints of a record: its headers, a line each record."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What kcat found: its tries, the records it printed, and how many of them lacked CloudEvents headers."""

    tries: tuple[Try, ...]
    records: int
    bare: int


def try_kcat(here: Installation, topics: Sequence[Topic]) -> Seen | None:
    """Each user at one topic it may read and at one it may not; None where kcat is not installed."""
    program = shutil.which("kcat")
    if program is None:
        return None
    spoken = [topic for topic in topics if not topic.internal]
    with ThreadPoolExecutor(2) as threads:
        seen = list(threads.map(lambda user: _user(program, here, user, spoken), users_of(topics)))
    return Seen(
        tuple(one for several in seen for one in several.tries),
        sum(one.records for one in seen),
        sum(one.bare for one in seen),
    )


def _user(program: str, here: Installation, user: str, topics: Sequence[Topic]) -> Seen:
    may = [topic.name for topic in topics if user in {topic.owner, *topic.readers}]
    others = [topic.name for topic in topics if topic.name not in may]
    tries, lines = [], []
    for door, names, allowed in ((OWN, may, True), (FOREIGN, others, False)):
        for name in names[:1]:
            answer, said = _read(program, here, user, name)
            tries.append(Try(user, door, "read", allowed, answer))
            lines += said
    bare = sum("ce_id=" not in line or "ce_type=" not in line for line in lines)
    return Seen(tuple(tries), len(lines), bare)


def _read(program: str, here: Installation, user: str, topic: str) -> tuple[Answer, list[str]]:
    """Read a topic to its end; the password goes through a file that only its owner may read."""
    settings = signed_in(here.bootstrap, user, here.secrets[f"kafka_{user}"])
    with tempfile.NamedTemporaryFile("w", suffix=".kcat") as file:
        file.write("".join(f"{name}={value}\n" for name, value in settings.items()))
        file.flush()
        command = [program, "-F", file.name, "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-f", SHOWN]
        try:
            done = subprocess.run(
                command, env=_environ(), capture_output=True, text=True, errors="replace",
                timeout=WITHIN_SECONDS, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Answer.SILENT, []
    if done.returncode == 0:
        return Answer.OPEN, done.stdout.splitlines()
    return (Answer.REFUSED if DENIED in done.stderr.lower() else Answer.SILENT), []


def _environ() -> dict[str, str]:
    """The environment of kcat, with the library of the wheel confluent-kafka where it has one."""
    beside = Path(confluent_kafka.__file__).parent.with_name("confluent_kafka.libs")
    library = next(beside.glob("librdkafka*.so*"), None)
    return {**os.environ, **({} if library is None else {"LD_PRELOAD": str(library)})}
