"""Tokens, offices, ids of others, keys and versions at intake's door: the answer owed by each row."""

import asyncio
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.sample.organisation import JOBS
from services.chassis.security.tokens import mint
from tests.support.entry_desk import ORGAN, OTHER, TODAY, EntryDesk, elements, entry, party
from tests.support.installation import STAFF_KID, Installation

pytestmark = pytest.mark.component
ENTRY = {"petition-clerk", "petition-head"}
LOOK = ENTRY | {
    "deputy-in-charge", "chief", "committee-member", "handler", "case-handler", "trial-reviewer",
    "superior-officer",
}  # fmt: skip
APPROVE = {"petition-head", "deputy-in-charge"}
CONTENT = {"text": "反映某单位的问题（虚构样例）。"}
CORRECTION = {"reason_code": "X", "content": CONTENT, "classification": {"nature": "N1"}}
OPERATIONS: list[tuple[str, str, Any, set[str]]] = [
    ("POST", "/gate", {"superior_level": False}, ENTRY | {"receptionist", "importer"}),
    ("POST", "/reports", entry(), ENTRY),
    ("GET", "/reports", None, LOOK | {"leader"}),
    ("GET", "/reports/{report}", None, LOOK | {"leader"}),
    ("GET", "/reports/{report}/content", None, LOOK),
    ("GET", "/reports/{report}/proposals", None, LOOK),
    ("PUT", "/reports/{report}/elements", elements(), ENTRY),
    ("POST", "/reports/{report}/complete", None, ENTRY),
    ("POST", "/reports/{report}/check", None, ENTRY),
    ("POST", "/reports/{report}/confirm", None, APPROVE),
    ("POST", "/reports/{report}/parties", party(), ENTRY),
    ("POST", "/reports/{report}/parties/{party}/links", {"kind": "PERSON", "entry_id": "x"}, ENTRY),
    ("DELETE", "/reports/{report}/parties/{party}/links/PERSON/x", None, ENTRY),
    ("POST", "/reports/{report}/parties/{party}/aliases", {"alias": "化名"}, ENTRY),
    ("POST", "/reports/{report}/corrections", CORRECTION, ENTRY),
    ("POST", "/reports/{report}/corrections/{party}/approval", None, APPROVE),
    ("GET", "/visits", None, ENTRY),
    ("POST", "/visits/{party}/second-no", None, ENTRY),
    ("GET", "/imports/{party}", None, {"importer", "petition-head"}),
    ("GET", "/imports/{party}/returned", None, {"importer", "petition-head"}),
]
"""Every operation but the taxonomy and the upload: method, path, a body, and the offices that may."""
DENIED = "SELECT count(*) FROM mechanism.audit_event WHERE action = 'denied' AND entity_id = $1"


async def asked(
    desk: EntryDesk, row: tuple[str, str, Any, set[str]], who: Mapping[str, str], report: str, **more: str
) -> Any:
    method, path, body, _ = row
    headers = {**who, "Idempotency-Key": uuid4().hex, "If-Match": '"1"', "X-Reason": "reading for a test"}
    address = "/intake/v1" + path.format(report=report, party=more.get("party", uuid4()))
    sent = {} if body is None and method != "GET" else body
    return await desk.client.request(method, address, headers=headers, json=sent)


def impostors(install: Installation) -> Iterator[tuple[str, dict[str, str]]]:
    """Headers that name nobody."""
    mint_for = partial(mint, kid=STAFF_KID, sub="x", organ=ORGAN, roles=["petition-clerk"], seats=[])
    good = mint_for(install.keys[STAFF_KID], aud=["intake"])
    head, body, signature = good.split(".")
    yield "none", {}
    yield "no scheme", {"Authorization": good}
    yield "basic", {"Authorization": "Basic eDp5"}
    yield "alg none", {"Authorization": f"Bearer eyJhbGciOiJub25lIn0.{body}."}
    yield "no signature", {"Authorization": f"Bearer {head}.{body}."}
    yield "half a signature", {"Authorization": f"Bearer {head}.{body}.{signature[:40]}"}
    other = mint_for(install.keys[STAFF_KID], aud=["referral"])
    yield "for another service", {"Authorization": f"Bearer {other}"}
    forged = mint_for(install.keys["service-vault"], aud=["intake"])
    yield "another key", {"Authorization": f"Bearer {forged}"}


