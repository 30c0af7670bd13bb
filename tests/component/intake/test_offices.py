"""Whose office has fallen is out at once, whatever the token says."""

from datetime import date
from typing import Any

import pytest

from deploy.local.sample.organisation import entries, officer
from tests.support.entry_desk import ORGAN, EntryDesk, entry

pytestmark = pytest.mark.component
SEAT = officer(ORGAN, "clerk-2").seats[0]
ENDED = date(2020, 1, 2)


@pytest.mark.parametrize("fallen", [{"valid_to": "2020-02-01"}, {"person": "somebody-else"}])
async def test_who_lost_the_seat_neither_reads_nor_enters(desk: EntryDesk, fallen: dict[str, Any]) -> None:
    told = next(one for one in entries() if one.id == SEAT)
    report = await desk.entered()
    assert (await desk.get(f"/reports/{report}", "clerk-2")).status_code == 200
    before = await desk.everything()

    await desk.directory("SEAT", SEAT, {**told.state, **fallen}, ENDED)

    answers = [
        await desk.get("/reports", "clerk-2"),
        await desk.get(f"/reports/{report}/content", "clerk-2"),
        await desk.post("/reports", "clerk-2", entry()),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(401, "unauthenticated")}
    assert await desk.everything() == before
    assert (await desk.get(f"/reports/{report}", "clerk-1")).status_code == 200
