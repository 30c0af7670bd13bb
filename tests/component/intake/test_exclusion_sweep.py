"""When the directory or the day changes, every excluded set is computed anew and told when it differs."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.entry_desk import ORGAN, TODAY, EntryDesk, entry, party

pytestmark = pytest.mark.component
REPORTED = f"{ORGAN}-team-handler-1"
SEATED = {"organ": ORGAN, "person": REPORTED, "post": "HEAD", "unit": f"{ORGAN}-petition"}
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def report_on(**given: Any) -> dict[str, Any]:
    return entry(parties=[party(**given)])


async def told(desk: EntryDesk, report: str) -> list[dict[str, Any]]:
    return await desk.facts(report, "intake.exclusion-changed.v1")


async def test_a_reported_person_who_becomes_head_of_a_department_takes_it_out_of_the_readers(
    desk: EntryDesk,
) -> None:
    report = await desk.entered(parties=[party(persons=[REPORTED])])
    apart = await desk.entered(parties=[party(persons=[f"{ORGAN}-case-1"])])
    before, first = (await desk.get(f"/reports/{report}", "clerk-2")).status_code, await told(desk, report)

    await desk.directory("SEAT", f"{ORGAN}-seat-head-2", SEATED, YESTERDAY)
    changed = await desk.exclusions().step()
    again = await desk.exclusions().step()

    last = (await told(desk, report))[-1]
    assert (before, changed, again) == (200, 1, 0)
    assert last["version"] == first[-1]["version"] + 1
    assert f"{ORGAN}-petition" in last["excluded_units"]
    assert f"{ORGAN}-petition" not in first[-1]["excluded_units"]
    assert len(await told(desk, apart)) == 1
    assert (await desk.get(f"/reports/{report}", "clerk-2")).status_code == 404
    assert (await desk.get(f"/reports/{apart}", "clerk-2")).status_code == 200
    assert (await desk.get("/reports", "clerk-2")).json()["reports"][0]["report_id"] == apart


async def test_a_seat_that_begins_tomorrow_excludes_from_tomorrow_on(desk: EntryDesk) -> None:
    report = await desk.entered(parties=[party(persons=[REPORTED])])
    seat = SEATED | {"valid_from": TOMORROW.isoformat()}

    await desk.directory("SEAT", f"{ORGAN}-seat-head-2", seat, YESTERDAY)
    today = await desk.exclusions().step()
    desk.clock[0] += timedelta(days=1)
    tomorrow = await desk.exclusions().step()

    assert (today, tomorrow) == (0, 1)
    assert f"{ORGAN}-petition" in (await told(desk, report))[-1]["excluded_units"]


async def test_where_a_reported_person_sat_on_the_day_of_the_conduct_stays_excluded(desk: EntryDesk) -> None:
    conduct = {"nature": "N1", "violations": ["V3-08"], "conduct_on": "2020-05-01"}
    former = SEATED | {"valid_from": "2019-01-01", "valid_to": "2021-01-01"}
    report = await desk.entered(parties=[party(persons=[REPORTED])], classification=conduct)

    await desk.directory("SEAT", f"{ORGAN}-seat-head-0", former, YESTERDAY)
    await desk.exclusions().step()

    assert f"{ORGAN}-petition" in (await told(desk, report))[-1]["excluded_units"]


async def test_a_sweep_leaves_what_an_officer_saw_of_other_reports_untouched(desk: EntryDesk) -> None:
    report = await desk.entered(parties=[party(persons=[f"{ORGAN}-case-1"])])

    await desk.directory("SEAT", f"{ORGAN}-seat-head-2", SEATED, YESTERDAY)
    await desk.exclusions().step()
    completed = await desk.post(f"/reports/{report}/complete", "clerk-1", version=1)

    assert completed.status_code == 200


async def test_a_change_of_the_directory_counts_at_the_desk_from_its_commit_on(desk: EntryDesk) -> None:
    person = {"units": [], "seats": [], "authority": "PREFECTURE"}
    before = await desk.post(
        "/reports", "clerk-1", report_on(name="段映雪", unit=f"{ORGAN}-host-roads", persons=[REPORTED])
    )

    await desk.directory("PERSON", REPORTED, person | {"authority": "PROVINCIAL"}, YESTERDAY)
    raised = await desk.post("/reports", "clerk-1", report_on(name="段映雪", persons=[REPORTED]))
    await desk.directory("PERSON", REPORTED, person, YESTERDAY)
    lowered = await desk.post("/reports", "clerk-1", report_on(name="段映雪", persons=[REPORTED]))

    assert [before.status_code, raised.status_code, lowered.status_code] == [201, 422, 201]
    assert raised.json()["code"] == "superior-level-party"


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("ORGAN", {"level": "PREFECTURE"}),
        ("ORGAN", {"level": "MOON", "region": ORGAN}),
        ("UNIT", {"kind": "DEPARTMENT", "valid_from": "yesterday"}),
        ("SEAT", {"organ": ORGAN, "person": REPORTED}),
        ("PERSON", {"units": [{"is_head": True}]}),
    ],
)
async def test_an_entry_that_cannot_be_read_is_refused_and_takes_the_directory_from_nobody(
    desk: EntryDesk, kind: str, state: dict[str, Any]
) -> None:
    with pytest.raises((KeyError, ValueError, TypeError)):
        await desk.directory(kind, f"{ORGAN}-broken", state, YESTERDAY)

    assert await desk.entered()
