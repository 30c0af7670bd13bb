"""The words, the chart, the standing and the throttle of the console."""

import re
from pathlib import Path

import pytest

from services.console.accounts import FORGOTTEN_AFTER_SECONDS, MOST_FAILURES, Throttle
from services.console.assets import Assets
from services.console.charts import bar_chart
from services.console.looks import _short
from services.console.pages import COUNTS
from services.console.standing import ProcessStanding, due_clocks, read_metrics
from services.console.words import CASE_STATES, TEXTS
from services.review.domain.values import State

CONSOLE = Path(__file__).parents[3] / "services" / "console"


def used() -> set[str]:
    templates = "\n".join(file.read_text() for file in (CONSOLE / "templates").glob("*.html"))
    called = set(re.findall(r'\bt\(["\']([a-z-]+)["\']\)', templates))
    fixed = {"failed", "failed-text", "form-stale", "not-found", "not-found-text"}
    menu = {"overview", "figures", "reports", "cases"}
    chosen = {"first-month", "last-month", "scope-all", "scope-accusations"}
    return called | fixed | menu | chosen | {name for _, name in COUNTS}


def test_every_word_a_page_uses_is_in_the_table_and_no_other() -> None:
    assert used() == set(TEXTS)


def test_every_text_stands_in_both_languages() -> None:
    assert [key for key, pair in {**TEXTS, **CASE_STATES}.items() if not all(pair) or len(pair) != 2] == []


def test_every_state_of_a_case_has_its_word() -> None:
    assert set(CASE_STATES) == {state.value for state in State}


def test_the_longest_bar_fills_its_room_and_the_others_their_share() -> None:
    chart = bar_chart([("a", 10), ("b", 5), ("c", 0)])

    assert [bar.width for bar in chart.bars] == [430.0, 215.0, 0.0]
    assert all(bar.value_x + 60 <= chart.width for bar in chart.bars)


def test_a_chart_of_nothing_or_of_zeros_is_drawn() -> None:
    assert bar_chart([]).bars == ()
    assert bar_chart([("a", 0)]).bars[0].width == 0


@pytest.mark.parametrize(
    ("label", "shown"),
    [("检举控告", "检举控告"), ("违" * 20, "违" * 14 + "…"), ("a" * 31, "a" * 28 + "…")],
)
def test_a_label_too_long_for_its_place_is_cut(label: str, shown: str) -> None:
    assert _short(label) == shown


def test_a_process_tells_of_itself_and_an_api_has_no_lag() -> None:
    text = 'petition_lag_records{consumer="a"} 2.0\npetition_lag_records{consumer="b"} 3.0\n'

    assert read_metrics("intake-worker", True, text).lag == 5
    assert read_metrics("intake-api", True, text).lag is None


def test_clocks_of_all_services_are_summed_and_the_late_come_first() -> None:
    found = due_clocks(
        [
            ProcessStanding("a", True, clocks={("D02", "later"): 4}),
            ProcessStanding("b", True, clocks={("D12", "late"): 1, ("D02", "later"): 1}),
        ]
    )

    assert [(due.rule, due.late, due.later) for due in found] == [("D12", 1, 0), ("D02", 0, 5)]


def test_a_name_tried_too_often_is_closed_for_a_while_and_opens_when_one_passes() -> None:
    now = 0.0
    throttle = Throttle(lambda: now)

    assert [throttle.begin("head") for _ in range(MOST_FAILURES + 1)] == [True] * MOST_FAILURES + [False]
    assert throttle.begin("other")
    throttle.passed("head")
    assert throttle.begin("head")
    for _ in range(MOST_FAILURES):
        throttle.begin("head")
    now = FORGOTTEN_AFTER_SECONDS + 1
    assert throttle.begin("head")


def test_htmx_is_the_file_that_was_looked_at() -> None:
    assets = Assets.read(CONSOLE / "static")

    assert set(assets.by_name) == {"console.css", "console.js", "htmx.js"}
