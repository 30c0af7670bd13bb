"""What dies is started again, later each time, and never later than half a minute."""

from deploy.local.keeper import pause_seconds


def test_the_pause_doubles_from_half_a_second_up_to_half_a_minute() -> None:
    assert [pause_seconds(deaths) for deaths in range(1, 9)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert pause_seconds(10_000) == 30
