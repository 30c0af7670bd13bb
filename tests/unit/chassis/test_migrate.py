"""A process is ready on a database that holds its migrations, whether or not it holds later ones."""

import pytest

from services.chassis.migrate import expected_heads, reached

OURS = {"chassis": "0004", "intake": "0007"}


@pytest.mark.parametrize(
    ("applied", "ready"),
    [
        ({"chassis": "0004", "intake": "0007"}, True),
        ({"chassis": "0004", "intake": "0008"}, True),
        ({"chassis": "0005", "intake": "0010"}, True),
        ({"chassis": "0004", "intake": "0006"}, False),
        ({"chassis": "0003", "intake": "0009"}, False),
        ({"chassis": "0004"}, False),
        ({"chassis": "0004", "referral": "0009"}, False),
        ({}, False),
    ],
)
def test_the_version_before_goes_on_working_after_the_migrations_of_the_next(
    applied: dict[str, str], ready: bool
) -> None:
    assert reached(applied, OURS) is ready


def test_the_heads_of_a_service_are_its_own_and_those_of_the_chassis() -> None:
    assert set(expected_heads("intake")) == {"chassis", "intake"}
    assert reached(expected_heads("intake"), expected_heads("intake"))
