"""``dengwen up``: start everything, wait until it is ready, say where it is."""

from collections.abc import Iterable
from typing import Annotated

import typer
from rich.table import Table

from deploy.local.commands.screen import CONSOLE
from deploy.local.front import Platform
from deploy.local.home import Home
from deploy.local.ports import Ports
from deploy.local.processes import KINDS
from deploy.local.refusal import Refusal
from deploy.local.tail import follow

NAME = "up"


class NoService(Refusal):
    """A name that no service has."""


def run(
    detach: Annotated[bool, typer.Option(help="Leave it running and return.")] = False,
    logs: Annotated[
        bool, typer.Option(help="Show what the processes print, each line with its name.")
    ] = False,
    only: Annotated[str, typer.Option(help="Services to start, with commas between.")] = ",".join(KINDS),
) -> None:
    """Start Kafka, PostgreSQL and all services on this machine; data of earlier runs are kept."""
    platform = Platform(Home.of(), CONSOLE)
    services = chosen(only)
    platform.launch(services, attached=not detach)
    show_addresses(platform, services)
    if detach:
        return
    CONSOLE.print("Ctrl-C stops everything in order; the data are kept.")
    try:
        if logs:
            follow(platform.home.logs, CONSOLE)
        else:
            platform.wait()
    except KeyboardInterrupt:
        pass
    finally:
        platform.stop()


def chosen(only: str) -> list[str]:
    """The services of a list with commas, in the order of their start. Raises NoService."""
    named = {name.strip() for name in only.split(",")}
    if unknown := sorted(named - KINDS.keys()):
        raise NoService(f"No such service: {', '.join(unknown)}; there are: {', '.join(KINDS)}.")
    return [name for name in KINDS if name in named]


def show_addresses(platform: Platform, services: Iterable[str] = KINDS) -> None:
    """Say what was taken and where everything is that was started."""
    for line in platform.origins():
        CONSOLE.print(f"   {line}", style="dim")
    ports = Ports.of()
    table = Table("what 服务", "where 地址", box=None)
    for name, port in sorted(((name, ports.http[name]) for name in services), key=lambda pair: pair[1]):
        path = "/" if name == "console" else f"/{name}/v1"
        table.add_row(name, f"http://127.0.0.1:{port}{path}")
    table.add_row("Kafka", f"127.0.0.1:{ports.kafka}")
    table.add_row("PostgreSQL", f"127.0.0.1:{ports.postgres}")
    CONSOLE.print(table)
    CONSOLE.print(f"data and logs 数据与日志: {platform.home.root}")
