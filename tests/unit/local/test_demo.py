"""What the demo plays and counts: also on kept data, where earlier runs have completed the latest rows."""

from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

from rich.console import Console

from deploy.local.demo.entry import latest_month, to_play
from deploy.local.demo.figures import NO_LINE, NOTHING_MOVED, shown

MONTHS = ("2019-10", "2019-11", "2019-12", "2020-01")


def rows(*desks_by_month: tuple[str, int, str]) -> list[Mapping[str, Any]]:
    return [
        {"report_id": f"{month}-{number}", "received_on": f"{month}-{number + 1:02}", "desk": desk}
        for month, count, desk in desks_by_month
        for number in range(count)
    ]


def months_of(chosen: list[Mapping[str, Any]]) -> list[str]:
    return [row["received_on"][:7] for row in chosen]


def test_the_latest_month_is_the_registers_whatever_became_of_its_rows() -> None:
    kept = rows(("2019-12", 9, "DRAFT"), ("2020-01", 9, "CONFIRMED"))

    assert latest_month(kept) == "2020-01"
    assert latest_month([]) is None


def test_the_latest_month_and_the_one_before_it_are_played_before_any_other() -> None:
    register = rows(*((month, 25, "DRAFT") for month in reversed(MONTHS)))

    chosen = to_play(register, 40)

    assert months_of(chosen) == ["2019-12"] * 15 + ["2020-01"] * 25


def test_what_an_earlier_run_completed_is_left_alone() -> None:
    kept = rows(("2019-11", 25, "DRAFT"), ("2019-12", 10, "DRAFT"), ("2020-01", 25, "CONFIRMED"))

    chosen = to_play(kept, 40)

    assert months_of(chosen) == ["2019-11"] * 25 + ["2019-12"] * 10
    assert to_play(rows(("2020-01", 5, "CONFIRMED")), 40) == []


def printed(
    flow: Sequence[Mapping[str, Any]],
    stock: Sequence[Mapping[str, Any]],
    blocks: Sequence[Mapping[str, Any]] = (),
) -> str:
    change = {"shown": "—"}
    total = {
        "item_times": 9,
        "items": 9,
        "year_to_date": 9,
        "year_on_year": change,
        "period_on_period": change,
    }
    console = Console(width=150, file=StringIO(), record=True)
    statistic = {
        "since": "2020-01-01",
        "total": total,
        "blocks": blocks,
        "flow": flow,
        "stock": stock,
        "visits": {"item_times": 3, "batches": 2, "persons": 7},
        "unit_heads": 1,
    }
    console.print(shown(statistic))
    return console.export_text()


def line_of(zh: str, rank: int | None = None) -> dict[str, Any]:
    none = {"shown": "–"}
    return {"zh": zh, "share": "–", "rank": rank, "year_on_year": none, "period_on_period": none}


def test_visits_unit_heads_and_ranks_stand_beside_their_blocks() -> None:
    block = {"base": 1, "base_zh": "以收到件次为基数"}
    blocks = [
        {**block, "number": 3, "code": "channel", "zh": "渠道", "lines": [{**line_of("来访"), "count": 3}]},
        {**block, "number": 6, "code": "rank_group", "zh": "职级", "lines": []},
        {
            **block,
            "number": 8,
            "code": "region",
            "zh": "地区",
            "lines": [{**line_of("遵义市", 2), "count": 1}],
        },
    ]

    text = printed([], [], blocks)

    assert "其中来访 3 件次 · 2 批次 · 7 人次" in text
    assert "其中一把手 1" in text
    assert "2. 遵义市" in text


def test_a_block_of_flow_without_any_says_so_under_its_heading() -> None:
    acts = [{"zh": "移送", "count": 0}]
    states = [{"zh": "待研判", "opening": 0, "closing": 0}]

    text = printed(acts, states)

    assert "9 流转与存量" in text
    assert NOTHING_MOVED in text


def test_a_block_of_flow_with_an_act_or_a_stock_does_not_say_that_it_is_empty() -> None:
    moved = printed([{"zh": "移送", "count": 3}], [])
    stood = printed([], [{"zh": "待研判", "opening": 2, "closing": 0}])

    assert "移送" in moved
    assert "2 → 0" in stood
    assert NOTHING_MOVED not in moved + stood


def test_a_block_without_a_line_says_so_under_its_heading() -> None:
    block = {"number": 7, "code": "theme", "zh": "专项领域", "base": 1, "base_zh": "以检举控告件次为基数"}
    line = line_of("民生领域")

    empty = printed([], [], [{**block, "lines": [{**line, "count": 0}]}])
    counted = printed([], [], [{**block, "lines": [{**line, "count": 1}]}])

    assert NO_LINE in empty
    assert NO_LINE not in counted
