"""Cells of a register: what is a number, a date, a text, and what is none."""

from datetime import date, datetime, time, timedelta

import pytest

from services.intake.domain.register_cells import (
    Cell,
    CellFault,
    CellRefused,
    Reason,
    day_of,
    day_received,
    number_of,
    says_something,
    text_of,
)

TODAY = date(2026, 3, 2)
MORNING = datetime.combine(date(2019, 1, 5), time(8, 3))
"""A cell of a workbook has no zone; it is read as local."""


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (12.0, "12"),
        (12, "12"),
        ("12", "12"),
        ("12.0", "12"),
        (" 12 ", "12"),
        ("0012", "12"),
        ("１２", "12"),
        ("2018-0001", "2018-0001"),
        ("A0012/3", "A0012/3"),
        (0.0, "0"),
        (float(2**53), "9007199254740992"),
    ],
)
def test_numbers_that_are_the_same_read_the_same(cell: Cell, number: str) -> None:
    assert number_of(cell) == number


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("", Reason.NUMBER_EMPTY),
        ("  　", Reason.NUMBER_EMPTY),
        (12.5, Reason.NUMBER_UNREADABLE),
        (-12.0, Reason.NUMBER_UNREADABLE),
        (1e300, Reason.NUMBER_UNREADABLE),
        (float("nan"), Reason.NUMBER_UNREADABLE),
        (float("inf"), Reason.NUMBER_UNREADABLE),
        (float(2**54), Reason.NUMBER_UNREADABLE),
        (True, Reason.NUMBER_UNREADABLE),
        (MORNING, Reason.NUMBER_UNREADABLE),
        ("十二", Reason.NUMBER_UNREADABLE),
        ("王某某的信", Reason.NUMBER_UNREADABLE),
        ("x" * 41, Reason.NUMBER_UNREADABLE),
        ("#REF!", Reason.ERROR_VALUE),
        (CellFault.ERROR_VALUE, Reason.ERROR_VALUE),
        (CellFault.FORMULA_WITHOUT_VALUE, Reason.FORMULA_WITHOUT_VALUE),
        ("12\x00", Reason.UNREADABLE),
    ],
)
def test_what_is_no_number_says_why(cell: Cell, reason: Reason) -> None:
    with pytest.raises(CellRefused) as refused:
        number_of(cell)

    assert refused.value.reason is reason


@pytest.mark.parametrize(
    "cell",
    [
        MORNING,
        date(2019, 1, 5),
        "2019/1/5",
        "2019/01/05",
        "2019-1-5 8:03",
        "2019-01-05 08:03:09",
        "2019-01-05T08:03:09",
        "2019.1.5",
        "2019年1月5日",
        "2019年1月5日 8:03",
        "2019年1月5日8时3分",
        "2019 年 1 月 5 日",
        "２０１９／１／５",
        " 2019/1/5 ",
        "2019/1/5 23:59:59",
        43470.0,
        43470.33541666667,
        43470,
    ],
)
def test_every_way_to_write_a_day_reads_as_that_day(cell: Cell) -> None:
    assert day_of(cell) == date(2019, 1, 5)


def test_a_serial_counts_from_1904_where_the_workbook_says_so() -> None:
    assert day_of(43470.0 - 1462, counts_from_1904=True) == date(2019, 1, 5)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("", Reason.DATE_MISSING),
        ("   ", Reason.DATE_MISSING),
        ("昨天", Reason.DATE_UNREADABLE),
        ("2019/2/30", Reason.DATE_UNREADABLE),
        ("2019/13/1", Reason.DATE_UNREADABLE),
        ("2019/1/5 24:00", Reason.DATE_UNREADABLE),
        ("2019/1/5 8:60", Reason.DATE_UNREADABLE),
        ("2019/1", Reason.DATE_UNREADABLE),
        ("5/1/2019", Reason.DATE_UNREADABLE),
        ("20190105", Reason.DATE_UNREADABLE),
        ("2019/1/5 说明", Reason.DATE_UNREADABLE),
        ("0000/1/1", Reason.DATE_UNREADABLE),
        (20190105.0, Reason.DATE_UNREADABLE),
        (0.0, Reason.DATE_UNREADABLE),
        (-5.0, Reason.DATE_UNREADABLE),
        (1e300, Reason.DATE_UNREADABLE),
        (float("nan"), Reason.DATE_UNREADABLE),
        (True, Reason.DATE_UNREADABLE),
        (time(8, 3), Reason.DATE_UNREADABLE),
        (timedelta(hours=30), Reason.DATE_UNREADABLE),
        (date(2026, 3, 3), Reason.DATE_IN_FUTURE),
        ("9999/12/31", Reason.DATE_IN_FUTURE),
        ("1948年12月31日", Reason.DATE_BEFORE_1949),
        (60.0, Reason.DATE_BEFORE_1949),
        ("#VALUE!", Reason.ERROR_VALUE),
        (CellFault.FORMULA_WITHOUT_VALUE, Reason.FORMULA_WITHOUT_VALUE),
    ],
)
def test_a_day_of_receipt_that_cannot_be_says_why(cell: Cell, reason: Reason) -> None:
    with pytest.raises(CellRefused) as refused:
        day_received(cell, TODAY)

    assert refused.value.reason is reason


@pytest.mark.parametrize("cell", [TODAY, date(1949, 1, 1), "2026/3/2 23:59"])
def test_the_first_and_the_last_day_that_may_be_are_taken(cell: Cell) -> None:
    assert day_received(cell, TODAY)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("=SUM(A1)", "=SUM(A1)"),
        ("+86", "+86"),
        ("-某甲", "-某甲"),
        ("@某甲", "@某甲"),
        ("甲\r\n乙\r丙\t丁", "甲\n乙\n丙\t丁"),
        ("甲\u200b乙", "甲\u200b乙"),
        ("   \n\t ", ""),
        (12.0, "12"),
        (12.5, "12.5"),
        (True, "True"),
        ("'; DROP TABLE report;--", "'; DROP TABLE report;--"),
        ("#井号开头的文字", "#井号开头的文字"),
        ("甲" * 32767, "甲" * 32767),
    ],
)
def test_texts_are_texts_whatever_they_begin_with(cell: Cell, text: str) -> None:
    assert text_of(cell) == text


@pytest.mark.parametrize("point", [0x00, 0x01, 0x08, 0x0B, 0x0C, 0x1B, 0x7F, 0x85, 0xD800, 0xDFFF])
def test_what_cannot_be_kept_is_unreadable(point: int) -> None:
    with pytest.raises(CellRefused) as refused:
        text_of(f"甲{chr(point)}乙")

    assert refused.value.reason is Reason.UNREADABLE


def test_half_a_character_as_a_workbook_writes_it_is_unreadable() -> None:
    with pytest.raises(CellRefused):
        text_of("甲_xD83D_乙")


@pytest.mark.parametrize(
    ("text", "says"), [("甲", True), ("a", True), ("7", True), ("……！？", False), ("", False)]
)
def test_a_text_says_something_with_a_letter_an_ideograph_or_a_digit(text: str, *, says: bool) -> None:
    assert says_something(text) is says
