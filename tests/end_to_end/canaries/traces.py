"""What a run leaves behind, as bytes to look through: rows, records, metrics; and what is planted there."""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal

import asyncpg
import httpx
from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from deploy.local.postgres import SERVICES
from deploy.local.processes import Installation, operations_ports
from deploy.topics import signed_in

ASK_SECONDS = 20.0
SELECT_TABLES = """
    SELECT format('%I.%I', n.nspname, c.relname) AS name
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'm', 'S') AND n.nspname !~ '^pg_(toast|temp)'
     ORDER BY 1
"""
CATALOGUE = ("pg_catalog.", "information_schema.")
"""The server's own tables; some of their types have no binary form."""
CONTROL_TABLE = """
    CREATE TABLE public.control (form text, raw bytea, words text);
    ALTER TABLE public.control ALTER COLUMN words SET STORAGE MAIN;
"""
INSERT_CONTROL = "INSERT INTO public.control VALUES ($1, $2, $3)"
CONTROL_DATABASE, CONTROL_TOPIC = "petition_analytics", "control-of-the-scan"
FILLER = "虚构样例" * 3000
"""Long enough that PostgreSQL compresses the row: only a reading of the rows can find what is inside."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The databases and the broker of an installation, seen by its administrator."""

    here: Installation

    def _dsn(self, database: str) -> str:
        word, port = self.here.secrets["postgres"], self.here.ports.postgres
        return f"postgresql://postgres:{word}@127.0.0.1:{port}/{database}"

    def _kafka(self, **more: Any) -> dict[str, Any]:
        word = self.here.secrets["kafka_admin"]
        return {**signed_in(self.here.bootstrap, "admin", word), "log_level": 0, **more}

    async def rows(self) -> AsyncIterator[tuple[str, bytes]]:
        """Every table of every database, unpacked: as the server prints it and as it keeps each value."""
        for database in [f"petition_{service}" for service in SERVICES]:
            connection = await asyncpg.connect(self._dsn(database))
            try:
                for table in [row["name"] for row in await connection.fetch(SELECT_TABLES)]:
                    forms: tuple[Literal["csv", "binary"], ...] = ("csv", "binary")
                    for form in forms[:1] if table.startswith(CATALOGUE) else forms:
                        out = BytesIO()
                        await connection.copy_from_query(f"SELECT * FROM {table}", output=out, format=form)
                        yield f"{database}.{table} ({form})", out.getvalue()
            finally:
                await connection.close()

    async def counts(self, services: tuple[str, ...]) -> Mapping[str, int]:
        """How many rows each table of these services holds."""
        found = {}
        for service in services:
            connection = await asyncpg.connect(self._dsn(f"petition_{service}"))
            try:
                for row in await connection.fetch(SELECT_TABLES):
                    if not row["name"].startswith(CATALOGUE):
                        number = await connection.fetchval(f"SELECT count(*) FROM {row['name']}")
                        found[f"{service} {row['name']}"] = int(number)
            finally:
                await connection.close()
        return found

    def records(self) -> Iterator[tuple[str, bytes]]:
        """Every record of every topic, unpacked: key, headers and value."""
        consumer = Consumer(self._kafka(**{"group.id": "scan", "enable.partition.eof": True}))
        try:
            topics = consumer.list_topics(timeout=ASK_SECONDS).topics
            places = [TopicPartition(t, p, 0) for t, found in topics.items() for p in found.partitions]
            consumer.assign(places)
            ended = 0
            while ended < len(places):
                record = consumer.poll(ASK_SECONDS)
                assert record is not None, "the broker fell silent"
                error = record.error()
                if error is not None:
                    assert error.code() == KafkaError._PARTITION_EOF, error.str()
                    ended += 1
                    continue
                headers = [part for pair in record.headers() or () for part in pair]
                yield (
                    f"topic {record.topic()}",
                    b"\n".join(map(_bytes, (record.key(), *headers, record.value()))),
                )
        finally:
            consumer.close()

    def metrics(self) -> Iterator[tuple[str, bytes]]:
        """What each process shows of itself."""
        for name, port in operations_ports(self.here.ports).items():
            for path in ("/metrics", "/readyz", "/livez", "/startupz"):
                url = f"http://127.0.0.1:{port}{path}"
                yield f"{name} {path}", httpx.get(url, timeout=ASK_SECONDS, trust_env=False).content

    async def plant(self, forms: Mapping[str, bytes], word: str) -> None:
        """Leave a control in every form in a table, on a topic and in a log; ``word`` where all is packed."""
        connection = await asyncpg.connect(self._dsn(CONTROL_DATABASE))
        try:
            await connection.execute(CONTROL_TABLE)
            for name, form in forms.items():
                await connection.execute(INSERT_CONTROL, name, form, None)
            await connection.execute(INSERT_CONTROL, "packed", None, FILLER + word + FILLER)
        finally:
            await connection.close()
        admin = AdminClient(self._kafka())  # kept: its requests end with it
        admin.create_topics([NewTopic(CONTROL_TOPIC, 1, 1)])[CONTROL_TOPIC].result(30)
        for packed, bodies in (("none", [*forms.values()]), ("lz4", [(FILLER + word).encode()] * 2)):
            producer = Producer(self._kafka(**{"compression.type": packed}))
            for body in bodies:
                producer.produce(CONTROL_TOPIC, body)
            assert producer.flush(ASK_SECONDS) == 0
        with (self.here.home.logs / "control.log").open("wb") as log:
            log.writelines(b"said " + form + b"\n" for form in forms.values())


def _bytes(part: bytes | str | None) -> bytes:
    return part.encode() if isinstance(part, str) else part or b""
