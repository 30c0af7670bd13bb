"""A restored database that is older than the topics: what they told beyond it is listed for a person (O4)."""

import json
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.local import state
from tests.chaos.clerks import ENTER, Clerk
from tests.support.drill import acknowledged, destroy, safe_place, stored, work_on
from tests.support.history import History
from tests.support.machine import Machine, own_machine

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(600)]
REGISTERED = "intake.report-registered.v1"


@pytest.fixture
def machine() -> Iterator[Machine]:
    with own_machine(5800) as there:
        yield there


def freeze_the_shipper(machine: Machine) -> None:
    seen = state.read(machine.home)
    assert seen is not None
    (pid,) = [row["pid"] for row in seen["programs"] if row["name"] == "backup"]
    os.kill(pid, signal.SIGSTOP)


def test_what_the_topics_told_and_the_database_forgot_is_listed_and_told_to_nobody_again(
    machine: Machine,
) -> None:
    safe = safe_place(machine)
    backup = (str(safe / "backup"), "--key", str(safe / "key"), "--keys", str(safe / "keys"))
    machine.dengwen("up", "--detach")
    machine.dengwen("seed", "--count", "20")
    machine.dengwen("backup", *backup)
    history = History(safe / "history.jsonl")
    with httpx.Client(timeout=5, trust_env=False) as client:
        work = work_on(machine, client, history)
        with work.going_on([Clerk(number) for number in range(2)]):
            work.pause(2)
            freeze_the_shipper(machine)
            work.pause(3)
        machine.dengwen("verify")
        destroy(machine, keep=safe / "kafka")

    said = machine.dengwen("restore", *backup, "--topics", str(safe / "kafka"))

    listed = [json.loads(line) for line in differences(machine).read_text("utf-8").splitlines()]
    there = stored(machine.installation())
    lost = {entry.answer for entry in acknowledged(history, ENTER)} - there
    assert f"旧主题多出 {len(listed)}" in said
    assert len(lost) > 5
    registered = {one["subject"] for one in listed if one["type"] == REGISTERED}
    assert registered & there == set()
    assert registered == lost
    assert all(f"{one['type']} {one['subject']} {one['sequence']}" in said for one in listed[:20])
    assert (safe / "kafka" / "log" / "meta.properties").exists()
    machine.dengwen("verify", "--figures")


def test_a_folder_without_topics_is_refused_before_anything_is_written(machine: Machine) -> None:
    safe = safe_place(machine)
    (safe / "key").write_text("00" * 32)
    nothing = ("--key", str(safe / "key"), "--keys", str(safe / "keys"), "--topics", str(safe))

    assert "没有主题数据" in machine.dengwen("restore", str(safe / "backup"), *nothing, expect=1)
    assert not machine.home.root.exists()
    shutil.rmtree(safe)


def differences(machine: Machine) -> Path:
    return machine.home.logs / "differences.jsonl"
