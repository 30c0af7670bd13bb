"""How the columns of one paper office's register map to the elements, and who answers for the register."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.intake.domain.register_refusals import ColumnsWrong, MappingIncomplete, RegisterNotCleared


class Field(StrEnum):
    """What a column of a register may hold; a mapping names a header for each it has."""

    NUMBER = "number"
    RECEIVED_ON = "received_on"
    TITLE = "title"
    TEXT = "text"
    SUMMARY = "summary"
    EARLIER_REPLY = "earlier_reply"
    EARLIER_REPLIED_ON = "earlier_replied_on"
    REPORTER_NAME = "reporter_name"
    REPORTER_PHONE = "reporter_phone"
    REPORTER_ADDRESS = "reporter_address"
    NAME_STATUS = "name_status"
    CHANNEL = "channel"
    SOURCE = "source"
    NATURE = "nature"
    VIOLATIONS = "violations"
    OCCURRENCE = "occurrence"
    OOS_KINDS = "oos_kinds"
    THEMES = "themes"
    REGION_OF_CONDUCT = "region_of_conduct"
    PARTY_NAME = "party_name"
    PARTY_UNIT = "party_unit"
    PARTY_POST = "party_post"
    PARTY_RANK = "party_rank"
    PARTY_AUTHORITY = "party_authority"
    PARTY_REGION = "party_region"


REQUIRED = frozenset({Field.NUMBER, Field.RECEIVED_ON, Field.TEXT})
"""Without these columns a register holds no rows that could be entered."""
CODED = frozenset(
    {
        Field.NAME_STATUS,
        Field.CHANNEL,
        Field.SOURCE,
        Field.NATURE,
        Field.VIOLATIONS,
        Field.OCCURRENCE,
        Field.OOS_KINDS,
        Field.THEMES,
        Field.REGION_OF_CONDUCT,
        Field.PARTY_RANK,
        Field.PARTY_AUTHORITY,
        Field.PARTY_REGION,
    }
)
"""Fields whose cells hold codes; an unknown one returns the row."""
OF_PARTY = (
    Field.PARTY_NAME,
    Field.PARTY_UNIT,
    Field.PARTY_POST,
    Field.PARTY_RANK,
    Field.PARTY_AUTHORITY,
    Field.PARTY_REGION,
)
MANY = frozenset({Field.VIOLATIONS, Field.OOS_KINDS, Field.THEMES})
"""Coded fields whose cells may hold several codes, separated by ``;`` ``、`` or ``,``."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Who states something about the register, and when; ``names`` are staff of the paper office."""

    names: tuple[str, ...]
    stated_on: date


@dataclass(frozen=True, slots=True)
class RegisterMapping:
    """One register: its key name, its sheet, its columns, its codes, and the statements about it.

    ``columns`` gives the header of each field, ``fixed`` the cell that every row has, ``codes`` further
    spellings of codes. ``cleared`` is the petition head's statement that nothing superior-level is inside;
    ``confirmed`` says that two officers confirmed the classification on paper. ``header_row`` counts from 1.
    """

    register: str
    sheet: str
    columns: Mapping[Field, str]
    fixed: Mapping[Field, str]
    codes: Mapping[Field, Mapping[str, str]]
    cleared: Statement | None
    confirmed: Statement | None = None
    header_row: int = 1

    def refuse_incomplete(self) -> None:
        """Refuse a mapping that cannot be used, before anything of the register is looked at.

        Raises RegisterNotCleared and MappingIncomplete.
        """
        if self.cleared is None or not self.cleared.names:
            raise RegisterNotCleared
        given = set(self.columns) | set(self.fixed)
        lacking = [field.value for field in Field if field in REQUIRED - set(self.columns)]
        lacking += [field.value for field in (Field.CHANNEL,) if field not in given]
        if self.confirmed is not None:
            if len(set(self.confirmed.names)) < 2:
                lacking.append("classification_confirmed_on_paper.officers")
            if Field.NATURE not in given:
                lacking.append(Field.NATURE.value)
        if lacking:
            raise MappingIncomplete(tuple(lacking))


def places_of(mapping: RegisterMapping, headers: tuple[str, ...]) -> dict[Field, int]:
    """Where each mapped column stands, counted from 0; headers are compared without blanks around them.

    Raises ColumnsWrong when one is missing or stands there twice.
    """
    found = [header.strip() for header in headers]
    wrong = tuple(header for header in mapping.columns.values() if found.count(header) != 1)
    if wrong:
        raise ColumnsWrong(wrong, tuple(header for header in found if header))
    return {field: found.index(header) for field, header in mapping.columns.items()}
