"""``dengwen import``: a paper office's register, each row into exactly one place."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from deploy.local.commands.screen import CONSOLE, here
from deploy.local.demo.stage import awaited
from deploy.local.desk import Desk, Refused
from deploy.local.processes import Installation
from deploy.local.refusal import Refusal
from deploy.local.registers import MAPPINGS, Register, returned_rows, send
from deploy.local.sample.organisation import officer_for
from deploy.local.staff import Officer

NAME = "import"
SHOWN = ("rows", "imported", "known", "returned", "conflict", "waiting")

ORGAN_UNKNOWN = "organ-unknown"
OF_THE_FILE = {400, 413, 415, 422}
"""Answers that speak of what was sent, not of who sent it or of the platform."""


class FileRefused(Refusal):
    """The register or its mapping cannot be taken; no row of it was."""


def run(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The workbook.")],
    mapping: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="What its columns mean, and who answers for it.")
    ] = MAPPINGS / "citizen-messages.yaml",
    organ: Annotated[str, typer.Option(help="The organ whose register it is.")] = "520000",
    gate_no: Annotated[
        Path | None, typer.Option(exists=True, help="Numbers that the head looked at, one a line.")
    ] = None,
    gate_no_by: Annotated[str | None, typer.Option(help="The name of that head.")] = None,
    dry_run: Annotated[bool, typer.Option(help="Count, and write nothing.")] = False,
    returned: Annotated[bool, typer.Option(help="List the rows that came back, with their reasons.")] = False,
) -> None:
    """Import a register; the same file again adds nothing, and a run that was killed goes on."""
    register = Register(file, mapping, gate_no, gate_no_by)
    with httpx.Client(timeout=120, trust_env=False) as client:
        desk = importer(here(), organ, client)
        try:
            counts = send_with_progress(desk, register, dry_run=dry_run)
        except Refused as refused:
            if refused.code == ORGAN_UNKNOWN:
                raise FileRefused(
                    f"The directory knows no organ {organ}, and nothing was written: name another one with "
                    "--organ, or load the sample organisation with dengwen seed."
                ) from refused
            if refused.status not in OF_THE_FILE:
                raise
            raise FileRefused(
                f"The file was refused and nothing was written ({_why(refused)}): "
                "put the register or its mapping right, and run it again."
            ) from refused
        CONSOLE.print(counted(counts))
        if returned and not dry_run:
            for row in returned_rows(desk, counts["run_id"]):
                CONSOLE.print(f"row {row['row']}  {row['column'] or '–'}  {row['reason']}", markup=False)


def _why(refused: Refused) -> str:
    """The API's sentence, and at which columns or keys the trouble is."""
    places = [f"{field['at']}: {field['problem']}" for field in refused.fields]
    return "; ".join((refused.title or refused.code, *places))


def importer(installation: Installation, organ: str, client: httpx.Client) -> Desk:
    """The desk of the officer who may import."""
    known = officer_for(organ, "importer")
    officer = known or Officer("local-importer", organ, ("importer",))
    return Desk(installation.home, installation.ports, officer, client)


def send_once_known(desk: Desk, register: Register) -> Mapping[str, Any]:
    """``send_with_progress`` as soon as intake has heard of the organ, which was put a moment ago.

    Raises NeverCame.
    """

    def look() -> Mapping[str, Any] | None:
        try:
            return send_with_progress(desk, register)
        except Refused as refused:
            if refused.code != ORGAN_UNKNOWN:
                raise
            return None

    return awaited("the directory at intake", look)


def send_with_progress(desk: Desk, register: Register, *, dry_run: bool = False) -> Mapping[str, Any]:
    """Send a register and show how far its run is."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=CONSOLE, transient=True, disable=not CONSOLE.is_terminal) as progress:
        task = progress.add_task("importing 正在导入", total=None)

        def show(counts: Mapping[str, Any]) -> None:
            done = sum(int(counts.get(name) or 0) for name in ("known", "imported", "returned", "conflict"))
            progress.update(task, total=counts.get("rows"), completed=done)

        return send(desk, register, show, dry_run=dry_run)


def counted(counts: Mapping[str, Any]) -> Table:
    """The counts of a run as a table."""
    table = Table(
        "rows 行", "imported 录入", "known 已有", "returned 退回", "conflict 冲突", "waiting 待办", box=None
    )
    table.add_row(*(str(counts.get(name, 0) or 0) for name in SHOWN))
    return table
