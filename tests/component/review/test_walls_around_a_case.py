"""The reported side sees nothing, holds nothing and handles nothing; texts lie sealed."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest

from services.chassis.database import Subject, transaction
from services.review.application.when_exclusion_changed_clear_seats import when_exclusion_changed_clear_seats
from services.review.application.when_report_assigned_open_case import (
    Assignment,
    when_report_assigned_open_case,
)
from services.review.application.when_report_frozen_close_case import when_report_frozen_close_case
from services.review.domain.exclusion import Excluded
from services.review.domain.values import CaseId, Ground, OfficerId
from tests.component.review.conftest import LOWER, RESULT, SAYS, UPPER, Bureau

pytestmark = pytest.mark.component


async def excluding(bureau: Bureau, case_id: UUID, version: int = 1, **ids: set[str]) -> None:
    """What follows when intake tells of a new excluded set."""
    report = await bureau.worker.fetchval(
        "SELECT report_id FROM business.assigned_case WHERE case_id = $1", case_id
    )
    told = Excluded(
        frozenset(ids.get("units", ())),
        frozenset(ids.get("seats", ())),
        frozenset(OfficerId(officer) for officer in ids.get("officers", ())),
        version,
    )
    at = datetime.now(UTC)
    async with bureau.working() as unit:
        await when_exclusion_changed_clear_seats(report, told, at, date(2026, 3, 3), unit)


async def said(bureau: Bureau) -> list[str]:
    rows = await bureau.oracle.fetch("SELECT type FROM oracle.outbox ORDER BY sequence")
    return [row["type"] for row in rows]


async def test_an_officer_of_another_organ_or_of_the_reported_side_finds_nothing(bureau: Bureau) -> None:
    case_id = await bureau.brought_to("R1")
    nowhere = await bureau.show("head", uuid4())
    stranger = bureau.installation.staff("review", "chief", sub="stranger", organ="520200")

    foreign = await bureau.client.get(f"/review/v1/assigned-cases/{case_id}", headers=stranger)
    await excluding(bureau, case_id, officers={"trial"})
    excluded = await bureau.show("trial", case_id)
    listed = await bureau.client.get("/review/v1/assigned-cases", headers=bureau.headers("trial"))

    assert foreign.status_code == excluded.status_code == nowhere.status_code == 404
    assert foreign.content == excluded.content == nowhere.content
    assert listed.json() == {"cases": [], "next_cursor": None}
    assert (await bureau.show("head", case_id)).status_code == 200


@pytest.mark.parametrize("ids", [{"seats": {"seat-trial"}}, {"units": {"trial"}}, {"units": {LOWER}}])
async def test_row_security_hides_a_case_from_whoever_sits_on_the_reported_side(
    bureau: Bureau, ids: dict[str, set[str]]
) -> None:
    case_id = await bureau.assigned()
    await excluding(bureau, case_id, 1, **ids)

    async def seen(subject: Subject | None) -> int:
        async with transaction(bureau.api, subject) as connection:
            return int(await connection.fetchval("SELECT count(*) FROM business.assigned_case"))

    assert await seen(Subject("trial", LOWER)) == 0
    assert await seen(None) == 0
    assert await seen(Subject("superior", UPPER)) == 1


async def test_an_officer_who_joins_the_reported_side_loses_the_round_he_holds(bureau: Bureau) -> None:
    case_id = await bureau.brought_to("R2")

    await excluding(bureau, case_id, officers={"trial"})

    page = (await bureau.show("head", case_id)).json()
    assert (page["state"], page["holder"]) == ("R2_PENDING", None)
    assert (await bureau.decide(case_id, "R2")).status_code == 404
    kinds = await bureau.worker.fetch("SELECT kind, officer FROM business.incident")
    assert [tuple(row) for row in kinds] == [("ROUND_WITH_EXCLUDED_OFFICER", "trial")]


async def test_an_older_excluded_set_changes_nothing(bureau: Bureau) -> None:
    case_id = await bureau.brought_to("R2")
    await excluding(bureau, case_id, version=5)

    await excluding(bureau, case_id, version=4, officers={"trial"})

    assert (await bureau.show("head", case_id)).json()["holder"] == "trial"


async def test_a_case_whose_handling_organ_joins_the_reported_side_is_called_off(bureau: Bureau) -> None:
    case_id = await bureau.brought_to("R3")

    await excluding(bureau, case_id, units={LOWER})

    page = (await bureau.show("superior", case_id)).json()
    assert (page["state"], page["clocks"]) == ("WITHDRAWN", [])
    assert (await said(bureau))[-1] == "review.case-withdrawn.v1"
    assert (await bureau.show("head", case_id)).status_code == 404


async def test_an_assignment_to_the_reported_side_never_opens(bureau: Bureau) -> None:
    report, at = uuid4(), datetime.now(UTC)
    told = Excluded(units=frozenset({LOWER}), version=1)
    given = Assignment(
        CaseId(uuid4()), report, UPPER, LOWER, True, Ground.A1, (), date(2026, 3, 2), frozenset()
    )

    async with bureau.working() as unit:
        await when_exclusion_changed_clear_seats(report, told, at, date(2026, 3, 2), unit)
        await when_report_assigned_open_case(given, at, date(2026, 3, 2), unit)

    assert await said(bureau) == ["review.case-withdrawn.v1"]
    assert await bureau.worker.fetchval("SELECT state FROM business.assigned_case") == "WITHDRAWN"
    assert await bureau.worker.fetchval("SELECT kind FROM business.incident") == "HANDLER_ON_REPORTED_SIDE"
    assert await bureau.worker.fetchval("SELECT count(*) FROM mechanism.clock") == 0


async def test_a_frozen_report_stops_its_case_and_nobody_reads_it(bureau: Bureau) -> None:
    case_id = await bureau.brought_to("R1")
    report = (await bureau.show("head", case_id)).json()["report_id"]

    async with bureau.working() as unit:
        await when_report_frozen_close_case(UUID(report), datetime.now(UTC), date(2026, 3, 3), unit)

    assert (await bureau.show("head", case_id)).status_code == 404
    assert (await bureau.show("superior", case_id)).status_code == 404
    assert (await said(bureau))[-1] == "review.case-withdrawn.v1"


async def test_texts_lie_sealed_and_each_reading_is_noted(bureau: Bureau) -> None:
    case_id = await bureau.brought_to("R3")
    papers = (await bureau.show("trial", case_id)).json()["papers"]

    found = []
    for paper in papers:
        url = f"/review/v1/assigned-cases/{case_id}/papers/{paper['paper_id']}/readings"
        answer = await bureau.client.post(url, json={"reason_code": "AUDIT"}, headers=bureau.headers("trial"))
        found.append((paper["kind"], answer.json()["text"]))

    assert found == [("RESULT", RESULT["text"]), ("OPINION", SAYS["R2"]["opinion"])]
    stored = await bureau.worker.fetch("SELECT text FROM business.paper")
    assert not any("核查".encode() in bytes(row["text"]) for row in stored)
    noted = await bureau.worker.fetchval(
        "SELECT count(*) FROM mechanism.audit_event WHERE action = 'read-paper' AND subject = 'trial'"
    )
    assert noted == 2
