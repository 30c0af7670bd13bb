"""The judgement of one row of a register: it can be entered, or it is given back with column and reason."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.intake.domain.elements import Content
from services.intake.domain.gate import Gate
from services.intake.domain.register_cells import (
    Cell,
    CellRefused,
    Reason,
    day_of,
    day_received,
    number_of,
    says_something,
    text_of,
)
from services.intake.domain.register_mapping import CODED, MANY, OF_PARTY, Field, RegisterMapping
from services.intake.domain.register_row import RegisterRow, ReturnedRow, party_of
from services.intake.domain.values import Nature

SEPARATORS = re.compile(r"[;；、,，\s]+")
LONGEST_LINE = 200
"""Names, units and posts; a register's cell may hold more, a line of ours does not."""
LINES = frozenset(
    {
        Field.REPORTER_NAME,
        Field.REPORTER_PHONE,
        Field.REPORTER_ADDRESS,
        Field.PARTY_NAME,
        Field.PARTY_UNIT,
        Field.PARTY_POST,
    }
)
OF_CLASSIFICATION = (Field.VIOLATIONS, Field.OCCURRENCE, Field.OOS_KINDS, Field.THEMES)
RUNNING_TEXT = (Field.TITLE, Field.SUMMARY, Field.TEXT, Field.EARLIER_REPLY)
NOBODY = UUID(int=0)
"""The party of a row while it is only judged."""


class _Stop(Exception):
    def __init__(self, field: Field, reason: Reason) -> None:
        super().__init__(field.value)
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Judge:
    """What every row of one register is judged by.

    ``places`` says where each column stands, ``spellings`` what a coded cell may say and which code it
    means, ``cleared_numbers`` the numbers at which a person looked and said no. ``today`` is a local date.
    """

    mapping: RegisterMapping
    places: Mapping[Field, int]
    spellings: Mapping[Field, Mapping[str, str]]
    gate: Gate
    cleared_numbers: Collection[str]
    today: date
    counts_from_1904: bool = False

    def judge(self, row: int, cells: Sequence[Cell]) -> RegisterRow | ReturnedRow:
        """Judge one row; the first thing wrong, in the order of the table in services.md 2, returns it."""
        number: str | None = None
        try:
            number = self._number(cells)
            return self._entered(row, number, cells)
        except _Stop as stop:
            return ReturnedRow(row, number, self.mapping.columns.get(stop.field, stop.field), stop.reason)

    def _number(self, cells: Sequence[Cell]) -> str:
        try:
            return number_of(self._cell(Field.NUMBER, cells))
        except CellRefused as refused:
            raise _Stop(Field.NUMBER, refused.reason) from refused

    def _entered(self, row: int, number: str, cells: Sequence[Cell]) -> RegisterRow:
        received_on = self._received_on(cells)
        replied_on = self._replied_on(cells)
        texts = self._texts(cells)
        codes = self._codes(cells)
        _refuse_contradictions(codes)
        if self.mapping.confirmed is not None:
            _refuse_unconfirmable(codes)
        self._refuse_superior(texts, codes)
        cleared = self._cleared(number, texts)
        return RegisterRow(row, number, received_on, texts, codes, replied_on, cleared)

    def _cell(self, field: Field, cells: Sequence[Cell]) -> Cell:
        place = self.places.get(field)
        if place is None:
            return self.mapping.fixed.get(field, "")
        return cells[place] if place < len(cells) else ""

    def _received_on(self, cells: Sequence[Cell]) -> date:
        try:
            return day_received(
                self._cell(Field.RECEIVED_ON, cells), self.today, counts_from_1904=self.counts_from_1904
            )
        except CellRefused as refused:
            raise _Stop(Field.RECEIVED_ON, refused.reason) from refused

    def _replied_on(self, cells: Sequence[Cell]) -> date | None:
        try:
            return day_of(self._cell(Field.EARLIER_REPLIED_ON, cells), counts_from_1904=self.counts_from_1904)
        except CellRefused as refused:
            raise _Stop(Field.EARLIER_REPLIED_ON, refused.reason) from refused

    def _texts(self, cells: Sequence[Cell]) -> dict[Field, str]:
        texts: dict[Field, str] = {}
        for field in Field:
            if field in CODED or field in {Field.NUMBER, Field.RECEIVED_ON, Field.EARLIER_REPLIED_ON}:
                continue
            text = self._text(field, cells)
            if field is Field.TEXT and not says_something(text):
                raise _Stop(field, Reason.TEXT_EMPTY)
            if text:
                texts[field] = text
        return texts

    def _text(self, field: Field, cells: Sequence[Cell]) -> str:
        try:
            text = text_of(self._cell(field, cells))
        except CellRefused as refused:
            raise _Stop(field, refused.reason) from refused
        if field in LINES:
            text = text.strip()
            if len(text) > LONGEST_LINE:
                raise _Stop(field, Reason.TOO_LONG)
        return text

    def _codes(self, cells: Sequence[Cell]) -> dict[Field, tuple[str, ...]]:
        codes: dict[Field, tuple[str, ...]] = {}
        for field in sorted(CODED):
            text = self._text(field, cells).strip()
            said = [part for part in SEPARATORS.split(text) if part] if field in MANY else [text] * bool(text)
            known = self.spellings.get(field, {})
            if any(part not in known for part in said):
                raise _Stop(field, Reason.UNKNOWN_CODE)
            if said:
                codes[field] = tuple(dict.fromkeys(known[part] for part in said))
        if not codes.get(Field.CHANNEL):
            raise _Stop(Field.CHANNEL, Reason.CODE_MISSING)
        return codes

    def _refuse_superior(self, texts: Mapping[Field, str], codes: Mapping[Field, tuple[str, ...]]) -> None:
        """Each column of the party alone, so that the one that says so can be named."""
        for field in OF_PARTY:
            alone = party_of(
                {f: t for f, t in texts.items() if f is field},
                {f: c for f, c in codes.items() if f is field},
                NOBODY,
            )
            if self.gate.is_superior(alone):
                raise _Stop(field, Reason.SUPERIOR_LEVEL)

    def _cleared(self, number: str, texts: Mapping[Field, str]) -> bool:
        for field in RUNNING_TEXT:
            if field in texts and self.gate.names_superior_post(Content(texts[field])):
                if number in self.cleared_numbers:
                    return True
                raise _Stop(field, Reason.GATE_UNANSWERED)
        return False


def _refuse_unconfirmable(codes: Mapping[Field, tuple[str, ...]]) -> None:
    """A row said to be confirmed on paper must have what a confirmed report has (domain.md 5.2)."""
    if Field.NATURE not in codes:
        raise _Stop(Field.NATURE, Reason.CODE_MISSING)
    if codes[Field.NATURE] == (Nature.ACCUSATION.value,) and not codes.get(Field.VIOLATIONS):
        raise _Stop(Field.VIOLATIONS, Reason.CODE_MISSING)


def _refuse_contradictions(codes: Mapping[Field, tuple[str, ...]]) -> None:
    """What is classified has a nature, and only an accusation has violations (domain.md 5.2)."""
    if Field.NATURE not in codes and any(field in codes for field in OF_CLASSIFICATION):
        raise _Stop(Field.NATURE, Reason.CODE_MISSING)
    if Field.VIOLATIONS in codes and codes[Field.NATURE] != (Nature.ACCUSATION.value,):
        raise _Stop(Field.VIOLATIONS, Reason.CODE_CONTRADICTS)
