"""The file of a workbook before anything reads it: what it unpacks to, and where its sheets lie.

Why not a library: the reader of workbooks trusts the sizes that the archive itself gives, and lays a
sheet out from its first to its last cell, so a small file could fill the memory; this looks first.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from services.intake.domain.register_cells import CellFault
from services.intake.domain.register_refusals import (
    NoWorkbook,
    SheetMissing,
    WorkbookEncrypted,
    WorkbookTooLarge,
)

MOST_UNPACKED_BYTES = 1024**3
MOST_RATIO = 200
MOST_MEMBERS = 2000
MOST_CELLS = 20_000_000
COMPOUND_FILE = bytes.fromhex("d0cf11e0a1b11ae1")
"""How an encrypted workbook, and one older than 2007, begins."""
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
LOCAL_HEADER = struct.Struct("<4s5H3I2H")
CHUNK_BYTES = 1 << 20
POSITION = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
Attributes = Mapping[str, str]


@dataclass(slots=True)
class SheetMarks:
    """What the reader of workbooks does not tell of a sheet: cells (row, column from 0) with a fault."""

    faults: dict[tuple[int, int], CellFault] = field(default_factory=dict)
    rows: int = 0
    columns: int = 0
    counts_from_1904: bool = False


def open_archive(content: bytes) -> zipfile.ZipFile:
    """The archive of a workbook, every member of which unpacks to what it says.

    Raises NoWorkbook, WorkbookEncrypted and WorkbookTooLarge.
    """
    if content.startswith(COMPOUND_FILE):
        raise WorkbookEncrypted if ENCRYPTED_PACKAGE in content else NoWorkbook
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as broken:
        raise NoWorkbook from broken
    members = archive.infolist()
    if any(member.flag_bits & 0x1 for member in members):
        raise WorkbookEncrypted
    total = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or total > MOST_UNPACKED_BYTES or total > MOST_RATIO * len(content):
        raise WorkbookTooLarge
    if len({_folded(member.filename) for member in members}) < len(members):
        raise NoWorkbook
    for member in members:
        _refuse_false_size(content, member)
    if "xl/workbook.xml" not in archive.namelist():
        raise NoWorkbook
    return archive


def _folded(name: str) -> str:
    """A member's name as readers of workbooks compare it; of two that are equal each reader takes another."""
    return name.replace("\\", "/").lower()


def _refuse_false_size(content: bytes, member: zipfile.ZipInfo) -> None:
    """A member that unpacks to another size than it says is a trap for whoever reads it next."""
    start = member.header_offset
    try:
        signature, *_, name_bytes, extra_bytes = LOCAL_HEADER.unpack_from(content, start)
    except struct.error as broken:
        raise NoWorkbook from broken
    start += LOCAL_HEADER.size + name_bytes + extra_bytes
    packed = memoryview(content)[start : start + member.compress_size]
    if signature != b"PK\x03\x04" or len(packed) != member.compress_size:
        raise NoWorkbook
    if member.compress_type == zipfile.ZIP_STORED:
        if member.compress_size != member.file_size:
            raise NoWorkbook
        return
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise NoWorkbook
    if not _unpacks_to(packed, member.file_size):
        raise WorkbookTooLarge


def _unpacks_to(packed: memoryview, size: int) -> bool:
    unpacking, unpacked, rest = zlib.decompressobj(-zlib.MAX_WBITS), 0, bytes(packed)
    try:
        while not unpacking.eof and unpacked <= size:
            part = unpacking.decompress(rest, CHUNK_BYTES)
            rest = unpacking.unconsumed_tail
            unpacked += len(part)
            if not part and not rest:
                break
    except zlib.error as broken:
        raise NoWorkbook from broken
    return unpacking.eof and unpacked == size


def marks_of(archive: zipfile.ZipFile, sheet: str) -> SheetMarks:
    """Read the sheet once for its extent and its faulty cells.

    Raises SheetMissing, WorkbookTooLarge when it spans more than 20 million cells, NoWorkbook.
    """
    try:
        relation, counts_from_1904 = _sheet_relation(archive, sheet)
        reading = _MarksReading(SheetMarks(counts_from_1904=counts_from_1904))
        _parse(archive, _sheet_part(archive, relation), reading.start, reading.end, reading.text)
    except (KeyError, ValueError, expat.ExpatError, zipfile.BadZipFile, zlib.error, EOFError) as broken:
        raise NoWorkbook from broken
    marks = reading.marks
    if marks.rows * marks.columns > MOST_CELLS:
        raise WorkbookTooLarge
    return marks


def _sheet_relation(archive: zipfile.ZipFile, sheet: str) -> tuple[str, bool]:
    relations: dict[str, str] = {}
    systems: list[bool] = []

    def start(name: str, attributes: Attributes) -> None:
        if _local(name) == "sheet":
            identity = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            if relations.setdefault(attributes.get("name", ""), identity) != identity:
                raise NoWorkbook
        elif _local(name) == "workbookPr":
            systems.append(attributes.get("date1904", "0") in {"1", "true", "on"})

    _parse(archive, "xl/workbook.xml", start)
    if sheet not in relations:
        raise SheetMissing
    return relations[sheet], any(systems)


def _sheet_part(archive: zipfile.ZipFile, relation: str) -> str:
    targets: dict[str, str] = {}

    def start(name: str, attributes: Attributes) -> None:
        if _local(name) == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    _parse(archive, "xl/_rels/workbook.xml.rels", start)
    target = targets[relation]
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


@dataclass(slots=True)
class _MarksReading:
    """The state of one pass over a sheet's cells."""

    marks: SheetMarks
    row: int = -1
    column: int = -1
    kind: str = ""
    formula: bool = False
    valued: bool = False
    inside_value: bool = False

    def start(self, name: str, attributes: Attributes) -> None:
        match _local(name):
            case "row":
                self.row = int(attributes["r"]) - 1 if attributes.get("r", "").isdigit() else self.row + 1
                self.column = -1
            case "c":
                self._place(attributes.get("r", ""))
                self.kind, self.formula, self.valued = attributes.get("t", ""), False, False
            case "f":
                self.formula = True
            case "v":
                self.inside_value = True

    def _place(self, position: str) -> None:
        found = POSITION.fullmatch(position)
        if found:
            self.column = 0
            for letter in found[1]:
                self.column = self.column * 26 + ord(letter) - 64
            self.column, self.row = self.column - 1, int(found[2]) - 1
        else:
            self.column += 1
        self.marks.rows = max(self.marks.rows, self.row + 1)
        self.marks.columns = max(self.marks.columns, self.column + 1)

    def text(self, text: str) -> None:
        if self.inside_value and text:
            self.valued = True

    def end(self, name: str) -> None:
        match _local(name):
            case "v":
                self.inside_value = False
            case "c" if self.kind == "e":
                self.marks.faults[self.row, self.column] = CellFault.ERROR_VALUE
            case "c" if self.formula and not self.valued and self.kind != "str":
                self.marks.faults[self.row, self.column] = CellFault.FORMULA_WITHOUT_VALUE


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse_entities(*_: object) -> None:
    raise NoWorkbook


def _parse(
    archive: zipfile.ZipFile,
    part: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    parser = expat.ParserCreate()
    parser.EntityDeclHandler = _refuse_entities
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    with archive.open(part) as stream:
        parser.ParseFile(stream)
