"""``dengwen verify``: the conservation law and its sisters, judged from the oracle views."""

import asyncio

import typer
import yaml
from rich.table import Table

from deploy.local.commands.screen import CONSOLE, here
from deploy.local.conservation import Finding, judge
from deploy.local.processes import REFERENCE, WITH_KAFKA, Installation
from deploy.local.verify_views import drained, read_views

NAME = "verify"


def laws() -> dict[str, str]:
    """The place of every state in the conservation law, from the life cycle's table."""
    table = yaml.safe_load((REFERENCE / "lifecycle.yaml").read_text(encoding="utf-8"))
    return {row["state"]: row["law"] for row in table["states"]}


async def judge_running(installation: Installation) -> tuple[bool, list[Finding]]:
    """Whether the platform drained in time, and what was found."""
    dsns = {service: installation.dsn(service, "oracle") for service in WITH_KAFKA}
    quiet = await drained(dsns)
    return quiet, judge(await read_views(dsns), laws())


def show(quiet: bool, findings: list[Finding]) -> bool:
    """Print what was found; whether every promise holds."""
    table = Table("promise 承诺", "counted", "broken", "", box=None)
    for finding in findings:
        first = ", ".join(finding.broken[:3])
        mark = "[green]✓[/]" if finding.holds else f"[red]✗ {first}[/]"
        table.add_row(finding.promise, str(finding.counted), str(len(finding.broken)), mark)
    CONSOLE.print(table)
    if not quiet:
        CONSOLE.print("not drained in time: something is still unsent, waiting or moving", style="red")
    return quiet and all(finding.holds for finding in findings)


def run() -> None:
    """Wait until nothing moves, then prove that nothing was lost or doubled."""
    installation = here()
    with CONSOLE.status("waiting until nothing moves 等待处理完毕 …"):
        quiet, findings = asyncio.run(judge_running(installation))
    if not show(quiet, findings):
        raise typer.Exit(1)
