"""An id of a party is looked up before anything is written: a number or a name may not pass for one."""

from typing import Any

import pytest

from tests.support.entry_desk import ORGAN, EntryDesk, entry, party

pytestmark = pytest.mark.component
NUMBER = "19955550123"
STRANGE: list[dict[str, Any]] = [
    {"unit": NUMBER},
    {"units": [f"{ORGAN}-host-roads", "zhang-san"]},
    {"persons": [NUMBER]},
    {"persons": [f"{ORGAN}-host-roads"]},
    {"unit": f"{ORGAN}-clerk-2"},
]


@pytest.mark.parametrize("strange", STRANGE)
async def test_a_report_that_names_what_the_directory_does_not_have_is_refused_and_nothing_is_written(
    desk: EntryDesk, strange: dict[str, Any]
) -> None:
    rows = await desk.everything()

    refused = await desk.post("/reports", "clerk-1", entry(parties=[party(**strange)]))

    assert (refused.status_code, refused.json()["code"]) == (422, "link-unknown")
    assert NUMBER not in refused.text
    assert await desk.everything() == rows


@pytest.mark.parametrize("strange", STRANGE)
async def test_a_party_added_under_such_an_id_is_refused_and_the_report_stays_as_it_is(
    desk: EntryDesk, strange: dict[str, Any]
) -> None:
    report = await desk.entered()
    rows = await desk.everything()

    refused = await desk.post(f"/reports/{report}/parties", "clerk-1", party(**strange), 1)

    assert (refused.status_code, refused.json()["code"]) == (422, "link-unknown")
    assert await desk.everything() == rows
    assert (await desk.get(f"/reports/{report}", "clerk-1")).json()["version"] == 1
