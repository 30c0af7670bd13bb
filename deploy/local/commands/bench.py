"""``dengwen bench``: the load benches, each beside a reference in the same run, bounded in time."""

import subprocess
import sys
from typing import Annotated

import typer

from deploy.local.processes import REPOSITORY

NAME = "bench"


def run(
    names: Annotated[list[str] | None, typer.Argument(help="Only these, such as P5 P7.")] = None,
) -> None:
    """Run the benches; exit code 2 when one is inconclusive, 1 when one is below its gate."""
    command = [sys.executable, "-m", "tests.load", *(names or ())]
    raise typer.Exit(subprocess.run(command, cwd=REPOSITORY, check=False).returncode)
