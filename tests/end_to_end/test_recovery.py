"""Everything is destroyed but the backup and its keys; one command brings it back (O4)."""

import random
import re
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.chaos.clerks import ENTER, Clerk
from tests.support.drill import (
    Clock,
    acknowledged,
    destroy,
    hash_of_states,
    hash_of_topics,
    safe_place,
    stored,
    work_on,
)
from tests.support.history import UNKNOWN, History
from tests.support.machine import Machine, own_machine

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(600)]
RPO = timedelta(seconds=5)
"""The stated bound on a machine that is busy; the usual loss is what came in the last fifth of a second."""


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    with own_machine(5100) as there:
        yield there


def backup_of(machine: Machine) -> tuple[str, ...]:
    safe = safe_place(machine)
    return (str(safe / "backup"), "--key", str(safe / "key"), "--keys", str(safe / "keys"))


def test_what_was_acknowledged_before_the_last_shipped_moment_comes_back_and_the_rest_is_listed(
    machine: Machine,
) -> None:
    machine.dengwen("up", "--detach")
    machine.dengwen("seed", "--count", "40")
    history, clock = History(safe_place(machine) / "history.jsonl"), Clock.now()
    with httpx.Client(timeout=5, trust_env=False) as client:
        work = work_on(machine, client, history)
        with work.going_on([Clerk(number) for number in range(3)]):
            assert "whole 备份完成" in machine.dengwen("backup", *backup_of(machine))
            work.pause(random.uniform(3, 8))
            destroyed_at = destroy(machine)

    said = machine.dengwen("restore", *backup_of(machine))

    match = re.search(r"committed at (\S+ \S+) UTC", said)
    assert match is not None, said
    last = datetime.strptime(match[1], "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC)
    told, there = acknowledged(history, ENTER), stored(machine.installation())
    lost = [entry for entry in told if entry.answer not in there]
    figures = [f"lost {entry.answer}, acknowledged {clock.ended(entry) - last} after it" for entry in lost]
    figures += [line for line in said.splitlines() if "RTO" in line or "RPO" in line]
    figures += [f"{len(told)} acknowledged, {len(lost)} lost, all destroyed {destroyed_at - last} after it"]
    sys.stdout.write("\n".join(["", *figures, ""]))
    assert len(told) > 20
    assert [entry.answer for entry in lost if clock.ended(entry) <= last] == []
    assert destroyed_at - last < RPO
    unknown = [entry for entry in history.entries() if (entry.op, entry.result) == (ENTER, UNKNOWN)]
    entered = there - {entry.answer for entry in told}
    assert len(entered) <= 40 + len(unknown)
    assert "lost 0, doubled 0" in said


def test_topics_wiped_and_rebuilt_from_the_archives_give_the_same_state_by_hash(machine: Machine) -> None:
    machine.dengwen("verify")
    here = machine.installation()
    states, (facts, told) = hash_of_states(here), hash_of_topics(here)
    assert "stop it with dengwen down first" in machine.dengwen("refill", "--all", expect=1)
    machine.dengwen("down")
    log = here.home.kafka / "log"
    shutil.rmtree(log)

    assert f"{facts} facts will be said again" in machine.dengwen("refill", "--all")
    machine.dengwen("up", "--detach")
    machine.dengwen("verify", "--figures")

    assert hash_of_topics(here) == (facts, told)
    assert hash_of_states(here) == states


def test_the_log_goes_on_into_the_same_backup_after_a_restore_and_ends_when_told(machine: Machine) -> None:
    machine.dengwen("backup", *backup_of(machine))

    assert "every chunk opened" in machine.dengwen("backup", *backup_of(machine), "--check")
    assert re.search(r"backup +ready", machine.dengwen("status"))
    assert "now; what lies in the backup stays" in machine.dengwen("backup", "--end")
    assert not re.search(r"backup +ready", machine.dengwen("status"))
