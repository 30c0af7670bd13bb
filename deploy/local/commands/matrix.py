"""``dengwen matrix``: who can reach what, tried for real; what lies on the topics, held to the contracts."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import typer
from rich.table import Table

from deploy import topics
from deploy.local.commands.screen import CONSOLE, here
from deploy.local.matrix import Answer, Try, try_broker, try_controller, try_databases
from deploy.local.matrix_kcat import Seen, try_kcat
from deploy.local.postgres import LOGINS
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
        spoken = [topic for topic in wanted if not topic.internal]
        pairs = [(user, topic) for topic in spoken for user in (topic.owner, *topic.readers)]
        with ThreadPoolExecutor(4) as threads:
            readings = list(threads.map(lambda pair: read_as(installation, *pair), pairs))
        kcat = try_kcat(installation, wanted)
    CONSOLE.print(_grid("users at topics, groups and the broker", broker))
    CONSOLE.print(_grid("the controller's port", controller))
    CONSOLE.print(_grid("roles at databases", databases))
    CONSOLE.print(_records(readings))
    _show_kcat(kcat)
    tries = [*broker, *controller, *databases, *(kcat.tries if kcat else ())]
    wrong = [one for one in tries if not one.right]
    for one in wrong:
        CONSOLE.print(f"wrong: {one.who} at {one.door}, {one.act}: {MARKS[one.answer]}", style="red")
    bad = [line for reading in readings for line in reading.wrong]
    if kcat and kcat.bare:
        bad.append(f"kcat: {kcat.bare} records without CloudEvents headers")
    for line in bad[:20]:
        CONSOLE.print(line, style="red", markup=False)
    refused = sum(1 for one in tries if one.answer is Answer.REFUSED)
    CONSOLE.print(
        f"{len(tries)} doors tried, {refused} refused, {len(wrong)} other than they must be; "
        f"{sum(r.records for r in readings)} records read, {len(bad)} against contract"
    )
    if wrong or bad:
        raise typer.Exit(1)


def _show_kcat(kcat: Seen | None) -> None:
    if kcat is None:
        CONSOLE.print("kcat is not installed: its rows are left out (apt-get install kcat)", style="dim")
        return
    CONSOLE.print(_grid(f"the same by kcat, {kcat.records} records with their headers", kcat.tries))


def _grid(title: str, tries: Sequence[Try]) -> Table:
    """A row a door, a column a person or service; every cell says what was open and what was refused."""
    who = list(dict.fromkeys(_short(one.who) for one in tries))
    cells: dict[str, dict[str, list[Try]]] = defaultdict(lambda: defaultdict(list))
    for one in tries:
        cells[one.door][_short(one.who)].append(one)
    table = Table("", *who, title=title, title_justify="left", box=None)
    for door, row in cells.items():
        table.add_row(door.removeprefix("petition."), *(_cell(row.get(name, [])) for name in who))
    return table


def _short(who: str) -> str:
    """The service of a role, so that its four roles share a column."""
    service, _, login = who.partition("_")
    return service if login in LOGINS else who


def _cell(tries: Sequence[Try]) -> str:
    wrong = [one for one in tries if not one.right]
    opened = Counter(one.act for one in tries if one.answer is Answer.OPEN)
    if wrong:
        return f"[red]{', '.join(f'{one.act} {MARKS[one.answer]}' for one in wrong)}[/]"
    if opened:
        return f"[green]{', '.join(f'{act} ×{n}' if n > 1 else act for act, n in opened.items())}[/]"
    return f"[dim]✗ ×{len(tries)}[/]" if tries else "–"


def _records(readings: Sequence[Reading]) -> Table:
    table = Table("topic", "read by", "records", "types", "against contract", box=None)
    for name in dict.fromkeys(reading.topic for reading in readings):
        same = [reading for reading in readings if reading.topic == name]
        table.add_row(
            name.removeprefix("petition."),
            ", ".join(reading.user for reading in same),
            "/".join(sorted({str(reading.records) for reading in same})),
            str(max(len(reading.types) for reading in same)),
            str(sum(len(reading.wrong) for reading in same)),
        )
    return table
