"""A keeper writes the own organ and those below; whose office has fallen is out at once."""

import secrets
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.component.referral.conftest import TODAY, House
from tests.support.referral_offices import COUNTY, PREFECTURE, PROVINCE, offices

pytestmark = pytest.mark.component
OFFICES = {one["id"]: one for one in offices()}


async def put(house: House, organ: str, *entries: dict[str, Any]) -> httpx.Response:
    """What the keeper of an organ puts."""
    keeper = house.installation.staff("referral", "directory-keeper", sub=f"keeper-{organ}", organ=organ)
    key = {"Idempotency-Key": secrets.token_hex(8)}
    return await house.client.put(
        "/referral/v1/directory", headers=keeper | key, json={"entries": list(entries)}
    )


def changed(id_: str, **state: Any) -> dict[str, Any]:
    """An entry of the province with another state, from today on."""
    entry = OFFICES[id_]
    return entry | {"effective_on": TODAY.isoformat(), "state": entry["state"] | state}


@pytest.mark.parametrize(
    "foreign",
    [
        changed(f"{PROVINCE}-chief", person=f"P-{COUNTY}-clerk"),
        changed(f"{PREFECTURE}-deputy", valid_to="2020-01-01"),
        changed(PROVINCE, name="虚构改名"),
        changed(PREFECTURE, superior=COUNTY),
        changed(COUNTY, superior=None),
        changed(COUNTY, areas=["52"]),
        changed(f"P-{PROVINCE}-head", seats=[]),
        changed(f"P-{PROVINCE}-head", seats=[]) | {"organ": COUNTY},
        changed("works-city", head=f"P-{COUNTY}-clerk"),
    ],
)
async def test_a_county_keeper_writes_nothing_of_anybody_else_and_learns_nothing(
    house: House, foreign: dict[str, Any]
) -> None:
    own = changed(f"{COUNTY}-clerk", post="HEAD")
    before = await house.pool.fetchval("SELECT max(position) FROM directory_version")

    answer = await put(house, COUNTY, own, foreign)

    unknown = await house.get("/reports/00000000-0000-4000-8000-000000000000", house.head())
    assert (answer.status_code, answer.content) == (404, unknown.content)
    assert await house.pool.fetchval("SELECT max(position) FROM directory_version") == before


async def test_who_lost_the_seat_is_out_at_once_and_in_again_with_it(house: House) -> None:
    clerk = house.who("clerk", "petition-clerk", organ=COUNTY)
    assert (await house.get("/reports", clerk)).status_code == 200

    for fallen in ({"valid_to": (TODAY - timedelta(days=1)).isoformat()}, {"person": f"P-{COUNTY}-head"}):
        assert (await put(house, COUNTY, changed(f"{COUNTY}-clerk", **fallen))).status_code == 200

        answers = [await house.get("/reports", clerk), await house.get("/directory", clerk)]
        assert {answer.status_code for answer in answers} == {401}

    assert (await put(house, PREFECTURE, changed(f"{COUNTY}-clerk"))).status_code == 200
    assert (await house.get("/reports", clerk)).status_code == 200


@pytest.mark.parametrize("day", ["86400", "-0", "1767225600", "2026-01-01T00:00:00Z", "2026-02-30", "0"])
async def test_a_day_that_is_none_is_refused(house: House, day: str) -> None:
    entry = OFFICES[f"{COUNTY}-clerk"]

    for given in (entry | {"effective_on": day}, entry | {"state": entry["state"] | {"valid_to": day}}):
        assert (await put(house, COUNTY, given)).status_code == 422
