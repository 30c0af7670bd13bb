"""A real Prometheus on the running platform: panels have data, faults are seen, a good day wakes nobody."""

import json
import os
import shutil
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import psutil
import pytest
from rich.console import Console

from deploy.grafana.render import FOLDER
from deploy.local import state
from deploy.local.demo.audit import CASES
from deploy.local.demo.cases import SEEDED
from deploy.local.demo.entry import EntryDesk
from deploy.local.demo.script import Script
from deploy.local.demo.stage import Stage
from deploy.local.demo.visits import Reception
from deploy.local.ports import Ports
from deploy.local.processes import WITH_KAFKA, operations_ports
from deploy.local.verify_views import drained
from deploy.prometheus.catalogue import rules
from tests.support.eventually import eventually
from tests.support.machine import Machine, own_machine
from tests.support.watching import Watch, watching

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.timeout(300),
    pytest.mark.skipif(
        shutil.which("prometheus") is None,
        reason="there is no Prometheus on this machine (Debian: package prometheus), so nothing was watched",
    ),
]
ROWS = 4
DASHBOARDS = sorted(file.stem for file in FOLDER.glob("*.json"))
NAMED = next(case for case in SEEDED if case.name_status != "ANONYMOUS")
"""A report of which the vault is told."""
BY_THE_DATE = {("CalendarEndsSoon", "")}
"""What may be told of a sound platform: next year's calendar is published in autumn."""


@dataclass(frozen=True, slots=True)
class Day:
    """A platform on which the staff of the demo have been at work under the eyes of Prometheus."""

    machine: Machine
    watch: Watch
    script: Script
    month: str

    def go_on(self) -> None:
        """Some of the staff go on, at every service: what stands still since the first look has no rate."""
        page = Ports.of(self.machine.environ).url("console") + "/login"
        assert httpx.get(page, trust_env=False).status_code == 200
        self.script.figures(self.month)
        Reception(self.script.stage).clerk.post("/reception/v1/gate", {"superior_level": False})
        entry = EntryDesk(self.script.stage)
        entry.enter(NAMED)
        entry.head.get("/referral/v1/reports")
        entry.head.get(CASES)


@pytest.fixture(scope="module")
async def day() -> AsyncIterator[Day]:
    with own_machine(first_shift=6000) as machine:
        machine.dengwen("up", "--detach")
        here, said = machine.installation(), machine.home.root.parent / "watch.out"
        with watching(machine, said) as watch, httpx.Client(timeout=60, trust_env=False) as client:
            stage = Stage(here, client)
            stage.load_organisation(lambda _, __: None)
            assert await drained({service: here.dsn(service, "oracle") for service in WITH_KAFKA}, 60)
            script = Script(stage, Console(quiet=True))
            yield Day(machine, watch, script, script.work(lambda _, __: None, ROWS))


def queries_of(dashboard: str) -> list[str]:
    panels = json.loads((FOLDER / f"{dashboard}.json").read_text(encoding="utf-8"))["panels"]
    return [target["expr"] for panel in panels for target in panel.get("targets", ())]


def test_every_process_answers_and_so_does_the_machine(day: Day) -> None:
    seen = {
        row["labels"].get("process", row["labels"]["job"]): row["health"]
        for row in day.watch.ask("targets", state="active")["activeTargets"]
    }

    names = [*operations_ports(Ports.of(day.machine.environ)), "dengwen-installation"]
    assert seen == dict.fromkeys(names, "up")


@pytest.mark.parametrize("dashboard", DASHBOARDS)
async def test_every_panel_has_data(day: Day, dashboard: str) -> None:
    left: list[str] = queries_of(dashboard)

    async def filled() -> bool:
        day.go_on()
        left[:] = day.watch.without_data(left)
        return not left

    try:
        await eventually(filled, 40)
    except AssertionError:
        assert left == []


def test_every_rule_is_worked_out_without_a_fault(day: Day) -> None:
    of_prometheus = [rule for group in day.watch.ask("rules")["groups"] for rule in group["rules"]]

    assert sorted(rule["name"] for rule in of_prometheus) == sorted(rule.name for rule in rules())
    assert [(rule["name"], rule["lastError"]) for rule in of_prometheus if rule["health"] == "err"] == []


def test_a_sound_platform_at_work_wakes_nobody(day: Day) -> None:
    assert day.watch.alerts("firing") - BY_THE_DATE == set()


async def test_a_process_that_hangs_is_noticed_within_seconds(day: Day) -> None:
    seen = state.read(day.machine.home)
    assert seen is not None
    (pid,) = [row["pid"] for row in seen["programs"] if row["name"] == "review-worker"]

    async def noticed() -> bool:
        return ("ProcessAway", "review-worker") in day.watch.alerts("pending")

    async def well_again() -> bool:
        return ("ProcessAway", "review-worker") not in day.watch.alerts("pending")

    os.kill(pid, signal.SIGSTOP)
    try:
        await eventually(noticed, 15)
    finally:
        os.kill(pid, signal.SIGCONT)
    await eventually(well_again, 15)


def test_it_listens_on_loopback_only(day: Day) -> None:
    ours = [psutil.Process(day.watch.process.pid), *psutil.Process(day.watch.process.pid).children()]

    heard = {one.laddr.ip for process in ours for one in process.net_connections() if one.status == "LISTEN"}

    assert heard == {"127.0.0.1"}


def test_ctrl_c_ends_it_in_order_and_its_data_stay_in_the_installation(day: Day) -> None:
    (prometheus,) = psutil.Process(day.watch.process.pid).children()

    assert day.watch.interrupt() == 0

    assert not prometheus.is_running()
    assert any((day.machine.home.root / "run" / "prometheus" / "data").iterdir())
