"""A broker as seen by a process that still believes it owns what another one reads."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from aiokafka import AIOKafkaConsumer

from services.chassis.broker import Broker


@dataclass(frozen=True, slots=True)
class AnotherGroup(Broker):
    """Joins a group of its own under the same name, so that all partitions are its own too."""

    @classmethod
    def of(cls, broker: Broker) -> "AnotherGroup":
        """The same broker."""
        return cls(**{field.name: getattr(broker, field.name) for field in fields(broker)})

    async def consumer(self, group: str, topics: Sequence[str], listener: Any) -> AIOKafkaConsumer:
        """A consumer that shares nothing with the others of ``group``."""
        return await Broker.consumer(self, f"{group}.another", topics, listener)
