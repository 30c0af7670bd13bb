"""Sessions, slots and bookings on the real PostgreSQL."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from services.chassis.database import transaction
from services.reception.application.when_exclusion_changed_withdraw_bookings import (
    when_exclusion_changed_withdraw_bookings,
)
from services.reception.application.when_report_frozen_stop_visits import when_report_frozen_stop_visits
from services.reception.domain.exclusion import Excluded
from tests.component.reception.conftest import FORM, NOON, STAFF, TODAY, House, session_body, working_unit

pytestmark = pytest.mark.component
SOON = TODAY + timedelta(days=2)


async def test_two_hundred_at_once_for_twenty_slots_give_exactly_twenty(house: House) -> None:
    session = await house.published(SOON, slots=20)

    async def book(n: int) -> int:
        body = {**FORM, "slot": n % 20 + 1} if n % 2 else FORM
        return (await house.persistently("clerk", f"/sessions/{session}/bookings", body)).status_code

    statuses = Counter(await asyncio.gather(*(book(n) for n in range(200))))

    assert statuses == {201: 20, 409: 180}
    seen = await house.oracle.fetch("SELECT session_id, slot, visit_id FROM oracle.booking")
    assert len(seen) == 20
    assert len({row["slot"] for row in seen}) == len({row["visit_id"] for row in seen}) == 20
    facts = await house.rows("SELECT type FROM mechanism.outbox WHERE type = 'reception.visit-booked.v1'")
    assert len(facts) == 20


async def test_any_slot_means_that_nobody_is_sent_away_while_one_is_free(house: House) -> None:
    session = await house.published(SOON, slots=20)

    answers = await asyncio.gather(
        *(house.persistently("clerk", f"/sessions/{session}/bookings", FORM) for _ in range(40))
    )

    assert Counter(answer.status_code for answer in answers) == {201: 20, 409: 20}


async def test_a_slot_given_back_can_be_booked_again_and_a_second_cancel_changes_nothing(
    house: House,
) -> None:
    session = await house.published(SOON, slots=1)
    visit = (await house.done(await house.post("clerk", f"/sessions/{session}/bookings", FORM), 201))[
        "visit_id"
    ]

    first = await house.post("clerk", f"/visits/{visit}/cancel")
    second = await house.post("clerk", f"/visits/{visit}/cancel")
    again = await house.post("clerk", f"/sessions/{session}/bookings", FORM)

    assert (first.status_code, second.status_code, again.status_code) == (200, 200, 201)
    assert first.content == second.content
    assert len(await house.oracle.fetch("SELECT 1 FROM oracle.booking")) == 1


async def test_the_same_key_books_once_and_another_body_is_refused(house: House) -> None:
    session = await house.published(SOON, slots=3)
    path = f"/reception/v1/sessions/{session}/bookings"
    headers = house.headers("clerk")

    answers = await asyncio.gather(*(house.client.post(path, json=FORM, headers=headers) for _ in range(10)))
    other = await house.client.post(path, json={**FORM, "persons": 2}, headers=headers)

    assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}
    assert other.status_code == 409
    assert len(await house.oracle.fetch("SELECT 1 FROM oracle.booking")) == 1


@pytest.mark.parametrize(
    ("spoilt", "status", "code"),
    [
        ({"slot_minutes": 0}, 422, "slots-malformed"),
        ({"closes_at": datetime(2026, 3, 18, 0, 30, tzinfo=UTC).isoformat()}, 422, "slots-malformed"),
        ({"opens_at": datetime(2026, 3, 17, 1, tzinfo=UTC).isoformat()}, 422, "slots-malformed"),
        ({"form": "DUTY"}, 422, "slots-malformed"),
        ({"staff": {"leader_seat": "seat-leader", "recorder_seat": "seat-leader"}}, 422, "staff-too-few"),
        ({"staff": {**STAFF, "aide_seats": ["seat-nobody"]}}, 422, "seat-unknown"),
        ({"staff": {**STAFF, "leader_seat": "seat-second"}}, 409, "not-on-roster"),
        ({"held_on": "2026-02-30"}, 422, "invalid-input"),
    ],
)
async def test_a_session_that_cannot_be_is_refused(
    house: House, spoilt: dict[str, Any], status: int, code: str
) -> None:
    await house.on_roster(SOON)

    answer = await house.post("clerk", "/sessions", {**session_body(SOON, 2), **spoilt})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await house.rows("SELECT 1 FROM business.session") == []


async def test_the_leader_is_in_one_place_at_a_time(house: House) -> None:
    await house.planned(SOON)

    overlapping = await house.post("clerk", "/sessions", session_body(SOON, 1))

    assert (overlapping.status_code, overlapping.json()["code"]) == (409, "slots-overlap")


async def test_the_database_alone_books_no_slot_twice_and_no_leader_into_two_places(house: House) -> None:
    session = await house.published(SOON, slots=2)
    await house.done(await house.post("clerk", f"/sessions/{session}/bookings", {**FORM, "slot": 1}), 201)
    other = await house.done(
        await house.post("clerk", f"/sessions/{session}/bookings", {**FORM, "slot": 2}), 201
    )

    with pytest.raises(asyncpg.UniqueViolationError):
        await house.worker.execute(
            "UPDATE business.booking SET slot = 1 WHERE visit_id = $1", other["visit_id"]
        )
    with pytest.raises(asyncpg.ExclusionViolationError):
        await house.worker.execute(
            "UPDATE business.slot SET starts_at = starts_at - interval '5 minutes' WHERE slot = 2"
        )


async def test_a_leader_on_leave_receives_nobody(house: House) -> None:
    session = await house.planned(SOON)
    away = {"leader_seat": "seat-leader", "first_on": SOON.isoformat(), "last_on": SOON.isoformat()}
    await house.done(await house.post("head", "/leaves", away), 201)

    answer = await house.post("head", f"/sessions/{session}/publish", version=1)

    assert (answer.status_code, answer.json()["code"]) == (409, "leader-on-leave")


@pytest.mark.parametrize(("day", "status"), [(TODAY + timedelta(days=1), 422), (SOON, 200)])
async def test_the_notice_stands_two_days_ahead(house: House, day: date, status: int) -> None:
    session = await house.planned(day)

    answer = await house.post("head", f"/sessions/{session}/publish", version=1)

    assert answer.status_code == status


async def test_a_change_is_told_a_day_ahead_and_not_on_the_day(house: House) -> None:
    session = await house.published(SOON)
    body = {"staff": {**STAFF, "aide_seats": ["seat-second"]}, "place": "二号接谈室"}

    early = await house.post("head", f"/sessions/{session}/change", body, 2)
    house.clock[0] = NOON + timedelta(days=2)
    late = await house.post("head", f"/sessions/{session}/change", body, 3)
    cancelled = await house.post("head", f"/sessions/{session}/cancel", version=3)

    assert (early.status_code, late.status_code, cancelled.status_code) == (200, 422, 422)


async def test_a_cancelled_session_gives_its_visitors_and_its_leader_free(house: House) -> None:
    session = await house.published(SOON)
    await house.done(await house.post("clerk", f"/sessions/{session}/bookings", FORM), 201)

    await house.done(await house.post("head", f"/sessions/{session}/cancel", version=2))

    assert await house.oracle.fetch("SELECT 1 FROM oracle.booking") == []
    assert (await house.post("clerk", "/sessions", session_body(SOON, 2))).status_code == 201


async def test_a_roster_is_not_approved_by_its_drafter(house: House) -> None:
    rows = [
        {
            "day": "2026-03-18",
            "leader_seat": "seat-leader",
            "form": "RECEIVE",
            "place": "室",
            "duties": "分管",
        }
    ]
    made = await house.done(await house.post("clerk", "/rosters", {"year": 2026, "days": rows}), 201)
    path = f"/reception/v1/rosters/{made['roster_id']}/approve"
    as_deputy = house.installation.staff("reception", "deputy-in-charge", sub="clerk", organ="520100")

    answer = await house.client.post(path, headers={**as_deputy, "Idempotency-Key": "k1"})

    assert (answer.status_code, answer.json()["code"]) == (409, "roster-by-its-drafter")


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"persons": 6}, "representatives-needed"),
        ({"persons": 40, "representatives": 6}, "representatives-needed"),
        ({"persons": 2, "representatives": 3}, "representatives-needed"),
        ({"name_status": "REAL_NAME"}, "name-without-identity"),
        ({"visitors": [{"name": "虚构甲"}]}, "name-without-identity"),
        ({"parties": [{"party_type": "PERSON", "person": "nobody"}]}, "entry-unknown"),
        ({"parties": [{"party_type": "PERSON", "person": "bureau-head"}]}, "superior-level-party"),
        ({"parties": [{"party_type": "PERSON", "person": "chief"}]}, "superior-level-party"),
        ({"parties": [{"party_type": "ORGANISATION", "unit": "bureau"}]}, "superior-level-party"),
        ({"matter": "反映某某市委书记的问题"}, "gate-unanswered"),
        ({"matter": "反映某某市 委 書 記的问题"}, "gate-unanswered"),
        ({"slot": 3}, "slot-unknown"),
    ],
)
async def test_a_form_that_may_not_be_taken_in_leaves_nothing(
    house: House, form: dict[str, Any], code: str
) -> None:
    session = await house.published(SOON)

    answer = await house.post("clerk", f"/sessions/{session}/bookings", {**FORM, **form})

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert await house.rows("SELECT 1 FROM business.visit") == []


async def test_five_representatives_of_forty_are_received(house: House) -> None:
    session = await house.published(SOON)

    answer = await house.post(
        "clerk", f"/sessions/{session}/bookings", {**FORM, "persons": 40, "representatives": 5}
    )

    assert answer.status_code == 201


async def test_a_second_no_lets_a_text_pass_that_names_a_superior_post(house: House) -> None:
    session = await house.published(SOON)
    form = {**FORM, "matter": "曾向市委书记信箱和市委书记写信，未答复", "gate_second_no": True}

    assert (await house.post("clerk", f"/sessions/{session}/bookings", form)).status_code == 201


async def test_a_slot_that_has_begun_cannot_be_booked(house: House) -> None:
    session = await house.published(SOON)
    house.clock[0] = datetime(2026, 3, 18, 1, 5, tzinfo=UTC)

    begun = await house.post("clerk", f"/sessions/{session}/bookings", {**FORM, "slot": 1})
    coming = await house.post("clerk", f"/sessions/{session}/bookings", FORM)

    assert (begun.status_code, begun.json()["code"]) == (422, "slot-in-the-past")
    assert coming.json()["slot"] == 2


@pytest.mark.parametrize(
    "party",
    [
        {"party_type": "PERSON", "person": "leader"},
        {"party_type": "PERSON", "person": "recorder"},
        {"party_type": "ORGANISATION", "unit": "leading"},
        {"party_type": "ORGANISATION", "unit": "petition"},
    ],
)
async def test_nobody_of_the_reported_side_receives(house: House, party: dict[str, str]) -> None:
    session = await house.published(SOON)

    answer = await house.post("clerk", f"/sessions/{session}/bookings", {**FORM, "parties": [party]})

    assert answer.status_code in {404, 409}
    assert await house.rows("SELECT 1 FROM business.visit") == []


async def test_a_booking_towards_the_reported_side_is_withdrawn_when_intake_tells(house: House) -> None:
    session, report = await house.published(SOON), uuid4()
    form = {**FORM, "about_report": str(report)}
    made = await house.done(await house.post("clerk", f"/sessions/{session}/bookings", form), 201)

    async with transaction(house.worker) as connection:
        await when_exclusion_changed_withdraw_bookings(
            report,
            Excluded(officers=frozenset({"leader"})),
            NOON,
            TODAY,
            working_unit(house.works, connection),
        )

    assert await house.oracle.fetch("SELECT 1 FROM oracle.booking") == []
    state = await house.rows(
        "SELECT state FROM business.visit WHERE visit_id = $1::text::uuid", made["visit_id"]
    )
    assert [row["state"] for row in state] == ["LEFT"]
    incidents = await house.rows("SELECT kind FROM business.incident")
    assert [row["kind"] for row in incidents] == ["BOOKED_TOWARDS_REPORTED_SIDE"]
    again = await house.post("clerk", f"/sessions/{session}/bookings", form)
    assert (again.status_code, again.json()["code"]) == (409, "staff-recused")


async def test_a_frozen_report_is_received_by_nobody(house: House) -> None:
    session, report = await house.published(SOON), uuid4()
    form = {**FORM, "about_report": str(report)}
    made = await house.done(await house.post("clerk", f"/sessions/{session}/bookings", form), 201)

    async with transaction(house.worker) as connection:
        await when_report_frozen_stop_visits(report, NOON, working_unit(house.works, connection))

    assert await house.oracle.fetch("SELECT 1 FROM oracle.booking") == []
    assert (await house.get("head", f"/visits/{made['visit_id']}")).status_code == 404
    assert (await house.post("clerk", f"/sessions/{session}/bookings", form)).status_code == 404
