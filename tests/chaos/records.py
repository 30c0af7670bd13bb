"""What the broker forgets: a group that is deleted, records that are removed before somebody read them."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable

import httpx
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient

from deploy.local.commands.refill import held
from deploy.local.ports import OPERATIONS_OFFSET
from deploy.local.processes import REPOSITORY
from deploy.topics import administrator
from tests.chaos.besieged import Besieged
from tests.chaos.faults import FROZEN_SECONDS
from tests.chaos.work import Work

TOPIC, READERS = "petition.intake.reports.v1", ("referral", "review", "reception", "analytics")
ROUNDS = 2
UNREAD_SECONDS = 4.0
WITHIN_SECONDS = 90.0
ALARM = "petition_consumer_stopped{"


def groups_deleted(besieged: Besieged, work: Work) -> str:
    """Groups are deleted while their readers stand still: positions are ours, all go on where they were."""
    client, before = _administrator(besieged), work.done
    for reader in READERS:
        assert besieged.strike(f"{reader}-worker", signal.SIGSTOP)
    try:
        time.sleep(FROZEN_SECONDS)  # until the broker has let the members go
        for gone in client.delete_consumer_groups([f"petition.{reader}" for reader in READERS]).values():
            gone.result(30)
    finally:
        for reader in READERS:
            besieged.strike(f"{reader}-worker", signal.SIGCONT)
    said = work.done - before
    took = besieged.all_ready()
    besieged.all_say_ready()
    return (
        f"{len(READERS)} groups deleted, {said} acts meanwhile; every reader went on at its position, "
        f"ready after {took:.0f} s"
    )


def topic_truncated(besieged: Besieged, work: Work) -> str:
    """Unread records are removed: the reader stops loudly; after ``dengwen refill`` all have their effect."""
    stopped = 0
    for turn in range(ROUNDS):
        reader = READERS[turn % len(READERS)]
        assert besieged.strike(f"{reader}-worker", signal.SIGSTOP)
        try:
            before = work.done
            _await(lambda: work.done > before + 10, "facts that nobody read")  # noqa: B023 - at once
            time.sleep(UNREAD_SECONDS)
            _remove_all(besieged)
        finally:
            besieged.strike(f"{reader}-worker", signal.SIGCONT)
        _await(lambda: _alarmed(besieged, reader), f"{reader} did not stop loudly")  # noqa: B023 - at once
        stopped += 1
        done = subprocess.run(
            [sys.executable, "-m", "deploy.local.command", "refill", TOPIC],
            cwd=REPOSITORY, env=besieged.environ({"FAILPOINTS": ""}), capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"refill: {done.stderr[-300:]}"
        besieged.all_ready()
        _await(lambda: not _alarmed(besieged, reader), f"{reader} still stands")  # noqa: B023 - at once
    return f"{stopped} times unread records removed: not ready, alarm on, nothing skipped; refilled"


def _administrator(besieged: Besieged) -> AdminClient:
    return administrator(besieged.here.bootstrap, "admin", besieged.here.secrets["kafka_admin"])


def _remove_all(besieged: Besieged) -> None:
    client = _administrator(besieged)
    partitions = len(client.list_topics(TOPIC, timeout=30).topics[TOPIC].partitions)
    log = held(client, TOPIC, partitions)
    ends = [TopicPartition(TOPIC, number, end) for number, (_, end) in log.items()]
    for removed in client.delete_records(ends).values():
        removed.result(30)


def _alarmed(besieged: Besieged, reader: str) -> bool:
    """Whether a worker says that it is not ready, and its metric that somebody must look."""
    port = besieged.here.ports.http[reader] + OPERATIONS_OFFSET["worker"]
    try:
        ready = httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5, trust_env=False)
        metrics = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=5, trust_env=False).text
    except httpx.HTTPError:
        return False
    lines = [line for line in metrics.splitlines() if line.startswith(ALARM)]
    return ready.status_code == 503 and any(line.endswith(" 1.0") for line in lines)


def _await(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WITHIN_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"{what}: not within {WITHIN_SECONDS:.0f} s"
        time.sleep(0.3)
