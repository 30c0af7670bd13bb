"""Kafka clients with the only settings that keep the promises; names get the prefix here."""

import ssl
import zlib
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener

from services.chassis.facts import LARGEST_FACT_BYTES
from services.chassis.metrics import REBALANCES

SCRAM_256, SCRAM_512 = "SCRAM-SHA-256", "SCRAM-SHA-512"


def tls_from(ca_file: Path) -> ssl.SSLContext:
    """TLS 1.2 or newer to a broker whose certificate an authority of this file signed for the host we asked.

    Raises OSError or ssl.SSLError when the file can't be read or holds no certificate.
    """
    context = ssl.create_default_context(cafile=str(ca_file))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class Rebalance(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka ships no types
    """Lets a reader take its positions before the first record of new partitions is fetched.

    What ``take`` raises is swallowed by aiokafka; the reader has to look again by itself.
    """

    def __init__(self, take: Callable[[AIOKafkaConsumer, list[TopicPartition]], Awaitable[None]]) -> None:
        self._take = take
        self.consumer: AIOKafkaConsumer | None = None
        self.group = ""

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Nothing to do: the position guard refuses what the next owner has done."""

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Take the positions."""
        REBALANCES.labels(self.group).inc()
        if self.consumer is not None:
            await self._take(self.consumer, list(assigned))


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is and who we are there; ``prefix`` stands before topics and groups.

    With ``tls`` (see ``tls_from``) everything said is sealed and the broker has to prove its name.
    """

    bootstrap: str
    username: str
    password: str = field(repr=False)
    prefix: str = ""
    instance: str | None = None
    session_timeout_ms: int = 10_000
    tls: ssl.SSLContext | None = None
    mechanism: str = SCRAM_256

    def _shared(self) -> dict[str, Any]:
        return {
            "bootstrap_servers": self.bootstrap,
            "security_protocol": "SASL_SSL" if self.tls else "SASL_PLAINTEXT",
            "ssl_context": self.tls,
            "sasl_mechanism": self.mechanism,
            "sasl_plain_username": self.username,
            "sasl_plain_password": self.password,
            "request_timeout_ms": 15_000,
            "retry_backoff_ms": 100,
        }

    async def producer(self) -> AIOKafkaProducer:
        """A started idempotent producer; throw it away after any failed send."""
        producer = AIOKafkaProducer(
            **self._shared(),
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            max_request_size=4 * LARGEST_FACT_BYTES,
            max_batch_size=4 * LARGEST_FACT_BYTES,
        )
        try:
            await producer.start()
        except BaseException:
            await producer.stop()
            raise
        return producer

    async def consumer(self, group: str, topics: Sequence[str], listener: Any) -> AIOKafkaConsumer:
        """A started consumer that never commits by itself and never skips an offset.

        ``listener.consumer`` and ``listener.group`` are set before the first assignment can arrive.
        """
        consumer = AIOKafkaConsumer(
            **self._shared(),
            group_id=self.prefix + group,
            group_instance_id=self._member(topics),
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level="read_committed",
            max_poll_records=1000,
            max_partition_fetch_bytes=1_048_576,
            session_timeout_ms=self.session_timeout_ms,
            heartbeat_interval_ms=max(300, self.session_timeout_ms // 4),
            max_poll_interval_ms=300_000,
            metadata_max_age_ms=30_000,
        )
        listener.consumer, listener.group = consumer, group
        consumer.subscribe([self.prefix + topic for topic in topics], listener=listener)
        try:
            await consumer.start()
        except BaseException:
            await consumer.stop()
            raise
        return consumer

    def _member(self, topics: Sequence[str]) -> str | None:
        """Our name in a group, marked by what we read.

        A member that comes back under its old name is given its old partitions without a look at what it
        reads now, so that a topic added by an upgrade would be heard by nobody.
        """
        if self.instance is None:
            return None
        return f"{self.instance}-{zlib.crc32(' '.join(sorted(topics)).encode()):08x}"

    async def reader(self) -> AIOKafkaConsumer:
        """A started consumer without a group, for a command that says itself from where it reads."""
        reader = AIOKafkaConsumer(
            **self._shared(),
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level="read_committed",
            max_partition_fetch_bytes=1_048_576,
        )
        try:
            await reader.start()
        except BaseException:
            await reader.stop()
            raise
        return reader

    def on_wire(self, topic: str) -> str:
        """The name of a topic at the broker."""
        return self.prefix + topic

    def plain(self, topic: str) -> str:
        """The name of a topic in contracts, as read from the broker."""
        return topic.removeprefix(self.prefix)


__all__ = ["Broker", "Rebalance", "TopicPartition"]
