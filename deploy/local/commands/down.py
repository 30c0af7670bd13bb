"""``dengwen down``: stop what runs, in order."""

from deploy.local.commands.screen import CONSOLE
from deploy.local.front import Platform
from deploy.local.home import Home

NAME = "down"


def run() -> None:
    """Stop everything in order; the data are kept."""
    stopped = Platform(Home.of(), CONSOLE).stop()
    CONSOLE.print("stopped; the data are kept 已停止" if stopped else "nothing was running 没有在运行")
