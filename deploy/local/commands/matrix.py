"""``dengwen matrix``: who can reach what, tried for real; what lies on the topics, held to the contracts."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

import typer
from rich.table import Table

from deploy import topics
from deploy.local.commands.screen import CONSOLE, here
from deploy.local.matrix import Answer, Try, try_broker, try_controller, try_databases
from deploy.local.records import Reading, read_as

NAME = "matrix"
MARKS = {Answer.OPEN: "open", Answer.REFUSED: "refused", Answer.SILENT: "no answer"}


def run() -> None:
    """Try every door with everybody's own password; exit code 1 when one is open that must not be."""
    installation = here()
    wanted = topics.read_topics()
    with CONSOLE.status("trying every door 逐一验证 …"):
        broker = try_broker(installation, wanted)
        controller = asyncio.run(try_controller(installation, wanted))
        databases = asyncio.run(try_databases(installation))
        readings = [
            read_as(installation, user, topic) for topic in wanted for user in (topic.owner, *topic.readers)
        ]
    CONSOLE.print(_grid("users at topics, groups and the broker", broker, by_act=True))
    CONSOLE.print(_grid("the controller's port", controller))
    CONSOLE.print(_grid("roles at databases", databases))
    CONSOLE.print(_records(readings))
    tries = [*broker, *controller, *databases]
    wrong = [one for one in tries if not one.right]
    for one in wrong:
        CONSOLE.print(f"wrong: {one.who} at {one.door}, {one.act}: {MARKS[one.answer]}", style="red")
    bad = [line for reading in readings for line in reading.wrong]
    for line in bad[:20]:
        CONSOLE.print(line, style="red", markup=False)
    refused = sum(1 for one in tries if one.answer is Answer.REFUSED)
    CONSOLE.print(
        f"{len(tries)} doors tried, {refused} refused, {len(wrong)} other than they must be; "
        f"{sum(r.records for r in readings)} records read, {len(bad)} against contract"
    )
    if wrong or bad:
        raise typer.Exit(1)


def _grid(title: str, tries: Sequence[Try], *, by_act: bool = False) -> Table:
    doors = list(dict.fromkeys(one.door for one in tries))
    rows: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in tries:
        colour = "red" if not one.right else "green" if one.allowed else "dim"
        words = f"{one.act} {MARKS[one.answer]}" if by_act else MARKS[one.answer]
        rows[one.door][one.who].append(f"[{colour}]{words}[/]")
    people = list(dict.fromkeys(one.who for one in tries))
    across, down = (people, doors) if len(people) <= len(doors) else (doors, people)
    table = Table("", *across, title=title, title_justify="left", box=None)
    for name in down:
        cells = [
            ", ".join(rows[name][other] if across is people else rows[other][name]) or "–" for other in across
        ]
        table.add_row(name, *cells)
    return table


def _records(readings: Sequence[Reading]) -> Table:
    table = Table("topic", "read by", "records", "types", "against contract", box=None)
    for reading in readings:
        table.add_row(
            reading.topic,
            reading.user,
            str(reading.records),
            str(len(reading.types)),
            str(len(reading.wrong)),
        )
    return table
