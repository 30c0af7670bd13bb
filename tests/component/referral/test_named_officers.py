"""An officer named for an assignment is one the directory has: no number passes into facts as an id."""

import pytest

from tests.component.referral.conftest import House, approval, party

pytestmark = pytest.mark.component
NUMBER = "19955550123"


async def test_an_assignment_to_an_officer_nobody_knows_is_refused_and_nothing_is_said(house: House) -> None:
    report = await house.classified(parties=[party(authority="PREFECTURE", unit="works-city")])
    body = {"ground": "A1", "letter_no": "虚构〔2026〕9号", "approval": approval(), "officers": [NUMBER]}
    before = await house.said(report)

    refused = await house.act(report, "assignment", house.head(), body)

    assert (refused.status_code, refused.json()["code"]) == (422, "member-unknown")
    assert NUMBER not in refused.text
    assert await house.said(report) == before
    assert await house.state(report) == "UNDER_TRIAGE"
