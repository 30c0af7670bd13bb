"""Who can reach what, tried for real with everybody's own password: broker, controller, databases."""

import asyncio
import secrets
import struct
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import asyncpg
from confluent_kafka import (
    Consumer,
    ConsumerGroupTopicPartitions,
    KafkaError,
    KafkaException,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from deploy.local.postgres import LOGINS, SERVICES
from deploy.local.processes import Installation
from deploy.topics import Topic, signed_in, users_of

ASK_SECONDS = 8.0
REFUSALS = {
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.GROUP_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED,
}
SASL_HANDSHAKE, SASL_AUTHENTICATE, DESCRIBE_CLUSTER, AUTHENTICATION_FAILED = 17, 36, 60, 58
"""Numbers of Kafka's protocol."""
PG_REFUSALS = (asyncpg.InsufficientPrivilegeError, asyncpg.InvalidAuthorizationSpecificationError)


class Answer(StrEnum):
    """What a door answered."""

    OPEN = "open"
    REFUSED = "refused"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt: who, at which door, doing what, whether it ought to succeed, and what came of it."""

    who: str
    door: str
    act: str
    allowed: bool
    answer: Answer

    @property
    def right(self) -> bool:
        """Whether it came out as it must; silence is never right."""
        return self.answer is (Answer.OPEN if self.allowed else Answer.REFUSED)


def _settings(here: Installation, user: str, **more: Any) -> dict[str, Any]:
    return {**signed_in(here.bootstrap, user, here.secrets[f"kafka_{user}"]), "log_level": 0, **more}


def try_broker(here: Installation, topics: Sequence[Topic]) -> list[Try]:
    """Every user at every topic and every consumer group, and at what only an administrator may do.

    An owner's own writing is seen in the facts that lie on its topic; nothing is written for a trial.
    """
    users = users_of(topics)
    with ThreadPoolExecutor(4) as threads:
        tried = threads.map(lambda user: _user(here, user, topics, users), users)
        return [one for several in tried for one in several]


def _user(here: Installation, user: str, topics: Sequence[Topic], users: Iterable[str]) -> list[Try]:
    found = []
    producer = Producer(_settings(here, user, **{"message.timeout.ms": int(ASK_SECONDS * 900)}))
    for topic in topics:
        readers = {topic.owner, *topic.readers}
        found.append(Try(user, topic.name, "read", user in readers, _read(here, user, topic.name)))
        if user != topic.owner:
            found.append(Try(user, topic.name, "write", False, _write(producer, topic.name)))
    admin = AdminClient(_settings(here, user))
    for other in users:
        group = f"petition.{other}"
        found.append(Try(user, f"group {group}", "read", user == other, _group(admin, group)))
    name = f"petition.{user}.trial-{secrets.token_hex(4)}.v1"
    found.append(Try(user, "the broker", "make a topic", False, _make_topic(admin, name)))
    return found


def _read(here: Installation, user: str, topic: str) -> Answer:
    group = f"petition.{user}-matrix"
    consumer = Consumer(
        _settings(
            here, user, **{"group.id": group, "enable.partition.eof": True, "enable.auto.commit": False}
        )
    )
    try:
        told = consumer.list_topics(topic, timeout=ASK_SECONDS).topics[topic].error
        if told is not None:
            return _meaning(told)
        consumer.assign([TopicPartition(topic, 0, 0)])
        record = consumer.poll(ASK_SECONDS)
        if record is None:
            return Answer.SILENT
        error = record.error()
        return Answer.OPEN if error and error.code() == KafkaError._PARTITION_EOF else _meaning(error)
    finally:
        consumer.close()


def _write(producer: Producer, topic: str) -> Answer:
    answers: list[KafkaError | None] = []
    producer.produce(topic, b"{}", partition=0, on_delivery=lambda error, _: answers.append(error))
    producer.flush(ASK_SECONDS)
    if not answers:
        return Answer.SILENT
    return _meaning(answers[0])


def _meaning(error: KafkaError | None) -> Answer:
    if error is None:
        return Answer.OPEN
    return Answer.REFUSED if error.code() in REFUSALS else Answer.SILENT


def _group(admin: AdminClient, group: str) -> Answer:
    try:
        (asked,) = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)]).values()
        asked.result(ASK_SECONDS)
    except KafkaException as refused:
        return _meaning(refused.args[0])
    return Answer.OPEN


def _make_topic(admin: AdminClient, name: str) -> Answer:
    try:
        admin.create_topics([NewTopic(name, 1, 1)])[name].result(ASK_SECONDS)
    except KafkaException as refused:
        return _meaning(refused.args[0])
    return Answer.OPEN


async def try_controller(here: Installation, topics: Sequence[Topic]) -> list[Try]:
    """Everybody at the controller's port, with his own password and with none; the controller as control."""
    found = []
    for name in (*users_of(topics), "admin"):
        answer = await _controller(here.ports.controller, name, here.secrets[f"kafka_{name}"])
        found.append(Try(name, "controller port", "connect", False, answer))
    nobody = await _controller(here.ports.controller, None, "")
    found.append(Try("nobody", "controller port", "connect", False, nobody))
    itself = await _controller(here.ports.controller, "controller", here.secrets["kafka_controller"])
    return [*found, Try("controller", "controller port", "connect", True, itself)]


async def _controller(port: int, user: str | None, password: str) -> Answer:
    """Shake hands as the protocol has it; without a user, ask for something straight away."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return Answer.SILENT
    try:
        if user is None:
            answer = await _ask(reader, writer, DESCRIBE_CLUSTER, 0, b"\x00\x00")
            return Answer.OPEN if answer else Answer.REFUSED
        if not await _ask(reader, writer, SASL_HANDSHAKE, 1, struct.pack(">h", 5) + b"PLAIN"):
            return Answer.SILENT
        said = f"\0{user}\0{password}".encode()
        answer = await _ask(reader, writer, SASL_AUTHENTICATE, 0, struct.pack(">i", len(said)) + said)
        code = struct.unpack_from(">h", answer, 4)[0] if len(answer) >= 6 else AUTHENTICATION_FAILED
        return Answer.REFUSED if code == AUTHENTICATION_FAILED else Answer.OPEN
    except TimeoutError:
        return Answer.SILENT
    finally:
        writer.close()


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, api: int, version: int, body: bytes
) -> bytes:
    """One request of Kafka's protocol; the bare answer, empty when the other side hangs up."""
    request = struct.pack(">hhihs", api, version, 1, 1, b"m") + body
    writer.write(struct.pack(">i", len(request)) + request)
    try:
        await writer.drain()
        (length,) = struct.unpack(">i", await asyncio.wait_for(reader.readexactly(4), ASK_SECONDS))
        return await asyncio.wait_for(reader.readexactly(length), ASK_SECONDS)
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""


async def try_databases(here: Installation) -> list[Try]:
    """Every role of every service at every database, its own as the control; nobody without a password."""
    databases = [*(f"petition_{service}" for service in SERVICES), "postgres", "template1"]
    gate = asyncio.Semaphore(16)

    async def one(service: str, login: str, database: str) -> Try:
        role = f"{service}_{login}"
        async with gate:
            answer = await _enter(here, role, here.secrets[role], database)
        return Try(role, database, "connect", database == f"petition_{service}", answer)

    tries = [one(s, login, database) for s in SERVICES for login in LOGINS for database in databases]
    found = list(await asyncio.gather(*tries))
    without = await _enter(here, "postgres", "", "postgres")
    return [*found, Try("postgres without password", "postgres", "connect", False, without)]


async def _enter(here: Installation, role: str, password: str, database: str) -> Answer:
    try:
        connection = await asyncpg.connect(
            host="127.0.0.1",
            port=here.ports.postgres,
            user=role,
            password=password or "wrong",
            database=database,
            timeout=ASK_SECONDS,
        )
    except PG_REFUSALS:
        return Answer.REFUSED
    except (OSError, TimeoutError):
        return Answer.SILENT
    await connection.close()
    return Answer.OPEN
