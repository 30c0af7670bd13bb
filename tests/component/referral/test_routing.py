"""A report is routed once, by the right people, and never to the reported side."""

import asyncio
from uuid import uuid4

import pytest

from tests.component.referral.conftest import (
    CASES,
    REPORTS,
    TODAY,
    House,
    approval,
    classification,
    move_body,
    party,
)
from tests.support.referral_offices import COUNTY, PREFECTURE, PROVINCE

pytestmark = pytest.mark.component


async def test_an_own_level_report_is_moved_to_our_room_signed_for_and_concluded(
    house: House,
) -> None:
    report = await house.classified(parties=[party(unit="host-agri")])

    seen = await house.get(f"/reports/{report}", house.head())
    moved = await house.act(report, "move", house.head(), move_body())
    unsigned = await house.act(
        report, "disposal", house.handler(), {"disposal": "CLOSED", "approval": approval()}
    )
    signed = await house.act(report, "move/signature", house.handler())
    decided = await house.act(
        report, "disposal", house.handler(), {"disposal": "CLOSED", "approval": approval()}
    )
    ended = await house.act(
        report,
        "conclusion",
        house.handler(),
        {"concluded_on": TODAY.isoformat(), "substantiation": "UNFOUNDED", "outcome": "NONE"},
    )

    assert seen.json()["proposal"]["way"] == "ROOM"
    assert seen.json()["proposal"]["informed"] == ["team-agri"]
    assert seen.headers["etag"] == '"1"'
    answers = [one.status_code for one in (moved, unsigned, signed, decided, ended)]
    assert answers == [200, 422, 200, 200, 200], [one.text for one in (moved, signed, decided, ended)]
    assert await house.state(report) == "CONCLUDED"
    assert await house.said(report) == [
        "report-accepted",
        "report-moved",
        "disposal-decided",
        "report-concluded",
    ]


async def test_fifty_clerks_route_the_same_twenty_reports_and_each_is_routed_once(house: House) -> None:
    reports = [await house.classified() for _ in range(20)]

    async def routes_all(head: dict[str, str]) -> list[int]:
        return [await persistently(head, f"/reports/{one}/move") for one in reports]

    async def persistently(head: dict[str, str], path: str) -> int:
        """A full pool says 503: ask again, with the same key."""
        key = uuid4().hex
        while (answer := await house.post(path, head, move_body(), 1, key)).status_code == 503:
            continue
        return answer.status_code

    clerks = await asyncio.gather(*(routes_all(house.head()) for _ in range(50)))

    statuses = [status for clerk in clerks for status in clerk]
    assert statuses.count(200) == 20
    assert statuses.count(409) == 20 * 49
    open_ = await house.pool.fetch(
        "SELECT report_id, count(*) AS n FROM routing WHERE report_id = ANY ($1) GROUP BY 1", reports
    )
    assert [row["n"] for row in open_] == [1] * 20


async def test_a_party_added_after_routing_withdraws_it_at_once_and_is_an_incident(house: House) -> None:
    report = await house.classified()
    await house.act(report, "move", house.head(), move_body())

    await house.excluded(report, units=[f"{PROVINCE}-supervision"])

    await house.until("SELECT state = 'UNDER_TRIAGE' FROM part WHERE report_id = $1", report)
    assert await house.said(report) == ["report-accepted", "report-moved", "routing-withdrawn"]
    assert await house.pool.fetchval("SELECT count(*) FROM incident WHERE report_id = $1", report) == 1
    again = await house.act(report, "move", house.head(), move_body())
    assert again.status_code == 422


async def test_an_excluded_officer_gets_the_same_404_as_for_a_report_that_is_not_there(house: House) -> None:
    report = await house.classified()
    await house.excluded(report, officers=[f"P-{PROVINCE}-clerk"])
    clerk = house.who("clerk", "petition-clerk")

    theirs = await house.get(f"/reports/{report}", clerk)
    nothing = await house.get(f"/reports/{uuid4()}", clerk)
    listed = await house.get("/reports?limit=200", clerk)

    assert (theirs.status_code, theirs.content) == (404, nothing.content)
    assert str(report) not in listed.text
    assert (await house.get(f"/reports/{report}", house.head())).status_code == 200


