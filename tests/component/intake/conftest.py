"""One entry desk for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.entry_desk import EntryDesk, entry_desk
from tests.support.platform import Platform


@pytest.fixture
async def desk(platform: Platform, tmp_path: Path) -> AsyncIterator[EntryDesk]:
    """Intake's api with the sample organisation, a vault beside it."""
    async with entry_desk(platform, tmp_path) as opened:
        yield opened
