"""The clocks of a case: three months with a warning, a round each, the known calendar and beyond."""

from datetime import UTC, date, datetime

import pytest

from services.chassis.clocks import sweep
from services.chassis.database import transaction
from services.review.application.sweep_rounds import Told, mark_expired
from tests.component.review.conftest import Bureau

pytestmark = pytest.mark.component


async def test_the_result_is_due_in_three_months_with_a_warning_ten_working_days_before(
    bureau: Bureau,
) -> None:
    case_id = await bureau.assigned(on=date(2026, 3, 2))

    (clock,) = await bureau.worker.fetch(
        "SELECT rule_id, due_on, prewarn_on, provisional FROM mechanism.clock"
    )
    async with transaction(bureau.worker) as connection:
        early = await sweep(connection, date(2026, 5, 18))
        warned = await sweep(connection, date(2026, 5, 19))
        again = await sweep(connection, date(2026, 5, 19))

    assert tuple(clock) == ("D12", date(2026, 6, 2), date(2026, 5, 19), False)
    assert (early, again) == ([], [])
    assert [(one.kind.value, one.entity_id) for one in warned] == [("PREWARN", str(case_id))]


async def test_beyond_the_known_calendar_a_case_opens_with_a_provisional_day(bureau: Bureau) -> None:
    case_id = await bureau.assigned(on=date(2031, 3, 3))

    (clock,) = (await bureau.show("head", case_id)).json()["clocks"]
    assert (clock["due_on"], clock["provisional"]) == ("2031-06-03", True)


async def test_a_round_past_its_day_is_marked_and_goes_on(bureau: Bureau) -> None:
    case_id = await bureau.brought_to("R1")
    async with transaction(bureau.worker) as connection:
        fired = await sweep(connection, date(2099, 1, 1))
        unit = bureau.workshop.unit(connection, "review")
        told = [Told(one.rule_id, one.entity_id, one.kind.value) for one in fired]
        await mark_expired(told, datetime.now(UTC), unit)

    page = (await bureau.show("head", case_id)).json()
    passed = await bureau.decide(case_id, "R1")

    assert page["expired"] is True
    assert passed.json()["state"] == "R2_PENDING"
    assert (await bureau.show("head", case_id)).json()["expired"] is False
