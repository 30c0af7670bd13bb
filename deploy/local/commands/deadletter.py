"""``dengwen deadletter``: list, show, replay, discard."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import asyncpg
import typer
from rich.table import Table

from deploy import topics
from deploy.local.commands.screen import CONSOLE, here
from deploy.local.processes import WITH_KAFKA, Installation
from deploy.local.refusal import Refusal
from services.chassis.dead_letters import (
    Chosen,
    EarlierFirst,
    Letter,
    LetterUnknown,
    OneAlone,
    list_letters,
    show_letter,
)
from services.chassis.dead_letters import discard as discard_letter
from services.chassis.dead_letters import replay as replay_letters

app = typer.Typer(
    help="Facts that no consumer could apply: list, show, replay, discard.", no_args_is_help=True
)
Service = Annotated[str | None, typer.Option(help="Only of this service.")]
Number = Annotated[
    int | None, typer.Option("--id", help="Only the one of this number; name its service too.")
]
Reason = Annotated[str | None, typer.Option("--class", help="Only of this class.")]
Since = Annotated[datetime | None, typer.Option(help="Only those since then, UTC.")]


class NotDone(Refusal):
    """What was asked of a dead letter cannot be done."""


@asynccontextmanager
async def _transaction(installation: Installation, service: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(installation.dsn(service, "worker"))
    try:
        async with connection.transaction():
            yield connection
    finally:
        await connection.close()


def _named(service: str | None) -> tuple[str, ...]:
    if service is not None and service not in WITH_KAFKA:
        raise NotDone(f"No such service; there are: {', '.join(WITH_KAFKA)}.")
    return WITH_KAFKA if service is None else (service,)


def _chosen(number: int | None, reason: str | None, since: datetime | None) -> Chosen:
    return Chosen(None if number is None else [number], reason, since and since.replace(tzinfo=UTC))


@app.command("list")
def list_(service: Service = None, reason: Reason = None, since: Since = None) -> None:
    """Show what lies there, and how many facts each holds up."""
    installation, names = here(), _named(service)

    async def go() -> list[tuple[str, Letter]]:
        found = []
        for name in names:
            async with _transaction(installation, name) as connection:
                found += [(name, x) for x in await list_letters(connection, _chosen(None, reason, since))]
        return found

    table = Table("service", "id", "class", "topic", "attempts", "holds", "since", box=None)
    for name, letter in asyncio.run(go()):
        place = f"{letter.topic}[{letter.partition}]@{letter.offset}"
        since_text = f"{letter.since:%Y-%m-%d %H:%M}"
        table.add_row(
            name, str(letter.id), letter.reason, place, str(letter.attempts), str(letter.held), since_text
        )
    CONSOLE.print(table if table.row_count else "no dead letters 没有死信")


@app.command("show")
def show(service: str, number: int) -> None:
    """Show one record as it lies on its topic; facts carry no names and no text."""
    installation = here()
    _named(service)

    async def go() -> Letter:
        async with _transaction(installation, service) as connection:
            return await show_letter(connection, number)

    try:
        record = asyncio.run(go()).record
    except LetterUnknown as unknown:
        raise NotDone(f"{service} has no dead letter {number}: see dengwen deadletter list.") from unknown
    for name, value in record.headers:
        CONSOLE.print(f"{name}: {value.decode('utf-8', 'backslashreplace')}", markup=False)
    CONSOLE.print((record.value or b"").decode("utf-8", "backslashreplace")[:4000], markup=False)


@app.command("replay")
def replay(
    service: Service = None,
    number: Number = None,
    reason: Reason = None,
    since: Since = None,
    by: Annotated[str, typer.Option(help="Who asks.")] = "operator",
    dry_run: Annotated[bool, typer.Option(help="Only say which.")] = False,
) -> None:
    """Let the consumers try again; what is applied already stays applied once."""
    installation, names = here(), _named(service)
    chosen = _chosen(number, reason, since)

    async def go() -> list[tuple[str, int, str]]:
        endings = []
        for name in names:
            async with _transaction(installation, name) as connection:
                told = await replay_letters(connection, chosen, by, dry_run=dry_run)
                endings += [(name, letter, ending) for letter, ending in told.items()]
        return endings

    endings = asyncio.run(go())
    for name, letter, ending in endings:
        CONSOLE.print(f"{name} {letter}: {'would be ' if dry_run else ''}{ending}")
    if not endings:
        CONSOLE.print("no dead letters 没有死信")


@app.command("discard")
def discard(
    service: str,
    number: int,
    why: Annotated[str, typer.Option(help="The reason.")],
    by: Annotated[str, typer.Option(help="Who asks.")],
    agreed_by: Annotated[str, typer.Option(help="The second person.")],
) -> None:
    """Set one aside for good; the facts held behind it go on."""
    installation = here()
    _named(service)
    compacted = [topic.name for topic in topics.read_topics() if topic.compacted]

    async def go() -> None:
        async with _transaction(installation, service) as connection:
            await discard_letter(
                connection, number, asked_by=by, agreed_by=agreed_by, reason=why, compacted=compacted
            )

    try:
        asyncio.run(go())
    except LetterUnknown as unknown:
        raise NotDone(f"{service} has no dead letter {number}: see dengwen deadletter list.") from unknown
    except OneAlone as alone:
        raise NotDone(
            "A discard needs two people and a reason of three letters: see --by, --agreed-by, --why."
        ) from alone
    except EarlierFirst as earlier:
        raise NotDone(
            "An earlier fact of the same case is missing still: see to that one first."
        ) from earlier
    CONSOLE.print("discarded, and on record 已作废并留痕")
