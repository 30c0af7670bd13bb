"""A bench says passed, failed, or that it cannot tell; noise alone never decides."""

from itertools import count

import pytest

from tests.load.measure import MOST, Goal, Round, Series, Side, Verdict, interleaved

GOAL = Goal("P0", "ours ÷ reference", "rows/s", 0.5, 1.0)


def series(*ratios: float, others: float = 0.0) -> Series:
    return Series(GOAL, tuple(Round(ratio * 1000, 1000, others) for ratio in ratios))


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (series(0.6, 0.6, 0.61, 0.62, 0.6), Verdict.PASSED),
        (series(0.4, 0.41, 0.42, 0.4, 0.4), Verdict.FAILED),
        (series(0.48, 0.52, 0.51, 0.49, 0.53), Verdict.PASSED),
        (series(0.3, 0.9, 0.6, 0.4, 1.0), Verdict.INCONCLUSIVE),
        (series(0.6, 0.6, 0.61, 0.62, 0.6, others=0.9), Verdict.PASSED),
        (series(0.4, 0.4, 0.41, 0.4, 0.4, others=0.9), Verdict.FAILED),
        (series(0.48, 0.52, 0.51, 0.49, 0.53, others=0.9), Verdict.INCONCLUSIVE),
        (series(0.6, 1.2, 0.61, 0.9, 1.2, others=0.9), Verdict.INCONCLUSIVE),
    ],
)
def test_a_series_passes_fails_or_cannot_tell(given: Series, verdict: Verdict) -> None:
    assert given.verdict is verdict


def test_disturbed_pairs_are_laid_aside_once_five_are_calm() -> None:
    calm = [Round(600, 1000, 0.1)] * 5
    disturbed = [Round(100, 1000, 1.5)] * 8

    found = Series(GOAL, (*disturbed, *calm))

    assert (found.rounds, found.ratio, found.verdict) == (tuple(calm), 0.6, Verdict.PASSED)
    assert Series(GOAL, (*disturbed, *calm[:4])).rounds == (*disturbed, *calm[:4])


def sides(*ratios: float) -> tuple[Side, Side]:
    """Ours and a reference; the first ratio is of the pair not counted, the last one of all that follow."""
    calls = count()

    async def ours() -> float:
        return 1000 * ratios[min(next(calls), len(ratios) - 1)]

    async def reference() -> float:
        return 1000.0

    return ours, reference


async def test_more_pairs_are_played_while_the_gate_lies_between_the_quartiles(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.load.measure.Meter.others", lambda _: 0.0)

    clear = await interleaved(GOAL, *sides(0.1, 0.7))
    close = await interleaved(GOAL, *sides(0.1, 0.4, 0.4, 0.6))
    never = await interleaved(GOAL, *sides(*([0.45, 0.55] * MOST)))

    assert (len(clear.played), clear.verdict) == (5, Verdict.PASSED)
    assert 5 < len(close.played) < MOST
    assert close.verdict is Verdict.PASSED
    assert len(never.played) == MOST


def test_what_has_no_gate_is_only_shown() -> None:
    shown = Series(Goal("P0", "x", "rows/s", None, None), (Round(1, 2, 5.0),))

    assert (shown.verdict, shown.ratio, shown.quartiles) == (Verdict.SHOWN, 0.5, (0.5, 0.5))
