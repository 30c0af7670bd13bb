"""What putting the elements anew does to what is known of the reporter."""

from typing import Any

import pytest

from tests.support.entry_desk import TODAY, EntryDesk, elements, entry

pytestmark = pytest.mark.component
IDENTITY = {"name": "虚构来信人", "phone": "000-0000"}
VERIFIED = {"verify_method": "PHONE", "verified_on": TODAY.isoformat()}
REAL = {"name_status": "REAL_NAME", **VERIFIED}
KNOWN = ("reporter_ref", "has_contact", "verify_method", "verified_by", "verified_on")


async def put(desk: EntryDesk, report: str, job: str, version: int, reporter: dict[str, Any]) -> None:
    answer = await desk.send("PUT", f"/reports/{report}/elements", job, elements(reporter=reporter), version)
    assert answer.status_code == 200, answer.text


async def known(desk: EntryDesk, report: str) -> dict[str, Any]:
    row = await desk.row(report)
    return {name: row[name] for name in KNOWN}


async def test_elements_put_without_an_identity_keep_the_reporter_and_the_way_to_him(
    desk: EntryDesk,
) -> None:
    report = await desk.entered(reporter={**REAL, "identity": IDENTITY})
    before = await known(desk, report)

    await put(desk, report, "clerk-2", 1, REAL)
    completed = await desk.post(f"/reports/{report}/complete", "clerk-2", version=2)

    assert await known(desk, report) == before
    assert before["has_contact"] is True
    assert before["verified_by"].endswith("clerk-1")
    assert completed.status_code == 200, completed.text


async def test_who_verified_the_name_changes_only_with_the_verification(desk: EntryDesk) -> None:
    report = await desk.entered(reporter={**REAL, "identity": IDENTITY})

    await put(desk, report, "clerk-2", 1, {**REAL, "verify_method": "MEETING"})
    verified = (await known(desk, report))["verified_by"]
    await put(desk, report, "head-1", 2, {**REAL, "verify_method": "MEETING"})

    assert verified.endswith("clerk-2")
    assert (await known(desk, report))["verified_by"] == verified


async def test_another_identity_is_verified_by_whoever_gave_it(desk: EntryDesk) -> None:
    report = await desk.entered(reporter={**REAL, "identity": IDENTITY})
    before = await known(desk, report)

    await put(desk, report, "clerk-2", 1, {**REAL, "identity": {"name": "另一虚构来信人"}})
    after = await known(desk, report)

    assert after["reporter_ref"] != before["reporter_ref"]
    assert after["has_contact"] is False
    assert after["verified_by"].endswith("clerk-2")


async def test_a_report_made_anonymous_names_nobody(desk: EntryDesk) -> None:
    report = await desk.entered(reporter={**REAL, "identity": IDENTITY})

    await put(desk, report, "clerk-2", 1, {"name_status": "ANONYMOUS", **VERIFIED})

    assert await known(desk, report) == dict.fromkeys(KNOWN) | {"has_contact": False}


async def test_an_anonymous_reporter_with_an_identity_is_refused_before_anything_is_done(
    desk: EntryDesk,
) -> None:
    rows = await desk.everything()

    refused = await desk.post("/reports", "clerk-1", entry(reporter={"identity": IDENTITY}))

    assert (refused.status_code, refused.json()["code"]) == (422, "anonymous-has-no-identity")
    assert (await desk.everything(), desk.link.calls) == (rows, 0)


async def test_a_vault_that_is_away_stops_a_named_report_and_not_an_anonymous_one(desk: EntryDesk) -> None:
    desk.link.cut = True

    named = await desk.post(
        "/reports", "clerk-1", entry(reporter={"name_status": "SIGNED_UNVERIFIED", "identity": IDENTITY})
    )
    anonymous = await desk.post("/reports", "clerk-1", entry())

    assert (named.status_code, anonymous.status_code) == (503, 201)
    assert int(named.headers["retry-after"]) > 0
    assert await desk.worker.fetchval("SELECT count(*) FROM business.report") == 1


async def test_what_a_report_names_is_confirmed_and_what_no_report_came_to_name_is_erased(
    desk: EntryDesk,
) -> None:
    report = await desk.entered(reporter={"name_status": "SIGNED_UNVERIFIED", "identity": IDENTITY})
    orphan = (await desk.vault.post("/vault/v1/identities", {"name": "无人提及"}))["reporter_ref"]
    named = str((await desk.row(report))["reporter_ref"])

    assert await desk.identities().confirm() is True
    assert await desk.identities().confirm() is False
    await desk.vault_rows.execute("UPDATE business.identity SET kept_at = kept_at - interval '25 hours'")
    assert await desk.identities().erase() == 1

    assert await desk.kept_identities() == {named: "CONFIRMED", orphan: "ERASED"}
