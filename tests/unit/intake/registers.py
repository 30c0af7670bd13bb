"""A register for tests: a mapping, a gate of a province, and judged rows."""

from datetime import date
from pathlib import Path
from typing import Any

from services.intake.adapters.register_mapping_file import read_spellings
from services.intake.adapters.rule_files import read_posts
from services.intake.domain.directory import Organ
from services.intake.domain.gate import Gate
from services.intake.domain.register_cells import Cell
from services.intake.domain.register_judge import Judge
from services.intake.domain.register_mapping import Field, RegisterMapping, Statement
from services.intake.domain.register_row import RegisterRow, ReturnedRow
from services.intake.domain.values import Level

REFERENCE = Path(__file__).resolve().parents[3] / "contracts" / "reference"
TODAY = date(2026, 3, 2)
SPELLINGS = read_spellings(REFERENCE)
MAPPING = RegisterMapping(
    register="sample",
    sheet="Sheet1",
    columns={field: f"列-{field.value}" for field in Field},
    fixed={},
    codes={},
    cleared=Statement(("云青山",), date(2026, 1, 5)),
)
ORDER = list(Field)
GOOD: dict[Field, Cell] = {
    Field.NUMBER: 12.0,
    Field.RECEIVED_ON: "2019/1/5 8:03",
    Field.TEXT: "村里评低保不公开",
    Field.CHANNEL: "LETTER",
}


def gate_of(level: Level = Level.PROVINCE) -> Gate:
    """The gate of an organ that stands at ``level``, by the shipped phrases."""
    posts, ranks = read_posts(REFERENCE)
    return Gate(Organ("520000", level, None, "520000", ("52",)), (), posts, ranks)


def judge_of(mapping: RegisterMapping = MAPPING, *cleared: str, level: Level = Level.PROVINCE) -> Judge:
    """The judge of a register whose columns stand in the order of the fields."""
    places = {field: place for place, field in enumerate(ORDER) if field in mapping.columns}
    return Judge(mapping, places, SPELLINGS, gate_of(level), frozenset(cleared), TODAY)


def judged(judge: Judge, **cells: Any) -> RegisterRow | ReturnedRow:
    """Judge the good row with these cells put in."""
    row = GOOD | {Field(name): cell for name, cell in cells.items()}
    return judge.judge(2, [row.get(field, "") for field in ORDER])
