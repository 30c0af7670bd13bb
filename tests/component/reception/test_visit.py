"""A visit from the door to the leader's signature, and who may see it."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # ships no types

from services.chassis.database import transaction
from services.reception.application.confirm_identities import confirm_identities
from services.reception.application.when_exclusion_changed_withdraw_bookings import (
    when_exclusion_changed_withdraw_bookings,
)
from services.reception.application.when_report_registered_link_visit import (
    when_report_registered_link_visit,
)
from services.reception.domain.exclusion import Excluded
from tests.component.reception.conftest import FORM, NOON, STAFF, TODAY, House, working_unit
from tests.contract.catalogue import events

pytestmark = pytest.mark.component
RECORD: dict[str, Any] = {
    "superior_level": False,
    "title": "反映村道工程问题",
    "text": "来访人称村道硬化没有招标，路面半年就坏了。",
    "allegations": [{"what": "没有招标", "when": "2025年6月", "where": "虚构村"}],
    "parties": [
        {"party_type": "PERSON", "name": "虚构乙", "person_id": "director", "post": "局长", "rank": "07"}
    ],
}


async def signed(house: House, **form: Any) -> str:
    visit, version = await house.in_talk(**form)
    answer = await house.client.put(
        f"/reception/v1/visits/{visit}/interview-record",
        json=RECORD,
        headers=house.headers("recorder", version=version),
    )
    version = (await house.done(answer))["version"]
    version = await house.act("recorder", visit, "confirm-record", version)
    version = await house.act("recorder", visit, "points", version, {"points": ["PT10", "PT14"]})
    told = {"text": "已告知办理路径和时限", "promises": []}
    version = await house.act("leader", visit, "answer", version, told)
    await house.act("leader", visit, "sign-off", version, {"opinion": "请登记后按程序办理"})
    return visit


async def test_a_walk_in_is_received_by_the_leader_on_duty_and_signed_off(house: House) -> None:
    visit = await signed(house)

    states = await house.oracle.fetch(
        "SELECT to_state FROM oracle.transition WHERE entity_id = $1::text::uuid ORDER BY seq", visit
    )
    assert [row["to_state"] for row in states] == [
        "WALK_IN", "REGISTERED", "SORTED", "WAITING", "IN_TALK", "ANSWERED", "SIGNED_OFF",
    ]  # fmt: skip
    facts = await house.rows("SELECT type, subject, key, data FROM mechanism.outbox ORDER BY position")
    assert [row["type"] for row in facts] == [
        "reception.visit-registered.v1", "reception.visit-signed-off.v1",
    ]  # fmt: skip
    for row in facts:
        assert (row["subject"], row["key"]) == (visit, visit)
        data = orjson.loads(row["data"])
        assert list(Draft202012Validator(events()[row["type"]].schema).iter_errors(data)) == []
        assert data["form"] == "DUTY"
        assert data["synthetic"] is True


async def test_intake_fetches_the_record_and_nobody_else_does(house: House) -> None:
    visit = await signed(
        house,
        name_status="SIGNED_UNVERIFIED",
        visitors=[{"name": "虚构甲", "phone": "13900000000"}],
    )
    path = f"/reception/v1/visits/{visit}/record"

    got = await house.client.get(path, headers=house.installation.service("reception", "intake"))
    other = await house.client.get(path, headers=house.installation.service("reception", "vault"))
    clerk = await house.get("clerk", f"/visits/{visit}/record")

    body = await house.done(got)
    assert body["organ"] == "520100"
    assert body["title"] == RECORD["title"]
    assert body["allegations"] == [RECORD["allegations"][0]]
    assert body["parties"][0] == {
        "party_type": "PERSON", "name": "虚构乙", "person_id": "director", "post": "局长", "rank": "07",
        "authority": "UNKNOWN", "is_unit_head": False,
    }  # fmt: skip
    assert UUID(body["reporter_ref"])
    assert other.status_code == 404
    assert clerk.status_code == 403
    read = await house.rows("SELECT subject FROM mechanism.audit_event WHERE action = 'fetch-record'")
    assert [row["subject"] for row in read] == ["service-intake"]


async def test_a_record_is_not_there_before_the_leader_signed(house: House) -> None:
    visit, _ = await house.in_talk()

    answer = await house.client.get(
        f"/reception/v1/visits/{visit}/record", headers=house.installation.service("reception", "intake")
    )

    assert answer.status_code == 404


async def test_a_superior_level_yes_leaves_nothing_anywhere(house: House) -> None:
    await house.on_roster(TODAY)
    before = await house.rows("SELECT pg_current_wal_insert_lsn() AS at")
    canary = "canary-d41d8cd98f"
    yes = {**FORM, "superior_level": True, "matter": canary, "staff": STAFF}
    headers = house.headers("clerk")

    gate = await house.client.post("/reception/v1/gate", json={"superior_level": True}, headers=headers)
    walk_in = await house.client.post("/reception/v1/walk-ins", json=yes, headers=headers)

    assert (gate.status_code, walk_in.status_code) == (200, 200)
    assert walk_in.json()["superior_level"] is True
    assert canary not in walk_in.text
    after = await house.rows("SELECT pg_current_wal_insert_lsn() AS at")
    assert after == before
    assert await house.rows("SELECT 1 FROM business.visit") == []
    kept = await house.rows("SELECT key FROM mechanism.idempotency")
    assert headers["Idempotency-Key"] not in {row["key"] for row in kept}


async def test_the_gate_asked_again_destroys_what_was_written(house: House) -> None:
    visit, version = await house.walked_in(name_status="SIGNED_UNVERIFIED", visitors=[{"name": "虚构甲"}])

    answer = await house.post(
        "clerk", f"/visits/{visit}/sort", {"superior_level": True, "sort": "IN_SCOPE"}, version
    )

    assert answer.json()["superior_level"] is True
    for table in ("visit_paper", "visit_party", "visitor"):
        assert await house.rows(f"SELECT 1 FROM business.{table}") == []
    page = await house.done(await house.get("head", f"/visits/{visit}"))
    assert page["state"] == "REDIRECTED"


async def test_a_party_above_the_organ_told_in_the_talk_is_not_written(house: House) -> None:
    visit, version = await house.in_talk()
    told = {**RECORD, "parties": [{"party_type": "PERSON", "name": "虚构丙", "authority": "PROVINCIAL"}]}

    answer = await house.client.put(
        f"/reception/v1/visits/{visit}/interview-record",
        json=told,
        headers=house.headers("recorder", version=version),
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "superior-level-party")
    assert await house.rows("SELECT 1 FROM business.visit_paper WHERE kind = 'RECORD'") == []


async def test_a_step_waits_for_the_points_before_it(house: House) -> None:
    visit, version = await house.walked_in()

    unscreened = await house.post(
        "clerk", f"/visits/{visit}/sort", {"superior_level": False, "sort": "IN_SCOPE"}, version
    )
    skipped = await house.post("leader", f"/visits/{visit}/begin", version=version)
    ticked = await house.post("clerk", f"/visits/{visit}/points", {"points": ["PT15"]}, version)

    assert (unscreened.status_code, unscreened.json()["code"]) == (409, "point-missing")
    assert (skipped.status_code, skipped.json()["code"]) == (409, "visit-not-at")
    assert (ticked.status_code, ticked.json()["code"]) == (422, "point-not-ticked")


async def test_only_the_leader_who_receives_begins_and_signs(house: House) -> None:
    visit, version = await house.walked_in()
    version = await house.act("clerk", visit, "points", version, {"points": ["PT04"]})
    version = await house.act("clerk", visit, "sort", version, {"superior_level": False, "sort": "MIXED"})
    version = await house.act("leader", visit, "brief", version)

    other = await house.post("second", f"/visits/{visit}/begin", version=version)
    clerk = await house.post("clerk", f"/visits/{visit}/begin", version=version)

    assert (other.status_code, other.json()["code"]) == (403, "not-the-leader")
    assert clerk.status_code == 403


async def test_an_old_version_is_refused(house: House) -> None:
    visit, version = await house.walked_in()
    await house.act("clerk", visit, "points", version, {"points": ["PT04"]})

    answer = await house.post("clerk", f"/visits/{visit}/points", {"points": ["PT10"]}, version)

    assert (answer.status_code, answer.json()["code"]) == (412, "visit-changed-meanwhile")


async def test_who_steps_back_sees_the_visit_no_more_and_others_take_over(house: House) -> None:
    visit, version = await house.walked_in()

    await house.done(await house.post("leader", f"/visits/{visit}/recusals", {"officer": "leader"}), 204)

    gone = await house.get("leader", f"/visits/{visit}")
    never = await house.get("leader", f"/visits/{uuid4()}")
    assert (gone.status_code, gone.content) == (never.status_code, never.content)
    standing = await house.post("clerk", f"/visits/{visit}/points", {"points": ["PT04"]}, version + 1)
    assert (standing.status_code, standing.json()["code"]) == (409, "staff-recused")
    await house.on_roster(TODAY, leader="seat-second")
    staff = {"leader_seat": "seat-second", "recorder_seat": "seat-recorder"}
    version = await house.act("head", visit, "staff", version + 1, staff)
    await house.act("clerk", visit, "points", version, {"points": ["PT04"]})


@pytest.mark.parametrize(
    "told",
    [
        Excluded(officers=frozenset({"leader"})),
        Excluded(seats=frozenset({"seat-leader"})),
        Excluded(units=frozenset({"leading"})),
    ],
)
async def test_a_leader_whom_intake_names_while_the_visitor_waits_receives_no_further(
    house: House, told: Excluded
) -> None:
    report = uuid4()
    visit, version = await house.walked_in(about_report=str(report))
    async with transaction(house.worker) as connection:
        unit = working_unit(house.works, connection)
        await when_exclusion_changed_withdraw_bookings(report, told, NOON, TODAY, unit)

    standing = await house.post("clerk", f"/visits/{visit}/points", {"points": ["PT04"]}, version)
    gone = await house.get("leader", f"/visits/{visit}")
    never = await house.get("leader", f"/visits/{uuid4()}")

    assert (standing.status_code, standing.json()["code"]) == (409, "staff-recused")
    assert (gone.status_code, gone.content) == (404, never.content)


async def test_a_party_told_in_the_talk_stops_a_leader_whom_it_reaches(house: House) -> None:
    visit, version = await house.in_talk()
    told = {**RECORD, "parties": [{"party_type": "PERSON", "person_id": "leader"}]}
    headers = house.headers("recorder", version=version)
    await house.done(
        await house.client.put(f"/reception/v1/visits/{visit}/interview-record", json=told, headers=headers)
    )

    answer = await house.post("leader", f"/visits/{visit}/sign-off", {"opinion": "同意"}, version + 1)
    listed = await house.done(await house.get("leader", "/visits"))

    assert answer.status_code == 404
    assert listed["visits"] == []
    denied = await house.rows("SELECT subject FROM mechanism.audit_event WHERE action = 'access-denied'")
    assert [row["subject"] for row in denied] == ["leader"]


async def test_a_visit_of_another_organ_is_not_there(house: House) -> None:
    visit, _ = await house.walked_in()

    foreign = await house.get("stranger", f"/visits/{visit}", organ="520200")
    never = await house.get("stranger", f"/visits/{uuid4()}", organ="520200")

    assert (foreign.status_code, foreign.content) == (404, never.content)


async def test_what_intake_made_of_a_visit_is_tied_to_it(house: House) -> None:
    visit, report = await signed(house), uuid4()

    async with transaction(house.worker) as connection:
        unit = working_unit(house.works, connection)
        await when_report_registered_link_visit(report, UUID(visit), NOON, unit)
        await when_report_registered_link_visit(uuid4(), uuid4(), NOON, unit)

    page = await house.done(await house.get("head", f"/visits/{visit}"))
    assert (page["state"], page["report_id"]) == ("ENTERED", str(report))


async def test_identities_lie_in_the_vault_and_are_confirmed_or_erased(house: House) -> None:
    await house.walked_in(name_status="REAL_NAME", visitors=[{"name": "虚构甲", "phone": "13900000000"}])
    orphan = (await house.keeper.keep([{"name": "虚构乙"}]))[0]

    done = await confirm_identities(house.named, house.keeper)

    assert done == (1, 0)
    assert await house.keeper.pending(0) == [orphan]
    assert await confirm_identities(house.named, house.keeper) == (0, 0)
    raw = await house.rows("SELECT t::text AS row FROM business.visit t")
    raw += await house.rows("SELECT t::text AS row FROM business.visitor t")
    assert all("13900000000" not in row["row"] and "虚构" not in row["row"] for row in raw)


async def test_a_vault_that_is_away_takes_nobody_in(house: House) -> None:
    await house.on_roster(TODAY)
    house.link.cut = True
    form = {**FORM, "name_status": "REAL_NAME", "visitors": [{"name": "虚构甲"}], "staff": STAFF}

    answer = await house.post("clerk", "/walk-ins", form)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert await house.rows("SELECT 1 FROM business.visit") == []


async def test_free_text_lies_sealed(house: House) -> None:
    await signed(house)

    for table in ("visit_paper", "session", "roster_day"):
        for row in await house.rows(f"SELECT t::text AS row FROM business.{table} t"):
            for text in ("村道", "虚构", "一号接谈室", "请登记", "路径"):
                assert text not in row["row"]
                assert text.encode().hex() not in row["row"]


async def test_who_booked_is_registered_on_the_day_in_the_open_session_only(house: House) -> None:
    session = await house.published(TODAY + timedelta(days=2))
    made = await house.done(await house.post("clerk", f"/sessions/{session}/bookings", FORM), 201)
    visit = made["visit_id"]

    early = await house.post("clerk", f"/visits/{visit}/register", version=1)
    house.clock[0] = NOON + timedelta(days=2) - timedelta(hours=4)
    closed = await house.post("clerk", f"/visits/{visit}/register", version=1)
    await house.done(await house.post("clerk", f"/sessions/{session}/open", version=2))
    registered = await house.post("clerk", f"/visits/{visit}/register", version=1)

    assert (early.status_code, closed.status_code, registered.status_code) == (409, 409, 200)
