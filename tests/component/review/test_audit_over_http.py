"""The four rounds over HTTP on a real database: the whole way, races, refusals, pages."""

import asyncio
from typing import Any

import pytest

from tests.component.review.conftest import MINUTES, PAPERS, PEOPLE, RESULT, SAYS, Bureau

pytestmark = pytest.mark.component
BACK = {"decision": "RETURN", "reasons": ["X2"]}
FOURTH_BACK = {**BACK, "kind": "SUPPLEMENT_CHECK", "new_due_on": "2099-01-05"}


async def said(bureau: Bureau) -> list[str]:
    rows = await bureau.oracle.fetch("SELECT type FROM oracle.outbox ORDER BY sequence")
    return [row["type"] for row in rows]


async def test_a_case_goes_through_all_rounds_and_is_accepted(bureau: Bureau) -> None:
    case_id = await bureau.brought_to("R4")

    done = await bureau.decide(case_id, "R4")

    assert done.json()["state"] == "ACCEPTED"
    assert await said(bureau) == [
        "review.case-opened.v1",
        "review.result-submitted.v1",
        "review.round-passed.v1",
        "review.round-passed.v1",
        "review.round-passed.v1",
        "review.chief-signed.v1",
        "review.case-accepted.v1",
    ]
    rows = await bureau.oracle.fetch(
        "SELECT round, actor, decision FROM oracle.audit_decision WHERE case_id = $1 ORDER BY at, actor",
        case_id,
    )
    assert [tuple(row) for row in rows] == [
        ("R1", "reviewer", "PASS"), ("R2", "trial", "PASS"), ("R3", "member-1", "PASS"),
        ("R3", "member-2", "PASS"), ("R3", "member-3", "PASS"), ("CHIEF", "chief", "SIGN"),
        ("R4", "superior", "ACCEPT"),
    ]  # fmt: skip


async def test_every_step_is_a_transition_with_one_record_in_the_trail(bureau: Bureau) -> None:
    case_id = await bureau.brought_to("R4")

    await bureau.decide(case_id, "R4")

    steps = await bureau.oracle.fetch(
        "SELECT from_state, to_state, actor FROM oracle.transition WHERE entity_id = $1 ORDER BY seq", case_id
    )
    noted = await bureau.worker.fetch(
        """SELECT codes ->> 'from_state' AS from_state, codes ->> 'to_state' AS to_state, subject AS actor
             FROM mechanism.audit_event WHERE entity_id = $1 AND codes ? 'to_state' ORDER BY id""",
        str(case_id),
    )
    assert [tuple(step) for step in steps] == [tuple(note) for note in noted]
    assert len(steps) == 11


async def test_a_return_of_the_fourth_round_sets_a_new_deadline_and_all_rounds_begin_again(
    bureau: Bureau,
) -> None:
    case_id = await bureau.brought_to("R4")

    done = await bureau.decide(case_id, "R4", FOURTH_BACK)
    await bureau.submitted(case_id)

    page = (await bureau.show("head", case_id)).json()
    assert done.json()["state"] == "SUPPLEMENTING"
    assert (page["state"], page["submission"]) == ("R1_PENDING", 2)
    assert [(r["desk"], r["decision"]) for r in page["rulings"] if r["stands"]] == [("R4", "RETURN")]
    due = {clock["rule_id"]: clock["due_on"] for clock in page["clocks"]}
    assert due["D12"] == "2099-01-05"


async def test_a_result_can_be_withdrawn_only_while_nobody_has_taken_it(bureau: Bureau) -> None:
    case_id = await bureau.assigned()
    await bureau.submitted(case_id)

    back = await bureau.do("submitter", case_id, "audit/withdrawal")
    await bureau.submitted(case_id)
    await bureau.taken(case_id, "R1")
    late = await bureau.do("submitter", case_id, "audit/withdrawal")

    assert back.json()["state"] == "SUPPLEMENTING"
    assert (late.status_code, late.json()["code"]) == (409, "illegal-decision")
    assert (
        await bureau.worker.fetchval("SELECT count(*) FROM business.submission WHERE case_id = $1", case_id)
        == 2
    )


async def test_a_pass_and_a_return_at_once_leave_one_standing_decision(bureau: Bureau) -> None:
    for _ in range(5):
        case_id = await bureau.brought_to("R1")
        version = await bureau.version_of(case_id)

        answers = await asyncio.gather(
            *(
                bureau.do("reviewer", case_id, "audit/rounds/R1/decision", body, version)
                for body in (SAYS["R1"], BACK, SAYS["R1"], BACK)
            )
        )

        assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
        decisions = await bureau.oracle.fetchval(
            "SELECT count(*) FROM oracle.audit_decision WHERE case_id = $1", case_id
        )
        assert decisions == 1


