"""The real register: 2,816 rows, each in one place, in seconds, and none of it lies anywhere in clear."""

import logging
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.canary import Scanner
from tests.support.import_office import ORGAN, ImportOffice, import_office
from tests.support.platform import Platform
from tests.support.register_files import (
    NUMBER,
    REAL,
    RECEIVED,
    REPLY,
    TEXT,
    TITLE,
    WRITER,
    needs_the_real_register,
    real_rows,
    sample_rows,
    workbook,
)

pytestmark = pytest.mark.component
ROWS = 2816
LONGEST_SECONDS = 15.0
PARTS_OF_A_TEXT = 12
"""Characters of a long text that are looked for; more than a phrase of the rules, less than a sentence."""


@pytest.fixture
async def office(platform: Platform, tmp_path: Path) -> AsyncIterator[ImportOffice]:
    async with import_office(platform, tmp_path) as opened:
        yield opened


@needs_the_real_register
async def test_each_row_is_in_exactly_one_place_and_the_same_file_adds_nothing(office: ImportOffice) -> None:
    begun = time.monotonic()
    first = await office.imported(REAL)
    seconds = time.monotonic() - begun
    again = await office.imported(REAL)

    places = await office.places()
    assert first["rows"] == ROWS == places["rows"]
    assert first["imported"] + first["returned"] == ROWS
    assert first["imported"] == places["entered"] == places["reports"] == again["known"]
    assert (again["imported"], again["conflict"], again["returned"]) == (0, 0, first["returned"])
    assert {row["reason"] for row in await office.returned(first["run_id"])} == {"gate-unanswered"}
    assert await office.numbers_run_through()
    assert seconds < LONGEST_SECONDS


@needs_the_real_register
async def test_ten_spoiled_rows_come_back_with_their_reasons_and_no_other(office: ImportOffice) -> None:
    clean = await office.imported(REAL)
    already = {row["row"] for row in await office.returned(clean["run_id"])}
    rows = real_rows()
    spoilt = {
        100: (NUMBER, "", "留言编号", "number-empty"),
        300: (NUMBER, "第三号", "留言编号", "number-unreadable"),
        500: (RECEIVED, "", "留言时间", "date-missing"),
        700: (RECEIVED, "某年某月", "留言时间", "date-unreadable"),
        900: (RECEIVED, "2999/1/1", "留言时间", "date-in-future"),
        1100: (RECEIVED, "1948/12/31", "留言时间", "date-before-1949"),
        1300: (TEXT, "……！", "留言详情", "text-empty"),
        1500: (TEXT, "#REF!", "留言详情", "error-value"),
        1700: (TITLE, "甲\x07乙", "留言主题", "unreadable"),
        1900: (WRITER, "长" * 201, "留言用户", "too-long"),
    }
    for index, (place, cell, _, _) in spoilt.items():
        rows[index][place] = cell

    done = await office.imported(workbook(rows))

    back = {row["row"]: (row["column"], row["reason"]) for row in await office.returned(done["run_id"])}
    new = {index + 2: (column, reason) for index, (_, _, column, reason) in spoilt.items()}
    assert not already & set(new)
    assert {row: back[row] for row in back if row not in already} == new
    assert (done["imported"], done["conflict"]) == (0, 0)
    assert done["returned"] == clean["returned"] + 10
    assert done["known"] == clean["imported"] - 10


@needs_the_real_register
async def test_no_name_and_no_text_of_the_real_register_lies_in_a_raw_column(office: ImportOffice) -> None:
    await office.imported(REAL)
    rows = real_rows()
    names = {str(row[WRITER]).strip() for row in rows}
    texts = {piece for row in rows for place in (TITLE, TEXT, REPLY) for piece in pieces(str(row[place]))}

    scanner = Scanner(sorted({name for name in names if len(name) >= 6} | texts))

    assert len(texts) > 5000
    for service in ("intake", "vault"):
        for table, content in (await office.raw(service)).items():
            assert scanner.scan(table, content) == set(), f"{service} {table}"


def pieces(text: str) -> list[str]:
    """Some characters from the middle of a text."""
    plain = "".join(text.split())
    return [plain[len(plain) // 2 :][:PARTS_OF_A_TEXT]] if len(plain) >= 2 * PARTS_OF_A_TEXT else []


async def test_no_canary_of_a_register_lies_anywhere_whatever_became_of_its_row(
    office: ImportOffice, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    rows = sample_rows(60)
    words = {}
    for index, row in enumerate(rows):
        for place, name in ((WRITER, "人"), (TITLE, "题"), (TEXT, "文"), (REPLY, "复")):
            words[index, place] = f"金丝雀{name}{index:04}不得外泄"
            row[place] = f"{row[place]}{words[index, place]}"
    rows[5][TEXT] = f"某省委书记（虚构）{words[5, TEXT]}"
    rows[6][RECEIVED] = f"某年{words[6, TITLE]}"
    rows[8][NUMBER] = rows[7][NUMBER]
    rows[9][NUMBER] = f"号{words[9, TITLE]}"
    file = workbook(rows)

    sent = await office.send(file)
    waiting = {service: await office.raw(service) for service in ("intake", "vault")}
    done = await office.imported(file)
    told = [str(await office.returned(done["run_id"])), sent.text, caplog.text]

    scanner = Scanner(words.values())
    settled = {service: await office.raw(service) for service in ("intake", "vault")}
    assert (done["returned"], done["conflict"]) == (3, 1)
    assert scanner.scan("rows", file) != set() or scanner.scan("rows", str(rows).encode()) != set()
    for stand in (waiting, settled):
        for service, tables in stand.items():
            for table, content in tables.items():
                assert scanner.scan(f"{service} {table}", content) == set()
    for text in told:
        assert scanner.scan("told", text.encode()) == set()
    assert await office.value("SELECT count(*) FROM business.report WHERE organ = $1", ORGAN) == 56
