"""C1, small form: a day with canaries in every field, and none of them found anywhere afterwards.

Source: the project's guarantees, 1.4.
"""

import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console

from deploy.local.demo.script import Script
from deploy.local.demo.stage import Stage
from deploy.local.processes import WITH_KAFKA, Installation
from deploy.local.verify_views import drained
from tests.end_to_end.canaries import console, registers
from tests.end_to_end.canaries.acts import Acts
from tests.end_to_end.canaries.bad_input import Trouble
from tests.end_to_end.canaries.fields import NO_CANARY, last_name, operations
from tests.end_to_end.canaries.gate import Yes, say_yes
from tests.end_to_end.canaries.planting import Flock, Planter
from tests.end_to_end.canaries.traces import Ground
from tests.support.canary import Hit, Scanner, forms
from tests.support.machine import Machine, own_machine

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(900)]
ROWS_OF_A_DEMO = 6
MEDIA = {
    "postgres/": "a file of the database",
    "petition_analytics.public.control (binary)": "a row",
    "kafka/": "a file of the broker",
    "topic control-of-the-scan": "a record",
    "logs/control.log": "a log",
}
"""Where the controls are planted, by what the place's name holds."""


@dataclass(slots=True)
class Day:
    """What a day of canaries came to."""

    planter: Planter
    trouble: Trouble
    read: list[str]
    returned: list[Any]
    yes: Yes
    control: str
    packed: str
    hits: set[Hit] = field(default_factory=set)
    bytes_seen: int = 0
    patterns: int = 0
    seconds: float = 0.0

    def sung(self) -> set[Hit]:
        """The hits of canaries, controls left out."""
        return {hit for hit in self.hits if hit.canary not in {self.control, self.packed}}

    def where_it_sang(self) -> list[str]:
        """Each place with the forms and the canaries found there, shortened to be read."""
        found: dict[str, set[str]] = {}
        for hit in self.sung():
            found.setdefault(hit.place, set()).add(f"{hit.form} {hit.canary}")
        return [f"{place}: {sorted(hits)[:6]}" for place, hits in sorted(found.items())]

    def forms_of_the_control(self, mark: str) -> set[str]:
        """In which forms the control was found in places whose name holds ``mark``."""
        return {hit.form for hit in self.hits if hit.canary == self.control and mark in hit.place}

    def missing(self) -> list[str]:
        """Free fields that were never taken with a canary, those let off left out."""
        return [
            f"{operation.name} {at}"
            for operation in self.planter.operations
            for at in sorted(operation.free_fields())
            if last_name(at) not in NO_CANARY and at not in self.planter.sung.get(operation.name, set())
        ]

    def figures(self) -> str:
        """The run in one line."""
        taken = sum(len(fields) for fields in self.planter.sung.values())
        bad = dict(sorted(self.trouble.refused.items()))
        return (
            f"canaries: {len(self.planter.flock.values)} in {taken} fields, {self.patterns} patterns; "
            f"{sum(bad.values())} bad requests {bad}; "
            f"{self.bytes_seen / 1e6:.0f} MB looked through, {len(self.sung())} found; "
            f"{self.seconds:.0f} s\n"
        )


async def _play(machine: Machine) -> tuple[Day, list[tuple[str, bytes]]]:
    """The whole day; returns it with what was said and shown in it."""
    here, flock = machine.installation(), Flock()
    planter = Planter(operations(), flock)
    with httpx.Client(transport=planter, timeout=60) as client:
        stage = Stage(here, client)
        stage.load_organisation(lambda _, __: None)
        await _at_rest(here)
        with tempfile.TemporaryDirectory() as folder:
            returned = registers.import_all(here, client, flock, Path(folder))
        Script(stage, Console(quiet=True)).work(lambda _, __: None, ROWS_OF_A_DEMO)
        acts, trouble = Acts(stage), Trouble(stage, planter)
        acts.all()
        seen = console.visit(here, flock)
        trouble.all()
        await _at_rest(here)
        yes = await say_yes(planter, Ground(here))
    seen += [("an address", address.encode()) for address in planter.addresses]
    seen += planter.refusals
    seen += [("returned rows", str(returned).encode())]
    return Day(planter, trouble, acts.read, returned, yes, flock.word(10), flock.word(8)), seen


async def _at_rest(here: Installation) -> None:
    """Wait until every service has heard all there is."""
    assert await drained({service: here.dsn(service, "oracle") for service in WITH_KAFKA}, 300)


async def _look(day: Day, machine: Machine, seen: Iterable[tuple[str, bytes]]) -> None:
    """Plant the controls, stop everything, and look through all that was left."""
    ground = Ground(machine.installation())
    await ground.plant(forms(day.control), day.packed)
    said = [(verb, machine.dengwen(verb).encode()) for verb in ("status", "verify")]
    scanner = Scanner(day.planter.flock.values)
    day.patterns = sum(len(forms(value)) for value in day.planter.flock.values)
    for place, content in (*seen, *said, *ground.metrics(), *ground.records()):
        day.hits |= scanner.scan(place, content)
    async for place, content in ground.rows():
        day.hits |= scanner.scan(place, content)
    machine.dengwen("down")
    day.hits |= scanner.scan_folders([machine.home.root.parent])
    day.bytes_seen = scanner.bytes_seen


@pytest.fixture(scope="module")
async def day() -> AsyncIterator[Day]:
    began = time.monotonic()
    with own_machine(first_shift=3100) as machine:
        machine.dengwen("up", "--detach")
        played, seen = await _play(machine)
        await _look(played, machine, seen)
        played.seconds = time.monotonic() - began
        yield played


def test_every_free_field_of_every_api_was_taken_with_a_canary(day: Day) -> None:
    assert day.missing() == []


def test_who_may_read_a_text_was_given_it(day: Day) -> None:
    told = [text for text in day.read if any(value in text for value in day.planter.flock.values)]

    assert len(told) == len(day.read) > 0


def test_no_name_and_no_number_passes_for_a_code_or_an_id(day: Day) -> None:
    assert sorted(day.planter.passed) == []


def test_what_must_be_refused_was_refused_without_a_fault(day: Day) -> None:
    assert day.trouble.let_in == []
    assert {400, 401, 403, 404, 409, 412, 413, 415, 422} <= day.trouble.refused.keys()
    assert {row["reason"] for row in day.returned} >= {"gate-unanswered", "unreadable", "conflict"}


def test_a_yes_at_the_gate_is_answered_and_leaves_no_row(day: Day) -> None:
    assert day.yes.instructed == day.yes.asked
    assert day.yes.after == day.yes.before


def test_no_canary_is_found_anywhere(day: Day, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        sys.stdout.write("\n" + day.figures())

    assert day.where_it_sang() == []


@pytest.mark.parametrize("mark", MEDIA, ids=MEDIA.values())
def test_each_form_is_found_where_it_is_planted(day: Day, mark: str) -> None:
    assert day.forms_of_the_control(mark) == forms(day.control).keys()


@pytest.mark.parametrize("mark", ["public.control (csv)", "topic control-of-the-scan"])
def test_what_the_server_or_a_producer_packed_is_found_unpacked(day: Day, mark: str) -> None:
    assert any(hit.canary == day.packed and mark in hit.place for hit in day.hits)
