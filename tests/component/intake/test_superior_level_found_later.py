"""A report found to be of superior level after it was registered freezes, and nothing of it is told."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.support.entry_desk import LOWER, ORGAN, TODAY, EntryDesk, elements, entry, party

pytestmark = pytest.mark.component
CLOCKS = "SELECT state FROM mechanism.clock WHERE entity_id = $1"
CORRECTION = {
    "reason_code": "WRONG_CODE",
    "content": entry()["content"],
    "classification": {"nature": "N1", "violations": ["V3-07"], "primary_violation": "V3-07"},
}


async def by_a_party(desk: EntryDesk, report: str) -> None:
    answer = await desk.post(f"/reports/{report}/parties", "clerk-1", party(authority="PROVINCIAL"), 4)
    assert answer.json()["superior_level"] is True


async def by_referral(desk: EntryDesk, report: str) -> None:
    about = {"report_id": report, "organ": ORGAN, "synthetic": True}
    await desk.tell("referral.superior-level-suspected.v1", about)
    await desk.tell("referral.superior-level-suspected.v1", about)


WAYS: list[Callable[[EntryDesk, str], Awaitable[None]]] = [by_a_party, by_referral]


@pytest.mark.parametrize("freeze", WAYS, ids=["a party added", "triage suspects it"])
async def test_nothing_of_a_frozen_report_is_read_or_written_by_anybody(
    desk: EntryDesk, freeze: Callable[[EntryDesk, str], Awaitable[None]]
) -> None:
    report = await desk.confirmed()
    asked = await desk.post(f"/reports/{report}/corrections", "clerk-1", CORRECTION, 4)
    assigned = {"report_id": report, "organ": ORGAN, "target_organ": LOWER, "assigned_on": TODAY.isoformat()}
    await desk.tell("referral.report-assigned.v1", assigned)

    await freeze(desk, report)

    unknown = (await desk.get(f"/reports/{uuid4()}", "head-1")).content
    for job, organ in (("clerk-1", ORGAN), ("head-1", ORGAN), ("chief", ORGAN), ("handler-2", LOWER)):
        for path in ("", "/content", "/proposals"):
            read = await desk.get(f"/reports/{report}{path}", job, organ=organ)
            assert read.content == unknown or read.status_code == 403, (job, path)
    listed = await desk.get("/reports", "head-1")
    writes = [
        ("PUT", "elements", "clerk-2", elements()),
        ("POST", "complete", "clerk-2", {}),
        ("POST", "check", "clerk-2", {}),
        ("POST", "confirm", "head-1", {}),
        ("POST", "parties", "clerk-2", party()),
        ("POST", "corrections", "clerk-2", CORRECTION),
        ("POST", f"corrections/{asked.json()['correction_id']}/approval", "head-1", {}),
    ]
    for method, path, job, body in writes:
        refused = await desk.send(method, f"/reports/{report}/{path}", job, body, 4)
        assert refused.content == unknown, path

    assert listed.json()["reports"] == []
    assert await desk.parts(report) == {ORGAN: "FROZEN"}


@pytest.mark.parametrize("freeze", WAYS, ids=["a party added", "triage suspects it"])
async def test_a_freeze_is_told_once_without_content_and_nothing_is_told_after_it(
    desk: EntryDesk, freeze: Callable[[EntryDesk, str], Awaitable[None]]
) -> None:
    report = await desk.confirmed(parties=[party(persons=[f"{LOWER}-member-1"])])
    await freeze(desk, report)
    said = await desk.said(report)

    await desk.directory(
        "SEAT",
        f"{ORGAN}-seat-new",
        {"organ": ORGAN, "person": f"{LOWER}-member-1", "post": "OFFICER", "unit": f"{ORGAN}-case"},
        TODAY - timedelta(days=1),
    )
    await desk.exclusions().step()
    about = {"report_id": report, "organ": ORGAN}
    await desk.tell(
        "referral.report-assigned.v1",
        {**about, "target_organ": LOWER, "assigned_on": TODAY.isoformat()},
    )
    await desk.tell(
        "referral.transfer-signed-for.v1",
        {"report_id": report, "organ": LOWER, "from_organ": ORGAN, "signed_on": TODAY.isoformat()},
    )
    await desk.tell("referral.report-concluded.v1", about)

    assert await desk.facts(report, "intake.report-frozen.v1") == [
        {"report_id": report, "organ": ORGAN, "synthetic": True}
    ]
    assert said[-1] == "intake.report-frozen.v1"
    assert await desk.said(report) == said
    assert await desk.parts(report) == {ORGAN: "FROZEN"}


async def test_a_draft_that_freezes_stops_its_clock(desk: EntryDesk) -> None:
    report = await desk.entered()
    entity = f"{report}/{ORGAN}"
    running = [row["state"] for row in await desk.worker.fetch(CLOCKS, entity)]

    await desk.post(f"/reports/{report}/parties", "clerk-1", party(authority="CENTRAL"), 1)

    assert running == ["RUNNING"]
    assert [row["state"] for row in await desk.worker.fetch(CLOCKS, entity)] == ["WAIVED"]


@pytest.mark.parametrize(
    "given",
    [
        {"authority": "PROVINCIAL"},
        {"post": "省委副书记"},
        {"name": "省长某某"},
        {"persons": ["520000-member-1"]},
        {"persons": [f"{ORGAN}-chief"]},
        {"unit": ORGAN, "is_unit_head": True},
        {"party_type": "ORGANISATION", "unit": "520000-host-roads"},
    ],
    ids=["authority", "post", "name", "a person above", "the organ's own chief", "its head", "a unit above"],
)
async def test_whatever_shows_superior_level_in_a_party_freezes_the_report_and_keeps_nothing_of_it(
    desk: EntryDesk, given: dict[str, object]
) -> None:
    report = await desk.entered(parties=[])
    rows = await desk.everything()

    told = await desk.post(f"/reports/{report}/parties", "clerk-1", party(**given), 1)

    assert told.json().get("superior_level") is True, told.text
    assert await desk.everything() == rows + 1
    assert (await desk.get(f"/reports/{report}", "clerk-1")).status_code == 404