async def test_a_transfer_is_signed_for_below_and_only_then_ends_here(house: House) -> None:
    lower = party(authority="PREFECTURE", unit="works-city", region="520100")
    below, elsewhere = (house.who("clerk", "petition-clerk", organ=o) for o in (PREFECTURE, COUNTY))
    report = await house.classified(parties=[lower])

    sent = await house.act(report, "transfer", house.head())
    stranger = await house.act(report, "transfer/signature", elsewhere)
    signed = await house.act(report, "transfer/signature", below)
    theirs = await house.classified(PREFECTURE, report_id=report, parties=[lower], source="SUPERIOR_TRANSFER")
    moved = await house.post(
        f"/reports/{theirs}/move",
        house.head(PREFECTURE),
        {"approval": approval(PREFECTURE), "case_management_told": True},
        1,
    )

    statuses = [one.status_code for one in (sent, stranger, signed, moved)]
    assert statuses == [200, 404, 200, 200], [one.text for one in (sent, signed, moved)]
    assert (await house.state(report), await house.state(report, PREFECTURE)) == ("TRANSFERRED", "MOVED")
    assert (
        await house.pool.fetchval(
            "SELECT state FROM mechanism.clock WHERE rule_id = 'D02' AND entity_id = $1",
            f"{report}/{PREFECTURE}",
        )
        == "MET"
    )


async def test_a_transfer_that_is_refused_comes_back_with_its_reasons_sealed(house: House) -> None:
    report = await house.classified(parties=[party(authority="PREFECTURE", unit="works-city")])
    await house.act(report, "transfer", house.head())

    refused = await house.act(
        report,
        "transfer/refusal",
        house.head(PREFECTURE),
        {"reason_code": "NOT_COMPETENT", "reasons": "金丝雀：不属本级管辖"},
    )
    papers = await house.get(f"/reports/{report}/papers", house.head())

    assert (refused.status_code, await house.state(report)) == (200, "UNDER_TRIAGE")
    assert [paper["text"] for paper in papers.json()["items"]] == ["金丝雀：不属本级管辖"]
    sealed = await house.pool.fetchval("SELECT sealed FROM paper WHERE report_id = $1", report)
    assert "金丝雀".encode() not in sealed


async def test_assigning_needs_its_deputy_and_never_names_the_reported_side(house: House) -> None:
    lower = [party(authority="PREFECTURE", unit="works-city")]
    report, reported = await house.classified(parties=lower), await house.classified(parties=lower)
    body = {"ground": "A2", "letter_no": "虚构交办〔2026〕1号", "approval": approval(), "officers": []}
    await house.excluded(reported, units=[PREFECTURE])

    without = await house.act(report, "assignment", house.head(), body | {"approval": approval(word="clerk")})
    right = await house.act(report, "assignment", house.head(), body)
    wrong = await house.act(reported, "assignment", house.head(), body)

    assert (without.status_code, without.json()["code"]) == (422, "approval-missing")
    assert (right.status_code, await house.state(report)) == (200, "ASSIGNED")
    assert (wrong.status_code, await house.state(reported)) == (422, "UNDER_TRIAGE")


async def test_an_accepted_case_of_review_concludes_the_report(house: House) -> None:
    report = await house.classified(parties=[party(authority="PREFECTURE", unit="works-city")])
    body = {"ground": "A1", "letter_no": "虚构交办〔2026〕2号", "approval": approval()}
    await house.act(report, "assignment", house.head(), body)

    await house.reviewed("result-submitted", report, submission=1)
    await house.reviewed("result-returned", report, submission=1, back_to="SUPPLEMENTING")
    await house.reviewed("result-submitted", report, submission=2)
    await house.reviewed("result-withdrawn", report, submission=2)
    await house.reviewed("result-submitted", report, submission=2)
    await house.reviewed("result-returned", report, submission=2, back_to="R2_PENDING")
    await house.reviewed(
        "case-accepted",
        report,
        submission=2,
        accepted_on=TODAY.isoformat(),
        substantiation="TRUE",
        outcome="EDUCATION",
    )

    await house.until("SELECT state = 'CONCLUDED' FROM part WHERE report_id = $1", report)
    passed = await house.pool.fetch(
        "SELECT step FROM transition WHERE entity_id = $1 ORDER BY seq", f"{report}/{PROVINCE}"
    )
    assert [row["step"] for row in passed] == [
        "OPEN", "ASSIGN", "SUBMIT_RESULT", "RETURN_RESULT", "SUBMIT_RESULT", "RETURN_RESULT",
        "SUBMIT_RESULT", "CONCLUDE",
    ]  # fmt: skip
    assert (await house.said(report))[-1] == "report-concluded"


