"""Files that are no register: each is refused whole, before a cell of it is looked at."""

import io
import tracemalloc
import warnings
import zipfile

import pytest

from services.intake.adapters.register_archive import MOST_MEMBERS
from services.intake.adapters.register_reader import read_register
from services.intake.domain.register_refusals import (
    NoWorkbook,
    SheetMissing,
    WorkbookEncrypted,
    WorkbookTooLarge,
)
from tests.unit.intake.crafted import RELATIONS, SHEET, book_of, crafted, sheet_of, with_size

COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600
LIST = "xl/workbook.xml"
TARGETS = "xl/_rels/workbook.xml.rels"
FIRST, SECOND = (f'<sheet name="Sheet1" sheetId="{n}" r:id="rId{n}"/>' for n in (1, 2))
ONE_CELL = '<row r="1"><c r="A1" t="inlineStr"><is><t>甲</t></is></c></row>'
ENTITIES = '<!DOCTYPE x [<!ENTITY a "甲甲甲甲"><!ENTITY b "&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
HALF_A_CHARACTER = b"\xed\xa0\x80"
PLAIN = crafted(ONE_CELL)


def locked() -> bytes:
    """An archive whose members say that a password is needed."""
    content = bytearray(PLAIN)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.find(mark)
        while start >= 0:
            content[start + offset] |= 1
            start = content.find(mark, start + 4)
    return bytes(content)


def with_second(name: str) -> bytes:
    """A workbook with one more member, which holds another sheet."""
    file = io.BytesIO(PLAIN)
    with warnings.catch_warnings(), zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        archive.writestr(name, sheet_of('<row r="1"><c r="XFD1048576"><v>1</v></c></row>'))
    return file.getvalue()


def packed(kind: int) -> bytes:
    """The same workbook, packed in another way."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as source, zipfile.ZipFile(file, "w", kind) as archive:
        for member in source.infolist():
            archive.writestr(member.filename, source.read(member))
    return file.getvalue()


NONE_OF_OURS = {
    "empty": b"",
    "text": "一份文字，不是工作簿".encode("gb18030"),
    "head alone": b"PK\x03\x04",
    "archive of nothing": b"PK\x05\x06" + b"\0" * 18,
    "older than 2007": COMPOUND,
    "cut off": PLAIN[:-40],
    "archive of something else": PLAIN.replace(b"xl/workbook", b"xl/wordbook"),
    "another packing": packed(zipfile.ZIP_BZIP2),
    "packed bytes damaged": PLAIN.replace(PLAIN[60:90], b"\xff" * 30, 1),
    "sheet not there": crafted(ONE_CELL, {TARGETS: RELATIONS.replace("sheet1", "sheet9")}),
    "no relation": crafted(ONE_CELL, {TARGETS: RELATIONS.replace("rId1", "rId2")}),
    "sheet outside": crafted(ONE_CELL, {TARGETS: RELATIONS.replace("worksheets", "../..")}),
    "sheet broken off": crafted(members={SHEET: sheet_of(ONE_CELL)[:-20]}),
    "sheet no markup": crafted(members={SHEET: b"\x00\x01\x02"}),
    "NUL in the markup": crafted(ONE_CELL.replace("甲", "甲\x00")),
    "half a character in the markup": crafted(
        members={SHEET: sheet_of(ONE_CELL).encode().replace("甲".encode(), HALF_A_CHARACTER)}
    ),
    "entities": crafted(members={SHEET: ENTITIES + sheet_of(ONE_CELL.replace("甲", "&b;"))}),
    "entity of a file": crafted(members={LIST: OUTSIDE + book_of()}),
    "row of no number": crafted('<row r="²"><c><v>1</v></c></row>'),
    "row of five thousand digits": crafted(f'<row r="{"9" * 5000}"><c><v>1</v></c></row>'),
    "two sheets of one name": crafted(ONE_CELL, {LIST: book_of(sheets=FIRST + SECOND)}),
    "a member twice": with_second(SHEET),
    "a member twice but for capitals": with_second("XL/Worksheets/Sheet1.xml"),
    "a member twice but for strokes": with_second("xl\\worksheets\\sheet1.xml"),
}


def test_without_a_trap_the_same_workbook_is_read() -> None:
    assert read_register(PLAIN, "Sheet1").headers == ("甲",)
    assert read_register(packed(zipfile.ZIP_STORED), "Sheet1").headers == ("甲",)


@pytest.mark.parametrize("content", NONE_OF_OURS.values(), ids=NONE_OF_OURS)
def test_what_is_no_whole_workbook_is_none(content: bytes) -> None:
    with pytest.raises(NoWorkbook):
        read_register(content, "Sheet1")


@pytest.mark.parametrize(
    "content",
    [COMPOUND + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600, locked()],
    ids=["encrypted", "archive with a password"],
)
def test_what_is_locked_with_a_password_is_said_to_be(content: bytes) -> None:
    with pytest.raises(WorkbookEncrypted):
        read_register(content, "Sheet1")


def bomb(unpacked_bytes: int) -> bytes:
    """A workbook with a member of so many equal bytes; a thousandth of it once packed."""
    file = io.BytesIO(PLAIN)
    block = b"\0" * (1 << 20)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("more.bin", "w") as member:
        for _ in range(unpacked_bytes // len(block)):
            member.write(block)
    return file.getvalue()


def many_members() -> bytes:
    """An archive of thousands of members."""
    return crafted(ONE_CELL, {f"xl/{number}.xml": str(number) for number in range(MOST_MEMBERS)})


LARGE = bomb(64 << 20)
TOO_LARGE = {
    "beyond two hundred times its size": LARGE,
    "more than it says": with_size(LARGE, "more.bin", 10),
    "less than it says": with_size(LARGE, "more.bin", 100),
    "a gigabyte as it says": with_size(PLAIN, SHEET, (1 << 30) + 1),
    "four gigabytes as it says": with_size(PLAIN, SHEET, (1 << 32) - 2),
    "thousands of members": many_members(),
    "one far cell": crafted('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "two cells far apart": crafted('<row r="1"><c r="XFD1"/></row><row r="1048576"><c r="A1048576"/></row>'),
    "a far row without a position": crafted('<row r="99999999"><c><v>1</v></c></row>'),
}


@pytest.mark.parametrize("content", TOO_LARGE.values(), ids=TOO_LARGE)
def test_what_would_fill_the_memory_is_refused_while_it_is_small(content: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(WorkbookTooLarge):
            read_register(content, "Sheet1")
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak_bytes < 16 << 20


def test_a_stored_member_with_a_false_size_is_no_workbook() -> None:
    stored = packed(zipfile.ZIP_STORED)

    with pytest.raises(NoWorkbook):
        read_register(with_size(stored, SHEET, 10), "Sheet1")


def test_a_sheet_of_another_name_is_missing() -> None:
    with pytest.raises(SheetMissing):
        read_register(PLAIN, "台账")
