"""What referral and review say moves a part: transfer, assignment, audit; each receipt has its own number."""

from typing import Any

import pytest

from tests.support.entry_desk import LOWER, ORGAN, TODAY, EntryDesk, elements, party

pytestmark = pytest.mark.component
RECEIPTS = """
    SELECT organ, kind, report_no FROM business.receipt
     WHERE report_id = $1::text::uuid ORDER BY kind DESC
"""
LOG = """
    SELECT organ, from_state, to_state FROM business.transition
     WHERE report_id = $1::text::uuid ORDER BY seq
"""
YEAR = TODAY.year


async def transferred(desk: EntryDesk, report: str) -> None:
    await desk.tell("referral.report-transferred.v1", {"report_id": report, "organ": ORGAN})
    for _ in range(2):
        await desk.tell(
            "referral.transfer-signed-for.v1",
            {"report_id": report, "organ": LOWER, "from_organ": ORGAN, "signed_on": TODAY.isoformat()},
        )


async def receipts(desk: EntryDesk, report: str) -> list[tuple[str, str, str]]:
    return [tuple(row) for row in await desk.worker.fetch(RECEIPTS, report)]


async def test_a_transfer_signed_for_ends_one_part_and_opens_the_other_with_a_receipt_of_its_own(
    desk: EntryDesk,
) -> None:
    await desk.entered(LOWER, parties=[])
    report = await desk.confirmed()

    await transferred(desk, report)

    assert await desk.parts(report) == {ORGAN: "TRANSFERRED", LOWER: "UNDER_TRIAGE"}
    assert await receipts(desk, report) == [
        (LOWER, "TRANSFER_RECEIPT", f"{LOWER}-{YEAR}-000002"),
        (ORGAN, "FIRST", f"{ORGAN}-{YEAR}-000001"),
    ]
    log = [tuple(row) for row in await desk.worker.fetch(LOG, report)]
    assert log[-4:] == [
        (ORGAN, "UNDER_TRIAGE", "TRANSFER_PENDING"),
        (ORGAN, "TRANSFER_PENDING", "TRANSFERRED"),
        (LOWER, None, "REGISTERED"),
        (LOWER, "REGISTERED", "UNDER_TRIAGE"),
    ]


async def test_a_transfer_is_told_for_the_receiver_with_its_own_source_and_the_sender_s_category(
    desk: EntryDesk,
) -> None:
    report = await desk.confirmed()

    await transferred(desk, report)

    first, second = await desk.facts(report, "intake.report-registered.v1")
    assert (first["organ"], first["kind"], first["source"]) == (ORGAN, "FIRST", "SELF_RECEIVED")
    assert (second["organ"], second["kind"], second["source"]) == (
        LOWER,
        "TRANSFER_RECEIPT",
        "SUPERIOR_TRANSFER",
    )
    mine, theirs = await desk.facts(report, "intake.report-classified.v1")
    assert (theirs["organ"], theirs["source"]) == (LOWER, "SUPERIOR_TRANSFER")
    same = ("nature", "violations", "primary_violation", "parties", "version", "occurrence")
    assert {name: theirs[name] for name in same} == {name: mine[name] for name in same}


async def test_after_a_transfer_the_receiver_acts_and_the_sender_only_reads(desk: EntryDesk) -> None:
    report = await desk.confirmed()
    await transferred(desk, report)
    version = (await desk.get(f"/reports/{report}", "clerk-1", organ=LOWER)).json()["version"]
    more = party(name="另一虚构人", authority="COUNTY")

    read = await desk.get(f"/reports/{report}", "clerk-1")
    sender = await desk.post(f"/reports/{report}/parties", "clerk-1", more, version)
    receiver = await desk.post(f"/reports/{report}/parties", "clerk-1", more, version, organ=LOWER)
    edited = await desk.send(
        "PUT", f"/reports/{report}/elements", "clerk-1", elements(), version + 1, organ=LOWER
    )

    assert (read.status_code, read.json()["holder"]) == (200, LOWER)
    assert (sender.status_code, receiver.status_code) == (404, 200)
    assert edited.status_code == 409  # what was confirmed changes only by a correction
    (told,) = await desk.facts(report, "intake.category-changed.v1")
    assert (told["organ"], len(told["parties"])) == (LOWER, 2)


async def test_an_assignment_gives_the_lower_organ_one_receipt_and_opens_no_part(desk: EntryDesk) -> None:
    report = await desk.confirmed()
    told = {"report_id": report, "organ": ORGAN, "target_organ": LOWER, "assigned_on": TODAY.isoformat()}

    await desk.tell("referral.report-assigned.v1", told)
    await desk.tell("referral.report-assigned.v1", told)

    assert await desk.parts(report) == {ORGAN: "ASSIGNED"}
    assert [kind for _, kind, _ in await receipts(desk, report)] == ["FIRST", "ASSIGNMENT_RECEIPT"]
    registered = await desk.facts(report, "intake.report-registered.v1")
    assert [(fact["organ"], fact["source"]) for fact in registered] == [
        (ORGAN, "SELF_RECEIVED"),
        (LOWER, "SUPERIOR_ASSIGNMENT"),
    ]


async def test_a_part_shows_where_the_facts_of_referral_and_review_led_it(desk: EntryDesk) -> None:
    report = await desk.confirmed()
    about: dict[str, Any] = {"report_id": report, "organ": ORGAN}
    told = [
        ("referral.report-queued-for-study.v1", {}, "UNDER_COLLECTIVE_STUDY"),
        ("referral.report-accepted.v1", {}, "ACCEPTED"),
        ("referral.report-assigned.v1", {"target_organ": LOWER, "assigned_on": "2026-01-05"}, "ASSIGNED"),
        ("review.result-submitted.v1", {}, "UNDER_AUDIT"),
        ("review.result-returned.v1", {"back_to": "R2_PENDING"}, "UNDER_AUDIT"),
        ("review.result-returned.v1", {"back_to": "SUPPLEMENTING"}, "ASSIGNED"),
        ("review.result-submitted.v1", {}, "UNDER_AUDIT"),
        ("review.result-withdrawn.v1", {}, "ASSIGNED"),
        ("referral.report-concluded.v1", {}, "CONCLUDED"),
    ]

    shown = []
    for type_, more, _ in told:
        await desk.tell(type_, about | more)
        shown.append((await desk.parts(report))[ORGAN])

    assert shown == [state for _, _, state in told]
