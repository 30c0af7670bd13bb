"""The n-th-call loop over the real flows: whichever call of a service fails, nothing is lost or doubled."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from deploy.local.commands.verify import laws
from deploy.local.conservation import doubled, judge, lost
from deploy.local.demo.audit import Assigned
from deploy.local.demo.cases import SEEDED, Case, Ending
from deploy.local.demo.entry import EntryDesk
from deploy.local.demo.routing import Handler, Office, today
from deploy.local.demo.stage import Stage
from deploy.local.demo.visits import Reception
from deploy.local.oracle import Views
from deploy.local.verify_views import read_views
from tests.support.nth_call import When, every_fault_of_each_service
from tests.support.one_process import HOUSE, OneProcess, one_process
from tests.support.platform import Platform

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
async def house(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OneProcess]:
    async with one_process(platform, tmp_path_factory.mktemp("house")) as running:
        yield running


def case_of(ending: Ending) -> Case:
    return next(case for case in SEEDED if case.ending is ending)


def entered_and_concluded(stage: Stage, run: int) -> None:
    """A named reporter's report: entered, confirmed by others, moved, signed for, verified, concluded."""
    report = EntryDesk(stage).enter(case_of(Ending.CONCLUDED))
    routed = Office(stage).route(report)
    assert routed.target is not None
    handler = Handler(stage, "520000", routed.target)
    handler.sign(report)
    handler.dispose(report, "PRELIMINARY_VERIFICATION")
    handler.verify(report)
    handler.conclude(report, substantiation="PARTLY_TRUE", outcome="EDUCATION", four_form=1)


def assigned_and_accepted(stage: Stage, run: int) -> None:
    """A report assigned below: the case goes through four rounds, a return and the chief's signature."""
    case = case_of(Ending.ASSIGNED_TWICE)
    report = EntryDesk(stage).enter(case)
    routed = Office(stage).assign(report, run)
    Assigned(stage, report, str(routed.target)).in_full(with_a_return=True)


def received_and_entered(stage: Stage, run: int) -> None:
    """Somebody comes without a booking; what the leader signed becomes a report at intake."""
    visit = Reception(stage).walk_in()
    EntryDesk(stage).of_visit(visit)


FLOWS = (entered_and_concluded, assigned_and_accepted, received_and_entered)


async def test_whichever_call_fails_nothing_is_lost_and_nothing_doubled(house: OneProcess) -> None:
    await asyncio.to_thread(Reception(house.stage).roster, today())
    failed, runs = Counter[tuple[str, When]](), 0
    for flow in FLOWS:
        runs += await every_fault_of_each_service(_played(house, flow), failed, _told(flow.__name__))

    views = await read_views(house.dsns)
    broken = {finding.promise: finding.broken for finding in judge(views, laws()) if not finding.holds}
    assert not broken
    assert not lost(views)
    assert not doubled(views)
    assert not list(views.everywhere("dead_letter"))
    assert not torn(views)
    places = {place for place, _ in failed}
    of_services = Counter(place.partition(":")[0] for place in places)
    assert all(of_services[service] for service in HOUSE), (
        f"a service whose calls never failed: {of_services}"
    )
    _say(f"{runs} runs of {len(FLOWS)} flows, {failed.total()} calls failed at {len(places)} places")


def _played(house: OneProcess, flow: Callable[[Stage, int], None]) -> Callable[[int], Awaitable[None]]:
    async def once(run: int) -> None:
        await asyncio.to_thread(flow, house.stage, run)
        await house.at_rest()

    return once


def _told(flow: str) -> Callable[[int, int], None]:
    return lambda run, left: _say(f"{flow}: {run} runs, {left} calls left to fail")


def torn(views: Views) -> set[str]:
    """D3: reports of which a part stands without its fact or its fact without a part."""
    stored = {str(row["report_id"]) for row in views.of("intake", "report")}
    told = {
        str(row["aggregate_id"])
        for row in views.of("intake", "outbox")
        if row["type"] == "intake.report-registered.v1"
    }
    return stored ^ told


def _say(figures: str) -> None:
    """Give the figures so far to the chaos run, which shows the last line of them."""
    if file := os.environ.get("DENGWEN_CHAOS_FIGURES"):
        with Path(file).open("a", encoding="utf-8") as out:
            out.write(figures + "\n")
