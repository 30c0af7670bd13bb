"""A record as Kafka handed it over, kept in a column as it is: a dead letter can be read years later."""

import base64
from typing import NamedTuple

import orjson

from services.chassis.facts import Record


class StoredRecord(NamedTuple):
    """A record as it is kept while it waits or is dead, byte for byte."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]

    @classmethod
    def of(cls, record: Record) -> "StoredRecord":
        """The record without its client's own class."""
        headers = tuple((name, bytes(value)) for name, value in record.headers)
        return cls(record.topic, record.partition, record.offset, record.key, record.value, headers)

    def pack(self) -> bytes:
        """One bytes object for a column."""
        headers = [[name, _coded(value)] for name, value in self.headers]
        return orjson.dumps(
            [self.topic, self.partition, self.offset, _coded(self.key), _coded(self.value), headers]
        )

    @classmethod
    def unpack(cls, packed: bytes) -> "StoredRecord":
        """The record that ``pack`` wrote."""
        topic, partition, offset, key, value, headers = orjson.loads(packed)
        pairs = tuple((name, _raw(text) or b"") for name, text in headers)
        return cls(topic, partition, offset, _raw(key), _raw(value), pairs)


def _coded(raw: bytes | None) -> str | None:
    return None if raw is None else base64.b64encode(raw).decode()


def _raw(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)
