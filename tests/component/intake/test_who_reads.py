"""Who reads a report, and that reading holds up nobody."""

import asyncio
from uuid import UUID, uuid4

import pytest

from tests.support.entry_desk import LOWER, ORGAN, OTHER, TODAY, EntryDesk

pytestmark = pytest.mark.component
LOCK = "SELECT 1 FROM business.report WHERE report_id = $1 FOR UPDATE"


async def assigned(desk: EntryDesk, report: str, target: str = LOWER) -> None:
    await desk.tell(
        "referral.report-assigned.v1",
        {
            "report_id": report,
            "organ": ORGAN,
            "target_organ": target,
            "assigned_on": TODAY.isoformat(),
        },
    )


async def test_the_organ_that_was_given_the_assignment_reads_the_report_and_another_does_not(
    desk: EntryDesk,
) -> None:
    report = await desk.confirmed()
    before = await desk.get(f"/reports/{report}", "handler-2", organ=LOWER)
    await assigned(desk, report)

    for path in ("", "/content"):
        read = await desk.get(f"/reports/{report}{path}", "handler-2", organ=LOWER)
        other = await desk.get(f"/reports/{report}{path}", "handler-2", organ=OTHER)
        unknown = await desk.get(f"/reports/{uuid4()}{path}", "handler-2", organ=OTHER)
        assert read.status_code == 200, read.text
        assert (other.status_code, other.content) == (404, unknown.content)
    seen = (await desk.get(f"/reports/{report}", "handler-2", organ=LOWER)).json()

    assert before.status_code == 404
    assert (seen["holder"], seen["state"]) == (ORGAN, "ASSIGNED")
    assert seen["report_no"].startswith(LOWER)


async def test_the_organ_that_was_given_the_assignment_reads_and_does_not_write(desk: EntryDesk) -> None:
    report = await desk.confirmed()
    await assigned(desk, report)
    version = (await desk.get(f"/reports/{report}", "clerk-1", organ=LOWER)).json()["version"]

    refused = await desk.post(
        f"/reports/{report}/parties",
        "clerk-1",
        {"party_type": "PERSON", "authority": "COUNTY"},
        version,
        organ=LOWER,
    )

    assert refused.status_code == 404


async def test_an_officer_of_the_assigned_organ_who_stands_on_the_reported_side_reads_nothing(
    desk: EntryDesk,
) -> None:
    named = {"party_type": "PERSON", "authority": "COUNTY", "persons": [f"{LOWER}-handler-1"]}
    report = await desk.confirmed(parties=[named])
    await assigned(desk, report)

    led = await desk.get(f"/reports/{report}", "handler-2", organ=LOWER)
    clerk = await desk.get(f"/reports/{report}", "clerk-1", organ=LOWER)
    unknown = await desk.get(f"/reports/{uuid4()}", "handler-2", organ=LOWER)

    assert (led.status_code, led.content) == (404, unknown.content)  # whose unit the reported person leads
    assert clerk.status_code == 200


@pytest.mark.parametrize("path", ["", "/content", "/proposals"])
async def test_a_report_is_read_while_another_works_on_it(desk: EntryDesk, path: str) -> None:
    report = await desk.confirmed()

    async with desk.worker.acquire() as connection, connection.transaction():
        await connection.fetchval(LOCK, UUID(report))
        async with asyncio.timeout(5):
            read = await desk.get(f"/reports/{report}{path}", "clerk-1")

    assert read.status_code == 200
