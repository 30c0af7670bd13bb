"""What the metrics say of a service is what its database and its broker hold."""

from uuid import uuid4

import pytest
from prometheus_client import REGISTRY

from tests.component.chassis.house import House
from tests.support.eventually import eventually

pytestmark = pytest.mark.component


def measured(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def test_a_connection_at_work_is_busy_and_idle_again_afterwards(house: House) -> None:
    async with house.pool.acquire():
        assert measured("petition_pool_connections", state="busy") == 1
    idle = measured("petition_pool_connections", state="idle")

    assert idle >= 1
    assert measured("petition_pool_connections", state="busy") == 0
    assert measured("petition_pool_connections", state="limit") == house.pool.get_max_size()


async def test_a_reader_that_is_given_its_partitions_has_been_through_a_rebalance(house: House) -> None:
    before = measured("petition_rebalances_total", consumer="petition.reader")
    subject = str(uuid4())

    async with house.at_work():
        await house.tell(subject, 1)
        await eventually(lambda: house.has_done(1), 30)

    assert measured("petition_rebalances_total", consumer="petition.reader") >= before + 1


async def test_the_oldest_dead_letter_ages_until_it_is_gone(house: House) -> None:
    house.refuse = lambda _: ValueError("never")

    async def aged() -> bool:
        return measured("petition_dead_letters_oldest_seconds", consumer="petition.reader") > 3600

    async def gone() -> bool:
        return measured("petition_dead_letters_oldest_seconds", consumer="petition.reader") == 0

    async with house.at_work():
        await house.tell(str(uuid4()), 1)
        await eventually(lambda: house.dead(1), 30)
        await house.pool.execute("UPDATE mechanism.dead_letter SET since = since - interval '2 hours'")
        await eventually(aged, 30)
        await house.pool.execute("DELETE FROM mechanism.dead_letter")
        await eventually(gone, 30)