async def test_a_token_with_anything_wrong_opens_no_door(desk: EntryDesk) -> None:
    report, answers = await desk.entered(), {}

    for name, header in impostors(desk.installation):
        for row in OPERATIONS:
            answer = await asked(desk, row, header, report)
            answers[name, row[0], row[1]] = (answer.status_code, answer.content)

    assert {status for status, _ in answers.values()} == {401}
    assert len(set(answers.values())) == 1


async def test_each_office_does_what_it_may_and_is_refused_the_rest(desk: EntryDesk) -> None:
    report, wrong = await desk.entered(), []
    offices = {role: job for job in reversed(JOBS) for role in job.roles}

    for role, job in offices.items():
        who = desk.installation.staff(
            "intake", role, sub=f"{ORGAN}-{job.name}", organ=ORGAN, seats=(f"{ORGAN}-seat-{job.name}",)
        )
        for row in OPERATIONS:
            status = (await asked(desk, row, who, report)).status_code
            if (status != 403) != (role in row[3]) or status >= 500:
                wrong.append((role, row[0], row[1], status))

    assert wrong == []


async def test_a_service_is_no_officer_and_its_attempt_is_on_the_trail(desk: EntryDesk) -> None:
    report = await desk.entered()
    trail = "SELECT count(*) FROM mechanism.audit_event WHERE subject = 'service-reception'"
    who = desk.installation.service("intake", "reception")

    answers = {(await asked(desk, row, who, report)).status_code for row in OPERATIONS}

    assert answers == {403}
    assert await desk.worker.fetchval(trail) == len(OPERATIONS)


async def test_an_id_of_another_organ_is_not_there_wherever_it_is_given(desk: EntryDesk) -> None:
    theirs = await desk.entered(OTHER)
    mine = await desk.entered()
    foreign = (await desk.get(f"/reports/{theirs}", "clerk-1", organ=OTHER)).json()["parties"][0]["party"]
    unknown = (await desk.get(f"/reports/{uuid4()}", "clerk-1")).content
    rows = await desk.everything()

    for row in OPERATIONS:
        if "{report}" in row[1]:
            job = "clerk-1" if row[3] & {"petition-clerk"} else "head-1"
            answer = await asked(desk, row, desk.who(job), theirs, party=foreign)
            assert (answer.status_code, answer.content) == (404, unknown), row[1]
    for path in ("links", "aliases"):
        body = {"kind": "PERSON", "entry_id": f"{ORGAN}-case-1"} if path == "links" else {"alias": "化名"}
        answer = await desk.post(f"/reports/{mine}/parties/{foreign}/{path}", "clerk-1", body, 1)
        assert answer.content == unknown, path
    for body in (entry(parties=[party(party=foreign)]), entry(parties=[party(), party(party=foreign)])):
        assert (await desk.post("/reports", "clerk-1", body)).content == unknown
    added = await desk.post(f"/reports/{mine}/parties", "clerk-1", party(party=foreign), 1)

    assert added.content == unknown
    assert await desk.everything() == rows
    denied = [await desk.worker.fetchval(DENIED, id_) for id_ in (theirs, mine, "-")]
    assert denied == [sum("{report}" in row[1] for row in OPERATIONS), 3, 2]


@pytest.mark.parametrize("name", ["1", "1_0", "1%0a", "9223372036854775808", "..%2f..%2fetc", "%00", "null"])
async def test_what_is_no_id_is_not_there(desk: EntryDesk, name: str) -> None:
    answers = [await asked(desk, row, desk.who("head-1"), name) for row in OPERATIONS if "{report}" in row[1]]
    unknown = (await desk.get(f"/reports/{uuid4()}", "head-1")).content

    assert {answer.content for answer in answers if answer.status_code != 403} == {unknown}


