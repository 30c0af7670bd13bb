"""``dengwen seed``: a corpus of any size by seed, written as a register or sent into the platform."""

import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import httpx
import typer

from deploy.local.commands.import_register import counted, importer, send_once_known
from deploy.local.commands.screen import CONSOLE, here
from deploy.local.demo.stage import PROVINCE, Stage
from deploy.local.registers import MAPPINGS, Register
from deploy.local.sample.corpus import messages, write_register

NAME = "seed"


def run(
    count: Annotated[int, typer.Option(min=1, max=60_000, help="How many messages.")] = 500,
    seed: Annotated[int, typer.Option(help="The same seed gives the same messages.")] = 1,
    first: Annotated[datetime, typer.Option(help="The first day.")] = datetime(2019, 1, 1),  # noqa: DTZ001
    last: Annotated[datetime, typer.Option(help="The last day.")] = datetime(2020, 1, 8),  # noqa: DTZ001
    out: Annotated[Path | None, typer.Option(help="Write a workbook, and send nothing.")] = None,
) -> None:
    """Make invented Chinese messages, and load the sample organisation for them; nobody in them exists."""
    if out is not None:
        write_seeded(out, count, seed, first.date(), last.date())
        CONSOLE.print(f"{count} messages written to {out}")
        return
    installation = here()
    with tempfile.TemporaryDirectory() as folder, httpx.Client(timeout=120, trust_env=False) as client:
        with CONSOLE.status("loading the sample organisation 样例机构 …"):
            Stage(installation, client).load_organisation(lambda _done, _total: None)
        file = Path(folder) / "seeded.xlsx"
        write_seeded(file, count, seed, first.date(), last.date())
        register = Register(file, MAPPINGS / "citizen-messages.yaml")
        CONSOLE.print(counted(send_once_known(importer(installation, PROVINCE, client), register)))


def write_seeded(file: Path, count: int, seed: int, first: date, last: date) -> None:
    """Write a register of invented messages."""
    write_register(file, list(messages(count, seed, first, last)))
