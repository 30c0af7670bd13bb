"""The whole platform as a person gets it: started, played through, proven, stopped, started again."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import state
from tests.support.eventually import eventually
from tests.support.machine import Machine, own_machine

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    with own_machine() as there:
        yield there


def test_the_demo_plays_a_register_to_its_figures_and_leaves_nothing_running(machine: Machine) -> None:
    register = machine.home.root.parent / "register.xlsx"
    machine.dengwen("seed", "--count", "120", "--seed", "7", "--out", str(register))

    said = machine.dengwen("demo", "--register", str(register))

    assert "信访举报月统计 2020-01" in said
    assert "lost 0, doubled 0" in said
    assert "memory at most" in said
    assert machine.left() == []


def test_the_next_start_finds_all_data_and_adds_nothing_for_the_same_file(machine: Machine) -> None:
    machine.dengwen("up", "--detach")
    register = machine.home.root.parent / "register.xlsx"

    again = machine.dengwen("import", str(register))

    cells = again.splitlines()[-1].split()
    assert cells[:3] == ["120", "0", "120"]
    machine.dengwen("verify")


def test_every_door_that_must_be_shut_is_shut_and_every_record_fits_its_contract(machine: Machine) -> None:
    said = machine.dengwen("matrix")

    assert " 0 other than they must be" in said
    assert " 0 against contract" in said


def test_the_status_is_told_and_a_second_start_is_refused(machine: Machine) -> None:
    assert "petition.intake" in machine.dengwen("status")
    assert "runs here already" in machine.dengwen("up", expect=1)


def test_no_program_of_the_platform_would_leave_its_memory_on_a_disk(machine: Machine) -> None:
    seen = state.read(machine.home)
    assert seen is not None
    limits = {row["name"]: Path(f"/proc/{row['pid']}/limits").read_text() for row in seen["programs"]}

    assert {"kafka", "postgres", "intake-api"} <= limits.keys()
    kept = [name for name, text in limits.items() if not re.search(r"Max core file size +0 +0 ", text)]
    assert kept == []


async def test_a_killed_supervisor_leaves_no_process_and_the_data_stay_whole(machine: Machine) -> None:
    seen = state.read(machine.home)
    assert seen is not None
    os.kill(seen["pid"], signal.SIGKILL)

    async def gone() -> bool:
        return machine.left() == []

    await eventually(gone, 30)
    machine.dengwen("up", "--detach")
    machine.dengwen("verify")


async def test_what_dies_is_started_again(machine: Machine) -> None:
    seen = state.read(machine.home)
    assert seen is not None
    (row,) = [row for row in seen["programs"] if row["name"] == "referral-worker"]
    os.kill(row["pid"], signal.SIGKILL)

    async def back() -> bool:
        now = state.read(machine.home)
        assert now is not None
        (fresh,) = [each for each in now["programs"] if each["name"] == "referral-worker"]
        return bool(fresh["standing"] == "ready" and fresh["pid"] != row["pid"])

    await eventually(back, 60)
    machine.dengwen("verify")


def test_down_stops_everything_in_order(machine: Machine) -> None:
    machine.dengwen("down")

    assert machine.left() == []
