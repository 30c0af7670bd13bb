"""Whose office has fallen is out at once, whatever his token says."""

import pytest

from services.chassis.database import transaction
from tests.component.reception.conftest import FORM, ORGAN, STAFF, TODAY, House, working_unit

pytestmark = pytest.mark.component
CLERK = {"organ": ORGAN, "person": "clerk", "post": "OFFICER", "unit": "petition"}


async def put(house: House, **state: object) -> None:
    """The clerk's seat as the directory says it from now on."""
    async with transaction(house.worker) as connection:
        unit = working_unit(house.works, connection)
        await unit.entries.put("seat-clerk", "SEAT", CLERK | state, synthetic=True)


@pytest.mark.parametrize("fallen", [{"valid_to": "2026-03-15"}, {"person": "head"}, {"organ": "520200"}])
async def test_who_lost_the_seat_a_second_ago_neither_reads_nor_writes(
    house: House, fallen: dict[str, object]
) -> None:
    await house.on_roster(TODAY)
    visit, _ = await house.walked_in()

    await put(house, **fallen)

    answers = [
        await house.get("clerk", "/visits"),
        await house.get("clerk", f"/visits/{visit}"),
        await house.post("clerk", "/walk-ins", {**FORM, "staff": STAFF}),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(401, "unauthenticated")}
    assert len(await house.rows("SELECT 1 FROM business.visit")) == 1
    await put(house)
    assert (await house.get("clerk", "/visits")).status_code == 200


@pytest.mark.parametrize(
    ("first_on", "last_on"),
    [
        ("2026-04-02", "2026-04-01"),
        ("86400", "2026-04-01"),
        ("-0", "2026-04-01"),
        ("2026-04-01T00:00:00Z", "2026-04-02"),
        ("2026-04-01", "2026-04-31"),
        ("2026-4-1", "2026-04-02"),
        ("\uff12\uff10\uff12\uff16-04-01", "2026-04-02"),
    ],
)
async def test_a_leave_that_ends_before_it_begins_or_whose_days_are_none_is_refused(
    house: House, first_on: str, last_on: str
) -> None:
    leave = {"leader_seat": "seat-leader", "first_on": first_on, "last_on": last_on}

    answer = await house.post("clerk", "/leaves", leave)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-input")