async def test_a_case_that_review_refuses_for_the_reported_side_loses_its_assignment(house: House) -> None:
    report = await house.classified(parties=[party(authority="PREFECTURE", unit="works-city")])
    body = {"ground": "A1", "letter_no": "虚构交办〔2026〕3号", "approval": approval()}
    await house.act(report, "assignment", house.head(), body)

    await house.reviewed("case-withdrawn", report, handling_organ=COUNTY, reason="EXCLUDED")
    await house.reviewed("case-withdrawn", report, handling_organ=PREFECTURE, reason="EXCLUDED")

    await house.until("SELECT state = 'UNDER_TRIAGE' FROM part WHERE report_id = $1", report)
    assert await house.said(report) == ["report-assigned", "routing-withdrawn"]
    assert await house.pool.fetchval("SELECT count(*) FROM incident WHERE report_id = $1", report) == 1


async def test_a_superior_level_party_stops_the_part_and_says_so_without_content(house: House) -> None:
    report = await house.classified(parties=[party(authority="CENTRAL")])

    assert await house.state(report) == "FROZEN"
    assert await house.said(report) == ["superior-level-suspected"]
    assert (await house.get(f"/reports/{report}", house.head())).status_code == 404


async def test_a_frozen_report_is_withdrawn_and_read_by_nobody(house: House) -> None:
    report = await house.classified()
    await house.act(report, "move", house.head(), move_body())

    data = {"report_id": str(report), "organ": PROVINCE, "synthetic": True}
    await house.tell(REPORTS, "intake.report-frozen.v1", data)

    await house.until("SELECT state = 'FROZEN' FROM part WHERE report_id = $1", report)
    assert (await house.said(report))[-1] == "routing-withdrawn"
    for who in (house.head(), house.handler()):
        assert (await house.get(f"/reports/{report}", who)).status_code == 404


async def test_the_same_fact_twice_an_unknown_one_and_a_gap_change_nothing_that_stands(house: House) -> None:
    report = await house.classified()
    data = classification(report)

    once = await house.tell(REPORTS, "intake.report-whispered.v1", data)
    await house.tell(REPORTS, "intake.report-classified.v1", data, event_id=once, sequence=2)
    await house.tell(REPORTS, "intake.category-changed.v1", data | {"version": 2, "nature": "N5"}, sequence=3)
    await house.tell(CASES, "review.result-submitted.v1", data | {"submission": 1}, subject="case-of-nothing")

    await house.until("SELECT matter ->> 'nature' = 'N5' FROM part WHERE report_id = $1", report)
    assert await house.pool.fetchval("SELECT count(*) FROM part WHERE report_id = $1", report) == 1
    assert await house.pool.fetchval("SELECT count(*) FROM mechanism.dead_letter") == 0


async def test_a_key_used_twice_gives_the_same_answer_and_an_old_version_412(house: House) -> None:
    report = await house.classified()
    first = await house.post(
        f"/reports/{report}/study", house.head(), {"reasons": ["COMPLEX"]}, 1, key="k-study"
    )
    second = await house.post(
        f"/reports/{report}/study", house.head(), {"reasons": ["COMPLEX"]}, 1, key="k-study"
    )
    stale = await house.post(f"/reports/{report}/move", house.head(), move_body(), 1)

    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert (stale.status_code, stale.json()["code"]) == (412, "referral-changed")
