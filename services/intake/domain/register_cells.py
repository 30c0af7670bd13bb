"""What stands in one cell of a register, and how it reads as a text, a number or a date."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from enum import Enum, StrEnum


class CellFault(Enum):
    """A cell whose value cannot be known."""

    ERROR_VALUE = "ERROR_VALUE"
    FORMULA_WITHOUT_VALUE = "FORMULA_WITHOUT_VALUE"


Cell = str | int | float | bool | date | datetime | time | timedelta | CellFault
"""A cell as the workbook gives it; an empty one is the empty text."""

EARLIEST = date(1949, 1, 1)
"""No register of the present organs begins before this day."""
EPOCH_1900, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
"""Day 0 of the two date systems a workbook may count its serials in."""
LAST_SERIAL = 2_958_465
"""31 December 9999 in the system of 1900."""
LARGEST_EXACT = 2**53
"""Beyond it a number cell no longer holds every integer."""
ERROR_VALUES = frozenset(
    {"#REF!", "#N/A", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#VALUE!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)
DATE = re.compile(
    r"(?P<year>\d{4})\s*(?:[-/.]\s*(?P<m1>\d{1,2})\s*[-/.]\s*(?P<d1>\d{1,2})"
    r"|年\s*(?P<m2>\d{1,2})\s*月\s*(?P<d2>\d{1,2})\s*日)"
    r"(?:(?:\s+|T)?(?P<hour>\d{1,2})(?::|时|点)(?P<minute>\d{1,2})?分?(?::?(?P<second>\d{1,2})(?:\.\d+)?秒?)?)?"
)
NUMBER_TEXT = re.compile(r"(?=.*\d)[0-9A-Za-z][0-9A-Za-z\-/_.]{0,39}", re.ASCII)
INTEGER_TEXT = re.compile(r"(\d{1,18})(?:\.0{1,10})?", re.ASCII)
SURROGATE_ESCAPE = re.compile(r"_x[dD][89a-fA-F][0-9a-fA-F]{2}_")
"""How a workbook writes half a character; the reader leaves it standing since no text can hold it."""


class Reason(StrEnum):
    """Why a row is given back; a code, never its text."""

    NUMBER_EMPTY = "number-empty"
    NUMBER_UNREADABLE = "number-unreadable"
    DATE_MISSING = "date-missing"
    DATE_UNREADABLE = "date-unreadable"
    DATE_IN_FUTURE = "date-in-future"
    DATE_BEFORE_1949 = "date-before-1949"
    TEXT_EMPTY = "text-empty"
    ERROR_VALUE = "error-value"
    FORMULA_WITHOUT_VALUE = "formula-without-value"
    UNREADABLE = "unreadable"
    TOO_LONG = "too-long"
    UNKNOWN_CODE = "unknown-code"
    CODE_MISSING = "code-missing"
    CODE_CONTRADICTS = "code-contradicts"
    SUPERIOR_LEVEL = "superior-level"
    GATE_UNANSWERED = "gate-unanswered"
    CONFLICT = "conflict"


class CellRefused(Exception):
    """A cell that cannot be used; ``reason`` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def text_of(cell: Cell) -> str:
    """The cell as a text, empty when nothing but blanks stands in it; line breaks become ``\\n``.

    A text that begins with ``=``, ``+``, ``-`` or ``@`` is a text like any other. Raises CellRefused for
    an error value, a formula without a stored value, and control characters other than tab and line break.
    """
    if isinstance(cell, CellFault):
        raise CellRefused(
            Reason.ERROR_VALUE if cell is CellFault.ERROR_VALUE else Reason.FORMULA_WITHOUT_VALUE
        )
    if isinstance(cell, float) and cell.is_integer() and abs(cell) <= LARGEST_EXACT:
        return str(int(cell))
    if not isinstance(cell, str):
        return str(cell)
    if cell.strip() in ERROR_VALUES:
        raise CellRefused(Reason.ERROR_VALUE)
    text = cell.replace("\r\n", "\n").replace("\r", "\n")
    if SURROGATE_ESCAPE.search(text) or any(_is_unreadable(mark) for mark in set(text)):
        raise CellRefused(Reason.UNREADABLE)
    return text if text.strip() else ""


def _is_unreadable(mark: str) -> bool:
    return unicodedata.category(mark) in {"Cc", "Cs"} and mark not in "\t\n"


def says_something(text: str) -> bool:
    """Whether a text has a letter, an ideograph or a digit."""
    return any(unicodedata.category(mark)[0] in "LN" for mark in text)


def number_of(cell: Cell) -> str:
    """The register number of a row: ``12.0``, ``12``, ``"12"`` and ``"012"`` are all the number 12.

    Other numbers are kept as written, in ASCII. Raises CellRefused when there is none or it is no number.
    """
    if isinstance(cell, bool | date | time | timedelta):
        raise CellRefused(Reason.NUMBER_UNREADABLE)
    text = unicodedata.normalize("NFKC", text_of(cell)).strip()
    if not text:
        raise CellRefused(Reason.NUMBER_EMPTY)
    if isinstance(cell, float | int) and not (text.isdigit() and text.isascii() and cell <= LARGEST_EXACT):
        raise CellRefused(Reason.NUMBER_UNREADABLE)
    integer = INTEGER_TEXT.fullmatch(text)
    if integer:
        return str(int(integer[1]))
    if not NUMBER_TEXT.fullmatch(text):
        raise CellRefused(Reason.NUMBER_UNREADABLE)
    return text


def day_of(cell: Cell, *, counts_from_1904: bool = False) -> date | None:
    """The day a cell names in Asia/Shanghai, None when it is empty.

    Read are date cells, texts such as ``2019/1/5``, ``2019-1-5 8:03`` or ``2019年1月5日``, and serials of
    the workbook's date system. Raises CellRefused for anything else.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, bool | time | timedelta):
        raise CellRefused(Reason.DATE_UNREADABLE)
    if isinstance(cell, int | float):
        return _day_of_serial(cell, EPOCH_1904 if counts_from_1904 else EPOCH_1900)
    text = unicodedata.normalize("NFKC", text_of(cell)).strip()
    if not text:
        return None
    return _day_of_text(text)


def _day_of_serial(serial: float, epoch: date) -> date:
    if not 1 <= serial <= LAST_SERIAL - (EPOCH_1904 - EPOCH_1900).days:
        raise CellRefused(Reason.DATE_UNREADABLE)
    return epoch + timedelta(days=int(serial))


def _day_of_text(text: str) -> date:
    found = DATE.fullmatch(text)
    if not found:
        raise CellRefused(Reason.DATE_UNREADABLE)
    part = found.groupdict()
    try:
        day = date(int(part["year"]), int(part["m1"] or part["m2"]), int(part["d1"] or part["d2"]))
        time(int(part["hour"] or 0), int(part["minute"] or 0), int(part["second"] or 0))
    except ValueError as wrong:
        raise CellRefused(Reason.DATE_UNREADABLE) from wrong
    return day


def day_received(cell: Cell, today: date, *, counts_from_1904: bool = False) -> date:
    """The day of receipt. Raises CellRefused when it is missing, unreadable, in the future or before 1949."""
    day = day_of(cell, counts_from_1904=counts_from_1904)
    if day is None:
        raise CellRefused(Reason.DATE_MISSING)
    if day > today:
        raise CellRefused(Reason.DATE_IN_FUTURE)
    if day < EARLIEST:
        raise CellRefused(Reason.DATE_BEFORE_1949)
    return day
