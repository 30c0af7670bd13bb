"""The gate comes first, then the key, then the vault; whatever is refused there leaves nothing."""

import asyncio
import secrets
from typing import Any
from uuid import uuid4

import pytest

from tests.support.entry_desk import ORGAN, EntryDesk, elements, entry, party

pytestmark = pytest.mark.component
SIGNED = {
    "name_status": "SIGNED_UNVERIFIED",
    "identity": {"name": "虚构来信人", "phone": "000-0000"},
}
KEYS = "SELECT count(*) FROM mechanism.idempotency"
CORRECTION = {
    "reason_code": "WRONG_CODE",
    "content": entry()["content"],
    "classification": {"nature": "N1", "violations": ["V3-07"], "primary_violation": "V3-07"},
}


def naming_a_superior_post(**given: Any) -> dict[str, Any]:
    return {**entry()["content"], "text": "信中提到省委书记（虚构样例）。", **given}


async def test_elements_that_the_gate_refuses_name_nobody_to_the_vault(desk: EntryDesk) -> None:
    report = await desk.entered()
    body = elements(reporter=SIGNED, content=naming_a_superior_post())

    refused = await desk.send("PUT", f"/reports/{report}/elements", "clerk-1", body, 1)

    assert (refused.status_code, refused.json()["code"]) == (422, "gate-unanswered")
    assert await desk.kept_identities() == {}


@pytest.mark.parametrize(
    ("version", "organ", "change", "status"),
    [
        (7, ORGAN, {}, 412),
        (1, "520300", {}, 404),
        (1, ORGAN, {"classification": {"nature": "N1", "violations": ["V99"]}}, 422),
        (1, ORGAN, {"arrival": {"received_on": "2999-01-01", "channel": "LETTER"}}, 422),
    ],
)
async def test_elements_that_cannot_be_put_name_nobody_to_the_vault(
    desk: EntryDesk, version: int, organ: str, change: dict[str, Any], status: int
) -> None:
    report = await desk.entered()
    body = elements(reporter=SIGNED, **change)

    refused = await desk.send("PUT", f"/reports/{report}/elements", "clerk-1", body, version, organ=organ)

    assert refused.status_code == status
    assert await desk.kept_identities() == {}


async def test_elements_of_a_confirmed_report_name_nobody_to_the_vault(desk: EntryDesk) -> None:
    report = await desk.confirmed()

    refused = await desk.send("PUT", f"/reports/{report}/elements", "clerk-1", elements(reporter=SIGNED), 4)

    assert refused.status_code == 409
    assert await desk.kept_identities() == {}


@pytest.mark.parametrize("way", ["POST", "PUT"])
async def test_a_write_sent_again_gets_its_answer_without_asking_the_vault(desk: EntryDesk, way: str) -> None:
    report, key = await desk.entered(), secrets.token_hex(8)
    path = "/reports" if way == "POST" else f"/reports/{report}/elements"
    body = (entry if way == "POST" else elements)(reporter=SIGNED)
    version = None if way == "POST" else 1

    first = await desk.send(way, path, "clerk-1", body, version, key=key)
    desk.link.cut = True
    again = await desk.send(way, path, "clerk-1", body, version, key=key)

    assert (first.status_code, again.status_code) == ((201, 201) if way == "POST" else (200, 200))
    assert again.content == first.content
    assert desk.link.calls == 1
    assert len(await desk.kept_identities()) == 1


async def test_fifty_twins_at_once_are_one_report_one_identity_and_fifty_equal_answers(
    desk: EntryDesk,
) -> None:
    key, body = secrets.token_hex(8), entry(reporter=SIGNED)

    answers = await asyncio.gather(*[desk.post("/reports", "clerk-1", body, key=key) for _ in range(50)])

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert await desk.worker.fetchval("SELECT count(*) FROM business.report") == 1
    assert len(await desk.kept_identities()) == 1


async def test_a_key_with_another_version_to_match_is_another_request(desk: EntryDesk) -> None:
    report, key = await desk.entered(), secrets.token_hex(8)
    path = f"/reports/{report}/elements"

    first = await desk.send("PUT", path, "clerk-1", elements(), 1, key=key)
    other = await desk.send("PUT", path, "clerk-1", elements(), 2, key=key)
    same = await desk.send("PUT", path, "clerk-1", elements(), 1, key=key)

    assert (first.status_code, other.status_code, same.status_code) == (200, 409, 200)
    assert other.json()["code"] == "key-reused"
    assert same.content == first.content


