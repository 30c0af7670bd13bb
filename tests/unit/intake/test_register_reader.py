"""What stands in a workbook is what is read: rows, headers, and the cells whose value cannot be known."""

import io
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import pytest
import xlsxwriter

from services.intake.adapters.register_reader import RegisterSheet, read_register
from services.intake.domain.register_cells import Cell, CellFault, day_of, number_of, text_of
from services.intake.domain.register_mapping import Field, places_of
from services.intake.domain.register_refusals import ColumnsWrong
from tests.support.register_files import HEADERS, sample_rows, workbook
from tests.unit.intake.crafted import MAIN, book_of, crafted
from tests.unit.intake.registers import MAPPING

MORNING = datetime.combine(date(2019, 1, 5), time(8, 3))
LIMIT = 32_767
"""The longest text that a cell holds."""


def rows_of(content: bytes, header_row: int = 1) -> list[tuple[int, list[Cell]]]:
    """The rows of the sheet with their numbers."""
    sheet = read_register(content, "Sheet1", header_row)
    return [(number, list(cells)) for number, cells in sheet.rows()]


def one_row(*cells: str) -> list[Cell]:
    """The second row of a crafted sheet, whose cells are given as markup."""
    content = crafted(
        '<row r="1"><c t="inlineStr"><is><t>列</t></is></c></row>' + f'<row r="2">{"".join(cells)}</row>'
    )
    ((_, read),) = rows_of(content)
    return read


def test_rows_have_the_numbers_that_a_spreadsheet_shows_and_empty_ones_are_left_out() -> None:
    rows = sample_rows(3)

    read = rows_of(workbook([rows[0], [], [""], rows[1], rows[2]]))

    assert [number for number, _ in read] == [2, 5, 6]
    assert [cells[4] for _, cells in read] == [row[4] for row in rows]


def test_what_stands_above_the_headers_is_no_row() -> None:
    content = workbook([["说明"], list(HEADERS), ["7", "甲"]], ["某单位台账"])

    sheet = read_register(content, "Sheet1", header_row=3)

    assert sheet.headers[: len(HEADERS)] == HEADERS
    assert [number for number, _ in sheet.rows()] == [4]


def test_a_header_row_beyond_the_sheet_gives_no_headers() -> None:
    sheet = read_register(workbook([]), "Sheet1", header_row=9)

    assert (sheet.headers, list(sheet.rows())) == ((), [])


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ('<c t="e"><v>#REF!</v></c>', CellFault.ERROR_VALUE),
        ('<c t="e"><f>A1/0</f><v>#DIV/0!</v></c>', CellFault.ERROR_VALUE),
        ('<c t="e"/>', CellFault.ERROR_VALUE),
        ("<c><f>A1+1</f></c>", CellFault.FORMULA_WITHOUT_VALUE),
        ("<c><f>A1+1</f><v></v></c>", CellFault.FORMULA_WITHOUT_VALUE),
        ("<c><f>A1+1</f><v>2</v></c>", 2.0),
        ('<c t="str"><f>A1</f><v>甲</v></c>', "甲"),
        ('<c t="str"><f>A1</f><v></v></c>', ""),
        ('<c t="b"><v>1</v></c>', True),
        ("<c><v>12</v></c>", 12.0),
        ('<c t="inlineStr"><is><t>=SUM(A1)</t></is></c>', "=SUM(A1)"),
        ('<c t="inlineStr"><is><t>#REF!</t></is></c>', "#REF!"),
    ],
)
def test_a_formula_has_its_stored_value_and_a_fault_is_told_from_an_empty_cell(cell: str, read: Cell) -> None:
    marker = '<c t="inlineStr"><is><t>旁</t></is></c>'

    assert one_row(marker, cell) == ["旁", read]


def test_a_fault_behind_the_last_cell_that_has_a_value_is_found_too() -> None:
    read = one_row('<c r="A2"><v>1</v></c>', '<c r="F2" t="e"><v>#N/A</v></c>')

    assert read[5] is CellFault.ERROR_VALUE
    assert read[1:5] == [""] * 4


def test_of_merged_cells_the_first_has_the_value_and_the_others_are_empty() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page = book.add_worksheet("Sheet1")
        page.write_row(0, 0, ["甲列", "乙列", "丙列"])
        page.merge_range(1, 0, 2, 1, "合并")
        page.write(2, 2, "旁")

    assert rows_of(file.getvalue()) == [(2, ["合并", "", ""]), (3, ["", "", "旁"])]


