"""``dengwen chaos``: the fault suites, bounded in time."""

import os
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
    command = [sys.executable, "-m", "pytest", "tests/chaos", "-m", "chaos", "--timeout", "3600"]
    environ = {**os.environ, "HITS": str(hits)}
    raise typer.Exit(subprocess.run(command, cwd=REPOSITORY, env=environ, check=False).returncode)