async def test_an_officer_who_becomes_a_party_loses_the_report_in_every_open_session_at_once(
    desk: EntryDesk,
) -> None:
    report = await desk.entered()
    named, unknown = desk.who("clerk-2"), (await desk.get(f"/reports/{uuid4()}", "clerk-2")).content
    rows = [row for row in OPERATIONS if "{report}" in row[1] and "petition-clerk" in row[3]]
    before = (await asked(desk, OPERATIONS[3], named, report)).status_code

    added = await desk.post(f"/reports/{report}/parties", "clerk-1", party(persons=[f"{ORGAN}-clerk-2"]), 1)
    after = await asyncio.gather(*[asked(desk, row, named, report) for row in rows[:5]])
    rest = [await asked(desk, row, named, report) for row in rows[5:]]

    assert (before, added.status_code) == (200, 200)
    assert {answer.content for answer in (*after, *rest)} == {unknown}
    assert (await desk.get("/reports", "clerk-2")).json()["reports"] == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 422),
        ({"Idempotency-Key": "k" * 1000}, 422),
        ({"Idempotency-Key": ""}, 422),
        ({"Idempotency-Key": "a b"}, 422),
        ({"Idempotency-Key": "k" * 200}, 201),
    ],
)
async def test_a_write_needs_one_key_of_up_to_two_hundred_characters(
    desk: EntryDesk, headers: dict[str, str], status: int
) -> None:
    answer = await desk.client.post(
        "/intake/v1/reports", json=entry(), headers={**desk.who("clerk-1"), **headers}
    )

    assert answer.status_code == status


async def test_an_update_names_the_version_it_saw_and_an_old_one_changes_nothing(desk: EntryDesk) -> None:
    report = await desk.entered()
    path, clerk = f"/intake/v1/reports/{report}/elements", desk.who("clerk-1")
    put = await desk.send("PUT", f"/reports/{report}/elements", "clerk-1", elements(), 1)
    answers = {}

    for match in ("", "1", '"1"', '"0"', "*", 'W/"2"', '"2", "3"', "-1", "99999999999999999999"):
        headers = {**clerk, "Idempotency-Key": uuid4().hex} | ({"If-Match": match} if match else {})
        answer = await desk.client.put(path, json=elements(), headers=headers)
        answers[match] = answer.status_code

    assert put.headers["etag"] == '"2"'
    stale, malformed = {"1": 412, '"1"': 412, '"0"': 412}, ("", "*", 'W/"2"', '"2", "3"', "-1", "9" * 20)
    assert answers == stale | dict.fromkeys(malformed, 422)
    assert (await desk.row(report))["version"] == 2


async def test_numbers_have_no_gap_in_any_organ_or_year_however_many_enter_at_once(desk: EntryDesk) -> None:
    def entering(organ: str) -> Any:
        return desk.persistently("/reports", "clerk-1", entry(), organ)

    def refused(organ: str) -> Any:
        own = entry(parties=[party(persons=[f"{organ}-clerk-1"])])
        return desk.persistently("/reports", "clerk-1", own, organ)

    acts = [act for _ in range(6) for act in (entering, refused)]
    first = await asyncio.gather(*[act(organ) for act in acts for organ in (ORGAN, OTHER)])
    desk.clock[0] = desk.clock[0].replace(year=TODAY.year + 1)
    second = await asyncio.gather(*[entering(organ) for _ in range(3) for organ in (ORGAN, OTHER)])

    assert sorted(answer.status_code for answer in first) == [201] * 12 + [422] * 12
    assert {answer.status_code for answer in second} == {201}
    for organ in (ORGAN, OTHER):
        for year, count in ((TODAY.year, 6), (TODAY.year + 1, 3)):
            numbers = await desk.worker.fetch(
                "SELECT serial FROM business.receipt WHERE organ = $1 AND year = $2 ORDER BY 1", organ, year
            )
            assert [row["serial"] for row in numbers] == list(range(1, count + 1))
