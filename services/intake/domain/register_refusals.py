"""Why a whole register is refused before its first row; nothing is written then."""

from services.intake.domain.errors import Refused


class RegisterNotCleared(Refused):
    """Nobody states that the register holds nothing superior-level, so nothing of it is imported."""

    article = "rule art. 15"


class MappingMalformed(Refused):
    """The mapping file cannot be read; ``fields`` names what is wrong in it."""

    def __init__(self, fields: tuple[str, ...] = ()) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


class MappingIncomplete(MappingMalformed):
    """The mapping file lacks what no import can do without."""


class ColumnsWrong(Refused):
    """Mapped columns are missing, renamed or there twice; ``headers`` are those found in the file."""

    def __init__(self, wrong: tuple[str, ...], headers: tuple[str, ...]) -> None:
        super().__init__("columns wrong")
        self.wrong = wrong
        self.headers = headers


class NoWorkbook(Refused):
    """The file is no workbook, or a broken one."""


class WorkbookEncrypted(Refused):
    """The workbook is locked with a password."""


class WorkbookTooLarge(Refused):
    """The workbook unpacks past 1 GB or past 200 times its size, or spans too many cells."""


class SheetMissing(Refused):
    """The workbook has no sheet of the name that the mapping gives."""
