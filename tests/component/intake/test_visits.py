"""A visit that reception signed off becomes a DRAFT the same day; both services are the real ones."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.chassis.calling import Caller, CallFailed
from services.chassis.security.tokens import load_private
from services.intake.adapters.visit_steps import VisitWorker
from tests.component.reception.conftest import ENTRIES, NOON, ORGAN, TODAY, House
from tests.component.reception.conftest import house as house  # noqa: PLC0414 - a fixture
from tests.component.reception.test_visit import signed
from tests.support.entry_desk import EntryDesk, entry_desk
from tests.support.link import Link
from tests.support.platform import Platform

pytestmark = pytest.mark.component
ITEM = "SELECT report_id::text, held, registered_at FROM business.visit_item WHERE visit_id = $1::text::uuid"
CLOCKS = "SELECT rule_id, state FROM mechanism.clock WHERE entity_id = $1 ORDER BY rule_id"
LOG = "SELECT from_state, to_state FROM oracle.transition WHERE entity_id = $1 ORDER BY seq"


@pytest.fixture
async def desk(platform: Platform, tmp_path: Path) -> AsyncIterator[EntryDesk]:
    """The desk with keys of its own; its clock and its directory are reception's."""
    folder = tmp_path / "intake"
    folder.mkdir()
    async with entry_desk(platform, folder) as opened:
        opened.clock[0] = NOON
        for kind, id_, state in ENTRIES:
            place = {"region": id_} if kind == "ORGAN" else {}
            await opened.directory(kind, id_, state | place, date(2002, 1, 1))
        yield opened


@asynccontextmanager
async def fetching(desk: EntryDesk, house: House) -> AsyncIterator[tuple[VisitWorker, Link]]:
    """Intake's worker step, with the real reception at the other end of a link."""
    transport: Any = house.client._transport
    link, key = Link(transport.app), load_private(house.installation.folder / "service-intake.pem")
    async with Caller("http://reception", key, "intake", "reception", link) as caller:
        yield desk.visits(caller), link


async def told(desk: EntryDesk, visit: str) -> str:
    """Tell intake of the sign-off, twice; returns the report's id."""
    fact = {"visit_id": visit, "organ": ORGAN, "synthetic": True, "received_on": TODAY.isoformat()}
    for _ in range(2):
        await desk.tell("reception.visit-signed-off.v1", fact)
    return str((await desk.worker.fetch(ITEM, visit))[0]["report_id"])


async def test_a_visit_signed_off_is_a_draft_the_same_day_with_what_was_said_in_the_talk(
    desk: EntryDesk, house: House
) -> None:
    async with fetching(desk, house) as (worker, _):
        visit = await signed(house)
        report = await told(desk, visit)
        waiting = await desk.parts(report)
        assert (await worker.step(), await worker.step()) == (1, 0)

    seen = (await desk.get(f"/reports/{report}", "clerk-1")).json()
    content = (await desk.get(f"/reports/{report}/content", "clerk-1")).json()
    (fact,) = await desk.facts(report, "intake.report-registered.v1")
    log = await desk.oracle.fetch(LOG, f"{report}/{ORGAN}")
    clocks = await desk.worker.fetch(CLOCKS, f"{report}/{ORGAN}")

    assert waiting == {ORGAN: "RECEIVED"}
    assert (seen["desk"], seen["state"]) == ("DRAFT", "REGISTERED")
    assert (seen["arrival"]["channel"], seen["arrival"]["received_on"]) == ("VISIT", TODAY.isoformat())
    assert content["text"].startswith("来访人称")
    assert content["title"] == "反映村道工程问题"
    assert content["allegations"][0]["what"] == "没有招标"
    assert (fact["visit_id"], fact["registered_on"]) == (visit, TODAY.isoformat())
    assert [tuple(row) for row in log] == [(None, "RECEIVED"), ("RECEIVED", "REGISTERED")]
    assert ("D05-T1", "MET") in [tuple(row) for row in clocks]


async def test_a_reception_that_is_away_leaves_the_visit_received_and_its_clock_running(
    desk: EntryDesk, house: House
) -> None:
    visit = await signed(house)
    async with fetching(desk, house) as (worker, link):
        report = await told(desk, visit)
        link.cut = True
        with pytest.raises(CallFailed):
            await worker.step()
        waiting = await desk.parts(report)
        clocks = [tuple(row) for row in await desk.worker.fetch(CLOCKS, f"{report}/{ORGAN}")]
        link.cut = False
        assert await worker.step() == 1

    assert (waiting, clocks) == ({ORGAN: "RECEIVED"}, [("D05-T1", "RUNNING")])
    assert await desk.parts(report) == {ORGAN: "REGISTERED"}


async def test_a_visitor_s_identity_stays_reception_s_to_keep(desk: EntryDesk, house: House) -> None:
    named = {
        "name_status": "SIGNED_UNVERIFIED",
        "visitors": [{"name": "虚构来访人", "phone": "000-0000"}],
    }
    async with fetching(desk, house) as (worker, _):
        visit = await signed(house, **named)
        report = await told(desk, visit)
        await worker.step()

    assert (await desk.row(report))["reporter_ref"] is not None
    assert await desk.worker.fetchval("SELECT count(*) FROM business.pending_identity") == 0
