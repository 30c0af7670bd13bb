"""What was confirmed changes only by a correction that another person approves (T31)."""

from typing import Any

import pytest

from tests.support.entry_desk import ORGAN, EntryDesk, entry

pytestmark = pytest.mark.component
CONTENTS = """
    SELECT version, reason_code FROM business.report_content
     WHERE report_id = $1::text::uuid ORDER BY 1
"""
KIND = "O1"
OTHER_CODE = {"nature": "N1", "violations": ["V3-07"], "primary_violation": "V3-07"}


def correction(**given: Any) -> dict[str, Any]:
    whole = {"content": entry()["content"], "classification": entry()["classification"]}
    return {"reason_code": "WRONG_CODE", **whole, **given}


async def asked(desk: EntryDesk, report: str, version: int = 4, **given: Any) -> str:
    answer = await desk.post(f"/reports/{report}/corrections", "clerk-1", correction(**given), version)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["correction_id"])


async def test_a_correction_takes_effect_only_when_another_person_approves_it_and_only_once(
    desk: EntryDesk,
) -> None:
    report = await desk.confirmed()
    answer = await desk.post(
        f"/reports/{report}/corrections", "head-1", correction(classification=OTHER_CODE), 4
    )
    path = f"/reports/{report}/corrections/{answer.json()['correction_id']}/approval"

    before = (await desk.get(f"/reports/{report}", "head-1")).json()["classification"]
    own = await desk.post(path, "head-1", version=4)
    clerk = await desk.post(path, "clerk-2", version=4)
    stale = await desk.post(path, "deputy-1", version=3)
    approved = await desk.post(path, "deputy-1", version=4)
    again = await desk.post(path, "deputy-1", version=5)
    after = (await desk.get(f"/reports/{report}", "head-1")).json()

    assert before["violations"] == ["V3-08"]
    assert (own.status_code, own.json()["code"]) == (422, "second-person-needed")
    assert [a.status_code for a in (clerk, stale, approved, again)] == [403, 412, 200, 404]
    assert (after["classification"]["violations"], after["classified_version"]) == (["V3-07"], 2)
    (told,) = await desk.facts(report, "intake.category-changed.v1")
    assert (told["version"], told["reason_code"], told["violations"]) == (2, "WRONG_CODE", ["V3-07"])


async def test_a_correction_of_the_text_alone_keeps_the_old_text_and_tells_nobody(desk: EntryDesk) -> None:
    report = await desk.confirmed()
    said = await desk.said(report)
    content = entry()["content"] | {"summary": "反映某单位违规发放津贴（虚构）。"}

    correction_id = await asked(desk, report, content=content, reason_code="TYPING")
    approved = await desk.post(f"/reports/{report}/corrections/{correction_id}/approval", "head-1", version=4)
    read = await desk.get(f"/reports/{report}/content", "head-1")

    assert approved.status_code == 200
    assert "津贴" in read.json()["summary"]
    assert [tuple(row) for row in await desk.worker.fetch(CONTENTS, report)] == [(1, None), (2, "TYPING")]
    assert await desk.said(report) == said


async def test_an_accusation_becomes_something_else_only_after_a_study_meeting(desk: EntryDesk) -> None:
    report = await desk.confirmed()
    out = {"nature": "N4", "oos_kinds": [KIND]}

    before = await desk.post(f"/reports/{report}/corrections", "clerk-1", correction(classification=out), 4)
    await desk.tell("referral.report-studied.v1", {"report_id": report, "organ": ORGAN})
    after = await desk.post(f"/reports/{report}/corrections", "clerk-1", correction(classification=out), 5)

    assert (before.status_code, before.json()["code"]) == (422, "study-needed")
    assert after.status_code == 201, after.text


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({}, 422, "nothing-corrected"),
        ({"classification": OTHER_CODE | {"violations": ["V99"]}}, 422, "code-unknown"),
        ({"reason_code": "because"}, 422, "invalid-input"),
    ],
)
async def test_a_correction_that_says_nothing_new_or_nothing_known_is_refused(
    desk: EntryDesk, given: dict[str, Any], status: int, code: str
) -> None:
    report = await desk.confirmed()

    refused = await desk.post(f"/reports/{report}/corrections", "clerk-1", correction(**given), 4)

    assert (refused.status_code, refused.json()["code"]) == (status, code)


async def test_what_is_not_confirmed_yet_is_edited_and_not_corrected(desk: EntryDesk) -> None:
    report = await desk.entered()

    refused = await desk.post(
        f"/reports/{report}/corrections", "clerk-1", correction(classification=OTHER_CODE), 1
    )

    assert (refused.status_code, refused.json()["code"]) == (409, "illegal-step")


async def test_a_correction_of_one_report_cannot_be_approved_on_another(desk: EntryDesk) -> None:
    report, other = await desk.confirmed(), await desk.confirmed()
    correction_id = await asked(desk, report, classification=OTHER_CODE)

    refused = await desk.post(f"/reports/{other}/corrections/{correction_id}/approval", "head-1", version=4)

    assert refused.status_code == 404
    assert (await desk.row(other))["classified_version"] == 1
