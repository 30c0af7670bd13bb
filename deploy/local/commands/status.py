"""``dengwen status``: processes, lag, outbox, waiting and dead letters, due clocks."""

import asyncio
from typing import Annotated, Any

import typer
from rich.table import Table

from deploy.local import standing
from deploy.local.commands.screen import CONSOLE, here
from deploy.local.front import Platform
from deploy.local.home import Home
from deploy.local.refusal import Refusal
from deploy.local.tail import last_lines, prefixed

NAME = "status"


class NoSuch(Refusal):
    """A name that no process has."""


def run(
    logs: Annotated[str | None, typer.Option(help="Show the last lines of this process instead.")] = None,
) -> None:
    """Say how everything stands; exit code 1 when a process is not ready or a fact is stuck."""
    if logs is not None:
        _show_log(Home.of(), logs)
        return
    installation = here()
    seen = Platform(installation.home, CONSOLE).require_up()
    CONSOLE.print(_processes(seen))
    with CONSOLE.status("asking the services …"):
        desks = asyncio.run(standing.look(installation))
    CONSOLE.print(_facts(desks), _clocks(desks))
    CONSOLE.print(
        "one broker, one database server: a demonstration, no redundancy 单机演示，无冗余", style="dim"
    )
    well = all(row["standing"] == "ready" for row in seen["programs"])
    if not well or any(reader.dead for desk in desks for reader in desk.readers):
        raise typer.Exit(1)


def _show_log(home: Home, name: str) -> None:
    file = home.logs / f"{name}.log"
    if not file.exists():
        known = ", ".join(sorted(each.stem for each in home.logs.glob("*.log")))
        raise NoSuch(f"No process of that name has printed anything; there are: {known or 'none'}.")
    for line in last_lines(file, 50):
        CONSOLE.print(prefixed(name, line))


def _processes(seen: Any) -> Table:
    table = Table("process 进程", "standing 状态", "pid", "restarts", box=None)
    for row in seen["programs"]:
        mark = "green" if row["standing"] == "ready" else "red"
        table.add_row(
            row["name"], f"[{mark}]{row['standing']}[/]", str(row["pid"] or "–"), str(row["restarts"])
        )
    table.add_row("memory (PSS)", f"{seen['memory_now'] / 2**20:.0f} MB", "", "")
    return table


def _facts(desks: list[standing.Desk]) -> Table:
    table = Table(
        "service 服务",
        "unsent",
        "oldest s",
        "consumer",
        "lag records",
        "lag s",
        "waiting",
        "dead letters",
        box=None,
    )
    for desk in desks:
        readers = desk.readers or (None,)
        for reader in readers:
            cells = (
                [reader.name, reader.lag_records, f"{reader.lag_seconds:.1f}", reader.waiting, reader.dead]
                if reader
                else ["–"] * 5
            )
            table.add_row(
                desk.service,
                str(desk.unsent),
                f"{desk.oldest_unsent_seconds:.1f}",
                *(str(cell) for cell in cells),
            )
    return table


def _clocks(desks: list[standing.Desk]) -> Table:
    table = Table("clocks 时限", "running", "due in 3 days", "late", box=None)
    for desk in desks:
        table.add_row(
            desk.service, str(desk.clocks_running), str(desk.clocks_due_soon), str(desk.clocks_late)
        )
    return table
