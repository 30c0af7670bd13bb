"""``dengwen chaos``: the fault suites, bounded in time."""

import subprocess
import sys
from typing import Annotated

import typer

from deploy.local.processes import REPOSITORY

NAME = "chaos"


def run(
    hits: Annotated[int, typer.Option(min=1, help="Least hits of every named crash point.")] = 25,
) -> None:
    """Play the faults on a platform of its own, and print what held."""
    command = [sys.executable, "-m", "tests.chaos", "--hits", str(hits)]
    raise typer.Exit(subprocess.run(command, cwd=REPOSITORY, check=False).returncode)
