"""``dengwen refill``: bring topics back from the archives of their owners, after records were lost."""

import asyncio
import os
import shutil
import signal
from contextlib import suppress
from typing import Annotated, Any

import asyncpg
import typer
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from deploy import topics
from deploy.local import infrastructure, state
from deploy.local.commands.screen import CONSOLE, here
from deploy.local.front import NotUp
from deploy.local.home import Home
from deploy.local.ports import Ports
from deploy.local.postgres import find_binaries
from deploy.local.processes import Installation
from deploy.local.recovery.replay import retell
from deploy.local.refusal import Refusal
from services.chassis.refill import begin_again, say_again

NAME = "refill"
ANSWER_SECONDS = 30.0
SPEC: Any = OffsetSpec
"""Its methods carry no types."""


class NoTopic(Refusal):
    """No topic of facts has that name."""


def run(
    topic: Annotated[str, typer.Argument(help="As contracts/topics.yaml names it.")] = "",
    everything: Annotated[
        bool,
        typer.Option("--all", help="All topics, for a broker whose data are gone; while all stands still."),
    ] = False,
) -> None:
    """Say all facts of a topic again, and let readers whose place is gone begin where the log begins."""
    if everything:
        _everything(Home.of())
        return
    installation = here()
    named = {each.name: each for each in topics.read_topics() if not each.internal}
    if topic not in named:
        raise NoTopic(f"No such topic; there are: {', '.join(sorted(named))}.")
    readers = {named[topic].owner, *named[topic].readers}
    said, moved = asyncio.run(_refill(installation, named[topic], sorted(readers)))
    _start_anew(installation, sorted(readers))
    CONSOLE.print(f"{said} facts said again, {moved} positions set to where the log begins", highlight=False)


def _everything(home: Home) -> None:
    """Prepare the services for an empty broker, and leave nothing of the old one. Raises NotUp.

    The services first: what is told to a broker that still has its log is only known there.
    """
    if state.is_held(home):
        raise NotUp("登闻正在运行: stop it with dengwen down first, then run this again.")
    if not home.postgres.exists():
        raise NotUp(f"{home.root} 没有数据: there is no database here to say anything again from.")
    secrets = home.secrets(infrastructure.secret_names())
    server = infrastructure.server_of(home, Ports.of(), secrets, find_binaries())
    with CONSOLE.status("topics from the archives 主题重建 …"):
        said = retell(server, home.logs / "refill.log")
    shutil.rmtree(home.kafka, ignore_errors=True)
    CONSOLE.print(f"{sum(said.values())} facts will be said again 启动后重新发送; start with dengwen up")


async def _refill(here: Installation, topic: topics.Topic, readers: list[str]) -> tuple[int, int]:
    """Positions first: what is said again then lies behind every one of them."""
    admin = topics.administrator(here.bootstrap, "admin", here.secrets["kafka_admin"])
    log, moved = held(admin, topic.name, topic.partitions), 0
    for reader in readers:
        connection = await asyncpg.connect(here.dsn(reader, "worker"))
        try:
            moved += await begin_again(connection, topic.name, log)
        finally:
            await connection.close()
    connection = await asyncpg.connect(here.dsn(topic.owner, "worker"))
    try:
        return await say_again(connection, topic.name), moved
    finally:
        await connection.close()


def held(client: AdminClient, topic: str, partitions: int) -> dict[int, tuple[int, int]]:
    """The first offset of each partition of a topic and the one after its last."""
    parts = [TopicPartition(topic, number) for number in range(partitions)]
    first, last = (
        {
            part.partition: int(answer.result(ANSWER_SECONDS).offset)
            for part, answer in client.list_offsets(dict.fromkeys(parts, end)).items()
        }
        for end in (SPEC.earliest(), SPEC.latest())
    )
    return {number: (first[number], last[number]) for number in first}


def _start_anew(here: Installation, readers: list[str]) -> None:
    """End the workers that read the topic, in order; the supervisor starts them again at their positions."""
    seen = state.read(here.home) or {"programs": []}
    for program in seen["programs"]:
        if program["pid"] and program["name"] in {f"{reader}-worker" for reader in readers}:
            with suppress(ProcessLookupError):
                os.kill(program["pid"], signal.SIGTERM)