async def test_two_reviewers_who_take_a_round_at_once_do_not_both_get_it(bureau: Bureau) -> None:
    case_id = await bureau.assigned()
    await bureau.submitted(case_id)
    version = await bureau.version_of(case_id)

    answers = await asyncio.gather(
        *(
            bureau.do(officer, case_id, "audit/rounds/R1/taking", None, version)
            for officer in ("reviewer", "reviewer", "reviewer")
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]


async def test_a_second_signature_is_refused(bureau: Bureau) -> None:
    case_id = await bureau.brought_to("CHIEF")

    first = await bureau.decide(case_id, "CHIEF")
    second = await bureau.decide(case_id, "CHIEF")

    assert first.json()["state"] == "R4_PENDING"
    assert (second.status_code, second.json()["code"]) == (409, "illegal-decision")


ROUND = "audit/rounds/{}/decision"
STRANGER = {"decision": "PASS", "minutes": {**MINUTES, "present": [*MINUTES["present"], "trial"]}}
TOO_FEW = {"decision": "PASS", "minutes": {**MINUTES, "present": ["member-1", "member-2"]}}
YESTERDAY = {**FOURTH_BACK, "new_due_on": "2020-01-06"}


@pytest.mark.parametrize(
    ("desk", "officer", "path", "body", "status", "code"),
    [
        ("R1", "trial", ROUND.format("R1"), SAYS["R1"], 403, "forbidden"),
        ("R1", "handler", ROUND.format("R1"), SAYS["R1"], 409, "not-taken"),
        ("R1", "trial", "audit/rounds/R2/taking", None, 409, "illegal-decision"),
        ("R1", "superior", "audit/rounds/R4/taking", None, 409, "illegal-decision"),
        ("R1", "reviewer", ROUND.format("R1"), {**SAYS["R1"], "checklist": []}, 422, "checklist-incomplete"),
        ("R1", "reviewer", ROUND.format("R1"), {**BACK, "reasons": []}, 422, "reason-missing"),
        ("R1", "reviewer", ROUND.format("R1"), {**BACK, "reasons": ["X10"]}, 422, "invalid-input"),
        ("R1", "reviewer", ROUND.format("R1"), {"decision": "ACCEPT"}, 422, "invalid-input"),
        ("R2", "trial", ROUND.format("R2"), {"decision": "PASS"}, 422, "invalid-input"),
        ("R3", "member-1", ROUND.format("R3"), TOO_FEW, 422, "quorum-missing"),
        ("R3", "member-1", ROUND.format("R3"), STRANGER, 422, "stranger-in-minutes"),
        ("CHIEF", "member-1", "audit/chief/decision", SAYS["CHIEF"], 403, "forbidden"),
        ("CHIEF", "superior", "audit/rounds/R4/taking", None, 409, "illegal-decision"),
        ("R4", "superior", ROUND.format("R4"), YESTERDAY, 422, "return-incomplete"),
        ("R4", "superior", ROUND.format("R4"), BACK, 422, "invalid-input"),
        ("R4", "both", ROUND.format("R4"), SAYS["R4"], 409, "not-taken"),
    ],
)
async def test_what_the_table_or_the_bar_refuses_changes_no_row(
    bureau: Bureau, desk: str, officer: str, path: str, body: object, status: int, code: str
) -> None:
    case_id = await bureau.brought_to(desk)
    before = await bureau.version_of(case_id), await said(bureau)

    answer = await bureau.do(officer, case_id, path, body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await bureau.version_of(case_id), await said(bureau)) == before


async def test_a_refused_person_is_noted_in_the_trail(bureau: Bureau) -> None:
    case_id = await bureau.brought_to("R1")
    await bureau.do("reviewer", case_id, "audit/rounds/R1/release")

    answer = await bureau.do("handler", case_id, "audit/rounds/R1/taking")

    assert (answer.status_code, answer.json()["code"]) == (403, "barred")
    noted = await bureau.worker.fetch(
        "SELECT subject, codes ->> 'rule' AS rule FROM mechanism.audit_event WHERE action = 'act-refused'"
    )
    assert [tuple(note) for note in noted] == [("handler", "Barred")]


async def test_the_same_request_twice_has_one_effect_and_one_answer(bureau: Bureau) -> None:
    case_id = await bureau.assigned()
    url = f"/review/v1/assigned-cases/{case_id}/people"
    headers = bureau.headers("head", await bureau.version_of(case_id), key="once")

    first = await bureau.client.post(url, json=PEOPLE, headers=headers)
    again = await bureau.client.post(url, json=PEOPLE, headers=headers)
    other = await bureau.client.post(url, json={**PEOPLE, "handlers": ["reviewer"]}, headers=headers)

    assert (first.status_code, first.content, first.headers["etag"]) == (
        200,
        again.content,
        again.headers["etag"],
    )
    assert other.status_code == 409


async def test_lists_come_in_pages_and_a_forged_cursor_is_refused(bureau: Bureau) -> None:
    cases = [str(await bureau.assigned()) for _ in range(5)]

    async def page(**query: Any) -> Any:
        return await bureau.client.get(
            "/review/v1/assigned-cases", params=query, headers=bureau.headers("head")
        )

    found, cursor = [], None
    while True:
        answer = (await page(limit=2, **({"cursor": cursor} if cursor else {}))).json()
        found += [case["case_id"] for case in answer["cases"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break

    assert found == cases
    assert (await page(cursor="AAAA")).status_code == 422
    assert (await page(limit=0)).status_code == 422
    assert (await page(limit="1_0")).status_code == 422
    assert (await page(state="ACCEPTED")).json()["cases"] == []


async def test_papers_that_always_belong_to_a_result_are_asked_for(bureau: Bureau) -> None:
    case_id = await bureau.assigned()
    await bureau.do("head", case_id, "people", PEOPLE)

    answer = await bureau.do("submitter", case_id, "audit/submissions", {**RESULT, "papers": PAPERS[:1]})

    assert (answer.status_code, answer.json()["article"]) == (422, "1993 art. 29")
