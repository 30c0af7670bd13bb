"""A register out of an xlsx workbook: its headers, and its rows as cells the domain can judge."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook

from services.intake.adapters.register_archive import SheetMarks, marks_of, open_archive
from services.intake.domain.register_cells import Cell, CellFault, CellRefused, text_of
from services.intake.domain.register_refusals import NoWorkbook

LONGEST_HEADER = 40
"""A longer cell in the row of headers is no header, and is not shown to anybody."""


@dataclass(frozen=True, slots=True)
class RegisterSheet:
    """One sheet as read; row numbers count from 1 as a spreadsheet shows them."""

    headers: tuple[str, ...]
    cells: Sequence[Sequence[Cell]]
    first_row: int
    counts_from_1904: bool

    def rows(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """Every row in which anything stands, with its number."""
        for number, cells in enumerate(self.cells, start=self.first_row):
            if any(cell != "" for cell in cells):
                yield number, cells


def read_register(content: bytes, sheet: str, header_row: int = 1) -> RegisterSheet:
    """Read one sheet whole; merged cells hold their value in the first cell only.

    Raises NoWorkbook, WorkbookEncrypted, WorkbookTooLarge and SheetMissing before a cell is looked at.
    """
    with open_archive(content) as archive:
        marks = marks_of(archive, sheet)
    try:
        with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
            rows: list[list[Cell]] = [
                list(row) for row in book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            ]
    except CalamineError as broken:
        raise NoWorkbook from broken
    _mark(rows, marks)
    headers = rows[header_row - 1] if len(rows) >= header_row else []
    return RegisterSheet(
        tuple(_header(cell) for cell in headers), rows[header_row:], header_row + 1, marks.counts_from_1904
    )


def _mark(rows: list[list[Cell]], marks: SheetMarks) -> None:
    for (row, column), fault in marks.faults.items():
        while len(rows) <= row:
            rows.append([])
        rows[row] += [""] * (column + 1 - len(rows[row]))
        rows[row][column] = fault


def _header(cell: Cell) -> str:
    if isinstance(cell, CellFault):
        return ""
    try:
        text = text_of(cell).strip()
    except CellRefused:
        return ""
    return text if len(text) <= LONGEST_HEADER else ""
