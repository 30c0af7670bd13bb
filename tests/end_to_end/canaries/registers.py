"""Registers whose every cell is a canary: rows taken, rows that come back, files refused."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from deploy.local.commands.import_register import importer
from deploy.local.demo.routing import today
from deploy.local.demo.stage import PROVINCE
from deploy.local.desk import Desk, Refused
from deploy.local.processes import Installation
from deploy.local.registers import MAPPINGS, Register, returned_rows, send
from tests.end_to_end.canaries.bad_input import SUPERIOR_POST
from tests.end_to_end.canaries.planting import Flock
from tests.support.register_files import HEADERS, workbook

ROW = list[Any]
RECEIVED, REPLIED = datetime(2019, 3, 5, 8, 3), datetime(2019, 3, 9)  # noqa: DTZ001 - cells have no zone
TAKEN = 6
HALF_A_PAIR = "_xD800_"


def _row(flock: Flock, number: int) -> ROW:
    return [number, flock.word(), flock.word(6), RECEIVED, flock.sentence(), flock.sentence(), REPLIED]


def rows(flock: Flock) -> list[ROW]:
    """Rows that are imported, then one of each kind that comes back."""
    good = [_row(flock, 900_001 + index) for index in range(TAKEN)]
    late = datetime.combine(today() + timedelta(days=30), datetime.min.time())
    spoilt: list[tuple[int, Any]] = [
        (0, None), (3, flock.word()), (3, late), (3, None), (4, "　"), (4, None),
        (4, flock.sentence() + HALF_A_PAIR), (4, flock.sentence() + SUPERIOR_POST),
        (2, flock.sentence() + SUPERIOR_POST), (5, flock.sentence() + SUPERIOR_POST), (6, flock.word()),
    ]  # fmt: skip
    bad = [_row(flock, 910_001 + index) for index in range(len(spoilt))]
    for row, (column, cell) in zip(bad, spoilt, strict=True):
        row[column] = cell
    again = _row(flock, 900_001)
    return [*good, *bad, again]


def import_all(here: Installation, client: httpx.Client, flock: Flock, folder: Path) -> list[Any]:
    """Send the registers; returns the rows that came back. Raises AssertionError when a bad file is taken."""
    desk = importer(here, PROVINCE, client)
    mapping = MAPPINGS / "citizen-messages.yaml"
    file = folder / f"{flock.word()}.xlsx"
    file.write_bytes(workbook(rows(flock)))
    register = Register(file, mapping)
    send(desk, register, lambda _: None, dry_run=True)
    counts = send(desk, register, lambda _: None)
    assert counts["imported"] == TAKEN, counts
    _send_refused(desk, Register(_spoilt(folder, flock, flock.sentence().encode()), mapping))
    renamed = ["编号", *HEADERS[1:]]  # the headers found are told: they are words of a form, no content
    _send_refused(desk, Register(_spoilt(folder, flock, workbook([_row(flock, 1)], renamed)), mapping))
    cut = workbook([_row(flock, 2)])[:-40]
    _send_refused(desk, Register(_spoilt(folder, flock, cut), mapping))
    words = folder / "mapping.yaml"
    words.write_text(f"register: [{flock.sentence()}\n", encoding="utf-8")
    _send_refused(desk, Register(file, words))
    return returned_rows(desk, counts["run_id"])


def _spoilt(folder: Path, flock: Flock, content: bytes) -> Path:
    file = folder / f"{flock.word()}.xlsx"
    file.write_bytes(content)
    return file


def _send_refused(desk: Desk, register: Register) -> None:
    """A file that is no register of this mapping comes back whole."""
    try:
        send(desk, register, lambda _: None)
    except Refused:
        register.file.unlink()
        return
    raise AssertionError("a file that is no register was taken")
