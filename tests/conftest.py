"""Fixtures that the whole run shares."""

from collections.abc import Iterator

import pytest

from tests.support.platform import Platform, running


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """The real broker and the real PostgreSQL of this run."""
    with running() as found:
        yield found
