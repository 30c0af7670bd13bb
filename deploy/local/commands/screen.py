"""The one console on which all verbs print, and the installation they speak of."""

import sys

from rich.console import Console

from deploy.local.front import Platform
from deploy.local.home import Home
from deploy.local.infrastructure import secret_names
from deploy.local.ports import Ports
from deploy.local.processes import Installation

CONSOLE = Console(highlight=False, width=None if sys.stdout.isatty() else 150)


def here() -> Installation:
    """The installation that is up; raises NotUp when none is."""
    home = Home.of()
    Platform(home, CONSOLE).require_up()
    return Installation(home, Ports.of(), home.secrets(secret_names()))
