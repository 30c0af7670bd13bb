"""Judged rows of a register as text: for the sealed cell in which they wait, and for their digest."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import orjson

from services.intake.domain.register_mapping import Field
from services.intake.domain.register_row import RegisterRow


def _plain(row: RegisterRow) -> dict[str, Any]:
    """What the row says, whichever file and line it stands on."""
    return {
        "number": row.number,
        "received_on": row.received_on.isoformat(),
        "texts": {field.value: text for field, text in row.texts.items()},
        "codes": {field.value: list(codes) for field, codes in row.codes.items()},
        "earlier_replied_on": row.earlier_replied_on.isoformat() if row.earlier_replied_on else None,
    }


def row_text(row: RegisterRow) -> str:
    """The row in one canonical form: equal for equal content."""
    return orjson.dumps(_plain(row), option=orjson.OPT_SORT_KEYS).decode()


def pack(columns: Mapping[Field, str], rows: Sequence[RegisterRow]) -> str:
    """A chunk of rows with the headers of their columns."""
    return orjson.dumps(
        {
            "columns": {field.value: header for field, header in columns.items()},
            "rows": [{**_plain(row), "row": row.row, "cleared": row.cleared} for row in rows],
        }
    ).decode()


def unpack(text: str) -> tuple[dict[Field, str], tuple[RegisterRow, ...]]:
    """The headers and the rows of a chunk."""
    packed = orjson.loads(text)
    columns = {Field(name): header for name, header in packed["columns"].items()}
    return columns, tuple(_row(given) for given in packed["rows"])


def _row(given: Mapping[str, Any]) -> RegisterRow:
    replied_on = given["earlier_replied_on"]
    return RegisterRow(
        row=given["row"],
        number=given["number"],
        received_on=date.fromisoformat(given["received_on"]),
        texts={Field(name): text for name, text in given["texts"].items()},
        codes={Field(name): tuple(codes) for name, codes in given["codes"].items()},
        earlier_replied_on=date.fromisoformat(replied_on) if replied_on else None,
        cleared=given["cleared"],
    )
