"""Registers as workbooks in memory: the columns of the sample mapping, and whatever cells a test needs."""

import io
import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from deploy.local.sample.corpus import messages

HEADERS = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间")
NUMBER, WRITER, TITLE, RECEIVED, TEXT, REPLY, REPLIED = range(len(HEADERS))
PROJECT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("DENGWEN_DATA") or PROJECT.parent / "shared" / "data")
REAL = DATA / "citizen-messages.xlsx"
needs_the_real_register = pytest.mark.skipif(
    not REAL.exists(), reason="skipped: the real register is not here; name its folder in DENGWEN_DATA"
)
Row = list[Any]


def workbook(
    rows: Sequence[Sequence[Any]],
    headers: Sequence[str] = HEADERS,
    *,
    sheet: str = "Sheet1",
    options: Mapping[str, Any] | None = None,
) -> bytes:
    """A workbook of one sheet; days and instants become date cells, texts stay texts."""
    file = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    book = xlsxwriter.Workbook(file, {**plain, **(options or {})})
    day = book.add_format({"num_format": "yyyy/m/d h:mm"})
    page = book.add_worksheet(sheet)
    page.write_row(0, 0, headers)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, date | datetime):
                page.write_datetime(number, column, cell, day)
            else:
                page.write(number, column, cell)
    book.close()
    return file.getvalue()


def sample_rows(count: int, seed: int = 7) -> list[Row]:
    """Rows of invented messages under the sample mapping's columns."""
    return [
        [m.number, m.writer, m.topic, m.arrived_at, m.text, m.reply, m.replied_at]
        for m in messages(count, seed, date(2019, 1, 1), date(2019, 6, 30))
    ]


def real_rows() -> list[Row]:
    """The rows of the real register, as its cells hold them."""
    book = CalamineWorkbook.from_path(str(REAL))
    return [list(row) for row in book.get_sheet_by_index(0).to_python()[1:]]