@pytest.mark.parametrize("since_1904", [False, True])
def test_a_day_is_the_same_as_a_date_cell_as_a_text_and_as_a_serial(*, since_1904: bool) -> None:
    serial = 43470 - 1462 * since_1904
    content = workbook(
        [[MORNING, "2019/1/5", serial, "2019-1-5 8:03"]], "甲乙丙丁", options={"date_1904": since_1904}
    )

    sheet = read_register(content, "Sheet1")
    ((_, cells),) = sheet.rows()

    assert sheet.counts_from_1904 is since_1904
    assert isinstance(cells[0], datetime)
    assert {day_of(cell, counts_from_1904=sheet.counts_from_1904) for cell in cells} == {date(2019, 1, 5)}


@pytest.mark.parametrize(("said", "meant"), [("1", True), ("true", True), ("on", True), ("0", False)])
def test_the_date_system_is_read_however_it_is_written(said: str, *, meant: bool) -> None:
    content = crafted(members={"xl/workbook.xml": book_of(f'<workbookPr date1904="{said}"/>')})

    assert read_register(content, "Sheet1").counts_from_1904 is meant


def test_a_number_is_the_same_as_a_number_cell_and_as_a_text() -> None:
    ((_, cells),) = rows_of(workbook([[12.0, 12, "12", "012", " 12 "]], "甲乙丙丁戊"))

    assert [type(cell) for cell in cells] == [float, float, str, str, str]
    assert {number_of(cell) for cell in cells} == {"12"}


def test_texts_come_as_they_were_written_up_to_the_limit_of_a_cell() -> None:
    texts = ["  　\n\t ", "=1+1", "第一行\n第二行", "甲" * LIMIT, "𠮷" * (LIMIT // 2)]

    ((_, cells),) = rows_of(workbook([texts], "甲乙丙丁戊"))

    assert cells == texts
    assert text_of(cells[0]) == ""


def test_what_a_workbook_escapes_is_read_as_what_it_stands_for() -> None:
    escaped = ["甲_x0000_乙", "甲_x0007_", "甲_xD83D_", "甲_x000D_\n乙"]

    read = one_row(*(f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>' for text in escaped))

    assert read == ["甲\x00乙", "甲\x07", "甲_xD83D_", "甲\r\n乙"]


def test_markup_with_a_prefix_is_read_like_any_other() -> None:
    sheet = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="2"><x:c r="A2" t="e"><x:v>#REF!</x:v></x:c>'
        "</x:row></x:sheetData></x:worksheet>"
    )

    ((number, cells),) = rows_of(crafted(members={"xl/worksheets/sheet1.xml": sheet}))

    assert (number, cells) == (2, [CellFault.ERROR_VALUE])


COLUMNS = [f"列-{field.value}" for field in Field]


def sheet_with(headers: Sequence[Any]) -> RegisterSheet:
    """A sheet whose first row is this."""
    return read_register(workbook([], headers), "Sheet1")


def test_columns_are_found_in_any_order_beside_others_and_with_blanks_around_them() -> None:
    headers = ["备注", *(f" {header}\n" for header in reversed(COLUMNS)), ""]

    places = places_of(MAPPING, sheet_with(headers).headers)

    assert places == {field: len(COLUMNS) - place for place, field in enumerate(Field)}


@pytest.mark.parametrize(
    ("headers", "wrong"),
    [
        (COLUMNS[1:], COLUMNS[:1]),
        ([*COLUMNS, COLUMNS[3]], [COLUMNS[3]]),
        (["编号", *COLUMNS[1:]], COLUMNS[:1]),
        ([12, *COLUMNS[1:]], COLUMNS[:1]),
        ([], COLUMNS),
    ],
    ids=["missing", "twice", "renamed", "number", "none"],
)
def test_columns_that_do_not_fit_are_named_with_the_headers_found(
    headers: list[Any], wrong: list[str]
) -> None:
    with pytest.raises(ColumnsWrong) as refused:
        places_of(MAPPING, sheet_with(headers).headers)

    assert list(refused.value.wrong) == wrong
    assert list(refused.value.headers) == [str(header) for header in headers]


def test_a_message_in_the_row_of_headers_is_shown_to_nobody() -> None:
    """The header row may be given wrong; a text is longer than any header."""
    cells = ["留言编号", "某乡干部" * 20, "甲_x0000_", "#REF!"]
    markup = "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells)

    headers = read_register(crafted(f'<row r="1">{markup}</row>'), "Sheet1").headers

    assert headers == ("留言编号", "", "", "")
