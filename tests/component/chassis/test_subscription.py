"""A reader that comes back under its old name, and hears more than before, is given what it asks for."""

from dataclasses import replace

import pytest

from services.chassis.broker import Broker
from services.chassis.consumer import Consumer
from services.chassis.database import Connection, transaction
from services.chassis.delivery import Route
from services.chassis.facts import Fact
from services.chassis.outbox import say
from tests.component.chassis.house import TOPIC, House, Told
from tests.support.eventually import eventually
from tests.support.platform import Platform

pytestmark = pytest.mark.component
NEWER = "petition.intake.exclusions.v1"


def reader(house: House, broker: Broker, *topics: str) -> Consumer[Connection]:
    """A reader of these topics, a member of the group by its name and not by chance."""
    return Consumer(
        name="petition.reader", topics=topics, compacted=(),
        routes={"intake.told.v1": Route(Told, house.react)},
        unit=lambda connection, _: connection, pool=house.pool, broker=broker,
    )  # fmt: skip


async def test_a_reader_that_is_upgraded_hears_its_new_topic_from_the_beginning(
    house: House, platform: Platform
) -> None:
    broker = replace(house.broker, instance="intake-worker-0")
    platform.make_topics([broker.on_wire(NEWER)])
    await house.tell("a", 1)
    async with transaction(house.pool) as connection:
        await say(connection, [Fact(NEWER, "b", "b", "intake.told.v1", {"number": 2})])
    async with house.at_work(reader(house, broker, TOPIC)):
        await eventually(lambda: house.has_done(1))

    async with house.at_work(reader(house, broker, TOPIC, NEWER)):
        await eventually(lambda: house.has_done(2), 60)

    assert await house.effects() == [("a", 1), ("b", 2)]
