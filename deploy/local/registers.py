"""Sends a register to intake and follows its run until every row is in exactly one place."""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local.desk import Desk
from deploy.local.processes import REPOSITORY

MAPPINGS = REPOSITORY / "services" / "intake" / "rules" / "registers"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LOOK_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Register:
    """A register with its mapping, and the numbers that a head has looked at, if any."""

    file: Path
    mapping: Path
    gate_no: Path | None = None
    gate_no_by: str | None = None

    def parts(self, *, dry_run: bool) -> dict[str, Any]:
        """The parts of the form."""
        parts: dict[str, Any] = {
            "register": (self.file.name, self.file.read_bytes(), XLSX),
            "mapping": (self.mapping.name, self.mapping.read_bytes(), "application/yaml"),
        }
        if self.gate_no is not None:
            parts["gate_no"] = (self.gate_no.name, self.gate_no.read_bytes(), "text/plain")
        if self.gate_no_by is not None:
            parts["gate_no_by"] = (None, self.gate_no_by.encode(), "text/plain")
        if dry_run:
            parts["dry_run"] = (None, b"true", "text/plain")
        return parts


def send(
    desk: Desk, register: Register, progress: Callable[[Mapping[str, Any]], None], *, dry_run: bool = False
) -> Mapping[str, Any]:
    """Send it and wait for the end of its run; returns the counts. Raises Refused for a whole file."""
    content = register.file.read_bytes() + register.mapping.read_bytes()
    key = hashlib.sha256(content + (b"dry" if dry_run else str(time.time_ns()).encode())).hexdigest()
    counts: Mapping[str, Any] = desk.send_files(
        "/intake/v1/imports", register.parts(dry_run=dry_run), key=key
    )
    while not dry_run and counts.get("state") != "DONE":
        time.sleep(LOOK_SECONDS)
        counts = desk.get(f"/intake/v1/imports/{counts['run_id']}")
        progress(counts)
    return counts


def returned_rows(desk: Desk, run_id: str) -> list[Mapping[str, Any]]:
    """Every row that was returned, with column and reason, never its text."""
    rows: list[Mapping[str, Any]] = []
    cursor: str | None = None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = desk.get(f"/intake/v1/imports/{run_id}/returned", limit=200, **more)
        rows += page["rows"]
        cursor = page.get("next_cursor")
        if cursor is None:
            return rows
