"""``dengwen verify``: the conservation law and its sisters, judged from the oracle views."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

import typer
import yaml
from rich.table import Table

from deploy.local.commands.screen import CONSOLE, here
from deploy.local.conservation import dead_letters, doubled, judge, lost
from deploy.local.figures import COMPARISONS, compare
from deploy.local.oracle import Finding
from deploy.local.processes import REFERENCE, WITH_KAFKA, Installation
from deploy.local.verify_views import drained, read_views

NAME = "verify"


def laws() -> dict[str, str]:
    """The place of every state in the conservation law, from the life cycle's table."""
    table = yaml.safe_load((REFERENCE / "lifecycle.yaml").read_text(encoding="utf-8"))
    return {row["state"]: row["law"] for row in table["states"]}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the platform drained in time, what was found for each promise, what is lost and doubled.

    ``dead`` counts the dead letters: none of them is lost, each waits for a person.
    """

    quiet: bool
    findings: tuple[Finding, ...]
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    dead: int = 0

    @property
    def holds(self) -> bool:
        """Whether everything came to rest and every promise holds."""
        whole = not self.lost and not self.doubled
        return self.quiet and whole and all(finding.holds for finding in self.findings)


async def judge_running(installation: Installation) -> Verdict:
    """Wait until nothing moves, read every view, judge."""
    dsns = {service: installation.dsn(service, "oracle") for service in WITH_KAFKA}
    quiet = await drained(dsns)
    views = await read_views(dsns)
    findings = tuple(judge(views, laws()))
    return Verdict(quiet, findings, tuple(lost(views)), tuple(doubled(views)), dead_letters(views))


def show(verdict: Verdict) -> None:
    """Print what was found."""
    table = Table("promise 承诺", "counted", "broken", "", box=None)
    for finding in verdict.findings:
        first = ", ".join(finding.broken[:3])
        mark = "[green]✓[/]" if finding.holds else f"[red]✗ {first}[/]"
        table.add_row(finding.promise, str(finding.counted), str(len(finding.broken)), mark)
    CONSOLE.print(table)
    if not verdict.quiet:
        CONSOLE.print("not drained in time: something is still unsent, waiting or moving", style="red")
    more = ": see dengwen deadletter list" if verdict.dead else ""
    CONSOLE.print(f"behind a dead letter 死信 {verdict.dead}{more}")
    lost_, doubled_ = len(verdict.lost), len(verdict.doubled)
    CONSOLE.print(f"lost {lost_}, doubled {doubled_} 丢失 {lost_}，重复 {doubled_}")


def judge_now(installation: Installation) -> Verdict:
    """``judge_running`` for callers without a loop, with a word while it waits."""
    with CONSOLE.status("waiting until nothing moves 等待处理完毕 …"):
        return asyncio.run(judge_running(installation))


def compared(installation: Installation) -> bool:
    """Hold the figures against facts and topics, and print what was found; whether nothing differs."""
    table = Table("figures 数字", "compared", "differing", "", box=None)
    found = []
    for name in COMPARISONS:
        with CONSOLE.status(f"{name} …"):
            found.append(compare(installation, name))
    for one in found:
        mark = "[green]✓[/]" if one.holds else "[red]✗[/]"
        table.add_row(one.promise, str(one.counted), one.differing or "–", mark)
    CONSOLE.print(table)
    return all(one.holds for one in found)


def run(
    figures: Annotated[
        bool, typer.Option("--figures", help="Hold the figures against the facts and the topics as well.")
    ] = False,
) -> None:
    """Wait until nothing moves, then prove that nothing was lost or doubled."""
    installation = here()
    verdict = judge_now(installation)
    show(verdict)
    same = compared(installation) if figures else True
    if not (verdict.holds and same):
        raise typer.Exit(1)
