"""The house that the tests of the chassis share."""

from collections.abc import AsyncIterator

import pytest

from tests.component.chassis.house import House, built
from tests.support.platform import Platform


@pytest.fixture
async def house(platform: Platform) -> AsyncIterator[House]:
    """One service on its own topic and database."""
    async with built(platform) as house:
        yield house
