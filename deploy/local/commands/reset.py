"""``dengwen reset``: remove everything an installation keeps, after asking."""

from typing import Annotated

import typer

from deploy.local import state
from deploy.local.commands.screen import CONSOLE
from deploy.local.front import NotUp
from deploy.local.home import Home

NAME = "reset"


def run(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; for scripts.")] = False,
) -> None:
    """Remove all data, keys, secrets and logs of this installation; asks first."""
    home = Home.of()
    if state.is_held(home):
        raise NotUp("Dengwen is running: stop it with dengwen down first.")
    if not yes:
        typer.confirm(
            f"Remove all data under {home.root}? This cannot be undone. 确定删除全部数据？", abort=True
        )
    home.remove_data()
    CONSOLE.print(f"{home.root} is empty 已清空")
