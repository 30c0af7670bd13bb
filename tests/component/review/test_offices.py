"""Whose office has fallen is out at once, whatever his token says."""

from datetime import date

import pytest

from services.review.application.ports import Entry
from tests.component.review.conftest import LOWER, Bureau

pytestmark = pytest.mark.component
SEAT = {"organ": LOWER, "person": "trial", "post": "OFFICER", "unit": "trial"}


async def put(bureau: Bureau, on: date, **state: object) -> None:
    """The reviewer's seat as the directory says it from a day on."""
    async with bureau.working() as unit:
        await unit.entries.put(Entry("SEAT", "seat-trial", on, SEAT | state))


@pytest.mark.parametrize("fallen", [{"valid_to": "2020-02-01"}, {"person": "handler"}])
async def test_who_lost_the_seat_a_second_ago_neither_reads_nor_acts(
    bureau: Bureau, fallen: dict[str, object]
) -> None:
    case_id = await bureau.brought_to("R2")
    assert (await bureau.show("trial", case_id)).status_code == 200

    await put(bureau, date(2020, 1, 2), **fallen)

    answers = [
        await bureau.show("trial", case_id),
        await bureau.do("trial", case_id, "audit/rounds/R2/taking"),
        await bureau.client.get("/review/v1/assigned-cases", headers=bureau.headers("trial")),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(401, "unauthenticated")}


async def test_a_seat_that_falls_tomorrow_stands_today(bureau: Bureau) -> None:
    case_id = await bureau.brought_to("R2")

    await put(bureau, date(2199, 1, 1), person="handler")

    assert (await bureau.show("trial", case_id)).status_code == 200