async def test_a_party_of_superior_level_freezes_the_report_and_leaves_no_key(desk: EntryDesk) -> None:
    report = await desk.entered()
    keys, rows = await desk.worker.fetchval(KEYS), await desk.everything()

    told = await desk.post(f"/reports/{report}/parties", "clerk-1", party(authority="PROVINCIAL"), 1)

    assert told.status_code == 200
    assert "径送" in told.json()["instruction_zh"]
    assert await desk.worker.fetchval(KEYS) == keys
    assert await desk.everything() == rows + 1  # the fact of the freeze
    assert (await desk.get(f"/reports/{report}", "clerk-1")).status_code == 404


async def test_a_link_that_shows_superior_level_freezes_every_report_of_the_party_and_leaves_no_key(
    desk: EntryDesk,
) -> None:
    named = party(unit=f"{ORGAN}-host-roads")
    first, second = await desk.entered(parties=[named]), await desk.entered(parties=[named])
    seen = (await desk.get(f"/reports/{first}", "clerk-1")).json()["parties"][0]["party"]
    keys, rows = await desk.worker.fetchval(KEYS), await desk.everything()
    link = {"kind": "PERSON", "entry_id": "520000-member-1"}

    told = await desk.post(f"/reports/{first}/parties/{seen}/links", "clerk-1", link, 1)

    assert (told.status_code, told.json()["superior_level"]) == (200, True)
    assert await desk.worker.fetchval(KEYS) == keys
    assert await desk.everything() == rows + 2  # two facts
    for report in (first, second):
        assert (await desk.get(f"/reports/{report}", "clerk-1")).status_code == 404


async def test_an_alias_that_names_a_superior_post_freezes_the_report_and_leaves_no_key(
    desk: EntryDesk,
) -> None:
    report = await desk.entered()
    seen = (await desk.get(f"/reports/{report}", "clerk-1")).json()["parties"][0]["party"]
    keys = await desk.worker.fetchval(KEYS)

    told = await desk.post(f"/reports/{report}/parties/{seen}/aliases", "clerk-1", {"alias": "省委书记"}, 1)

    assert (told.status_code, told.json()["superior_level"]) == (200, True)
    assert await desk.worker.fetchval(KEYS) == keys
    assert (await desk.get(f"/reports/{report}", "clerk-1")).status_code == 404


@pytest.mark.parametrize("door", ["parties", "links", "aliases"])
async def test_what_froze_a_report_sent_again_is_told_the_same_to_whoever_froze_it_and_nothing_to_others(
    desk: EntryDesk, door: str
) -> None:
    report, key = await desk.entered(), secrets.token_hex(8)
    seen = (await desk.get(f"/reports/{report}", "clerk-1")).json()["parties"][0]["party"]
    path, body = {
        "parties": ("parties", party(authority="CENTRAL")),
        "links": (f"parties/{seen}/links", {"kind": "PERSON", "entry_id": "520000-chief"}),
        "aliases": (f"parties/{seen}/aliases", {"alias": "省委书记"}),
    }[door]

    first = await desk.post(f"/reports/{report}/{path}", "clerk-1", body, 1, key=key)
    again = await desk.post(f"/reports/{report}/{path}", "clerk-1", body, 1, key=key)
    other = await desk.post(f"/reports/{report}/{path}", "clerk-2", body, 1)
    unknown = await desk.post(f"/reports/{uuid4()}/{path}", "clerk-2", body, 1)

    assert (first.status_code, again.content) == (200, first.content)
    assert (other.status_code, other.content) == (404, unknown.content)
    assert (await desk.said(report)).count("intake.report-frozen.v1") == 1


async def test_an_old_version_does_not_keep_a_report_of_superior_level_open(desk: EntryDesk) -> None:
    report = await desk.entered()

    told = await desk.post(f"/reports/{report}/parties", "clerk-1", party(authority="CENTRAL"), 9)

    assert told.json()["superior_level"] is True
    assert (await desk.get(f"/reports/{report}", "head-1")).status_code == 404


async def test_a_correction_that_names_a_superior_post_is_refused_before_its_key_is_claimed(
    desk: EntryDesk,
) -> None:
    report, key = await desk.confirmed(), secrets.token_hex(8)
    body = {**CORRECTION, "content": naming_a_superior_post()}

    refused = await desk.post(f"/reports/{report}/corrections", "clerk-1", body, 4, key=key)
    looked = await desk.post(
        f"/reports/{report}/corrections", "clerk-1", {**body, "gate_second_no": True}, 4, key=key
    )

    assert (refused.status_code, refused.json()["code"]) == (422, "gate-unanswered")
    assert looked.status_code == 201
