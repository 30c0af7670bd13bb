"""Never to the reported side: asked when deciding, again when acting, and at once when that changes."""

import asyncio

import asyncpg
import pytest

from tests.component.referral.conftest import House, approval, move_body, party
from tests.support.referral_offices import PREFECTURE, PROVINCE, entry

pytestmark = pytest.mark.component
TOWARDS = """
    SELECT count(*) FROM routing
     WHERE report_id = ANY ($1) AND closed_at IS NULL AND target_unit = $2
"""
COLUMNS = "report_id, organ, way, target_organ, target_unit, informed, opened_at, opened_by, officers"
SECOND_ROUTING = f"""
    INSERT INTO routing (id, {COLUMNS})
    SELECT gen_random_uuid(), {COLUMNS} FROM routing WHERE report_id = $1
"""


async def test_a_desk_that_the_meeting_chose_is_refused_when_it_has_joined_the_reported_side(
    house: House,
) -> None:
    report = await house.classified()
    head = house.head()
    await house.act(report, "study", head, {"reasons": ["COMPLEX"]})
    members = [f"P-{PROVINCE}-head", f"P-{PROVINCE}-deputy"]
    meeting = await house.meeting(head, members)
    item = {
        "report_id": str(report),
        "decision": "ACCEPT_MOVE",
        "target": "team-agri",
        "opinions": [{"member": member, "text": "同意"} for member in members],
    }
    decided = await house.post(f"/meetings/{meeting.json()['meeting_id']}/items", head, item, 2)
    await house.excluded(report, units=["team-agri"])

    refused = await house.act(report, "move", head, move_body())

    assert (decided.status_code, refused.status_code) == (200, 422)
    assert refused.json()["code"] == "route-to-reported-side"
    assert await house.pool.fetchval("SELECT count(*) FROM routing WHERE report_id = $1", report) == 0


async def test_a_lower_organ_that_joined_the_reported_side_can_sign_for_nothing(house: House) -> None:
    report = await house.classified(parties=[party(authority="PREFECTURE", unit="works-city")])
    sent = await house.act(report, "transfer", house.head())
    await house.excluded(report, units=[PREFECTURE])
    await house.until("SELECT state = 'UNDER_TRIAGE' FROM part WHERE report_id = $1", report)

    signed = await house.act(
        report, "transfer/signature", house.who("clerk", "petition-clerk", organ=PREFECTURE)
    )
    proposal = (await house.get(f"/reports/{report}", house.head())).json()["proposal"]

    assert (sent.status_code, signed.status_code) == (200, 404)
    assert (proposal["kind"], proposal["way"]) == ("MOVE", "ROOM")
    assert (await house.said(report))[-1] == "routing-withdrawn"


async def test_whichever_comes_first_a_move_or_the_party_added_nothing_stays_open(house: House) -> None:
    reports = [await house.classified() for _ in range(10)]
    room = f"{PROVINCE}-supervision"

    moved = await asyncio.gather(
        *(house.act(report, "move", house.head(), move_body()) for report in reports),
        *(house.excluded(report, units=[room]) for report in reports),
    )

    statuses = {answer.status_code for answer in moved if answer is not None}
    assert statuses <= {200, 412, 422}
    assert await house.pool.fetchval(TOWARDS, reports, room) == 0
    opened = "SELECT count(DISTINCT report_id) FROM routing WHERE report_id = ANY ($1)"
    incidents = "SELECT count(*) FROM incident WHERE report_id = ANY ($1)"
    assert await house.pool.fetchval(opened, reports) == await house.pool.fetchval(incidents, reports)


async def test_who_has_a_place_in_our_house_is_own_staff_also_without_a_seat(house: House) -> None:
    keeper = house.installation.staff("referral", "directory-keeper")
    seatless = entry("PERSON", "P-seatless", {"units": [{"unit": f"{PROVINCE}-trial"}]}, "虚构某")
    told = await house.client.put(
        "/referral/v1/directory",
        headers=keeper | {"Idempotency-Key": "seatless"},
        json={"entries": [seatless]},
    )
    lower = [party(authority="PREFECTURE", unit="works-city")]
    ours, theirs = await house.classified(parties=lower), await house.classified(parties=lower)
    await house.excluded(ours, officers=["P-seatless"])
    await house.excluded(theirs, officers=["P-agri-head"])

    internal = (await house.get(f"/reports/{ours}", house.head())).json()["proposal"]
    lower_down = (await house.get(f"/reports/{theirs}", house.head())).json()["proposal"]

    assert told.status_code == 200, told.text
    assert (internal["way"], internal["target_unit"]) == ("INTERNAL", f"{PROVINCE}-internal")
    assert lower_down["kind"] == "TRANSFER"


async def test_the_database_alone_keeps_a_second_routing_of_a_report_from_opening(house: House) -> None:
    report = await house.classified()
    await house.act(report, "move", house.head(), move_body())

    with pytest.raises(asyncpg.UniqueViolationError, match="one_open_routing"):
        await house.pool.execute(SECOND_ROUTING, report)

    again = await house.act(report, "move", house.head(), {**move_body(), "approval": approval()})
    assert again.status_code == 409
