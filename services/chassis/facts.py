"""A fact as it is said and as it is heard: CloudEvents 1.0 in binary mode on Kafka.

The JSON body is the data alone; everything else stands in headers (``contracts/envelope.v1.schema.json``).
"""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import orjson
from asyncpg.pgproto.pgproto import UUID as FastUUID

SPEC_VERSION = "1.0"
SPEC_VERSION_HEADER = ("ce_specversion", SPEC_VERSION.encode())
CONTENT_TYPE_HEADER = ("content-type", b"application/json")
LARGEST_FACT_BYTES = 256 * 1024
LARGEST_SEQUENCE = 2**63


class Unreadable(Exception):
    """A record that is no fact; ``reason`` is a code, never text of the record.

    ``envelope`` is what its headers say, without a body, when these can be read: so it is known which
    aggregate waits behind it.
    """

    def __init__(self, reason: str, envelope: "Heard | None" = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.envelope = envelope


@dataclass(frozen=True, slots=True)
class Fact:
    """What a service says: ``type`` ends in ``.vN``, ``key`` orders, ``subject`` is the aggregate."""

    topic: str
    key: str
    subject: str
    type: str
    data: Mapping[str, object]
    compacted: bool = False


class Record(Protocol):
    """What a Kafka client hands over; values and headers are bytes."""

    @property
    def topic(self) -> str: ...  # noqa: D102
    @property
    def partition(self) -> int: ...  # noqa: D102
    @property
    def offset(self) -> int: ...  # noqa: D102
    @property
    def key(self) -> bytes | None: ...  # noqa: D102
    @property
    def value(self) -> bytes | None: ...  # noqa: D102
    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...  # noqa: D102


class Heard(NamedTuple):
    """A fact that was read; ``sequence`` counts the facts of this topic about ``subject`` from 1.

    A tuple, since a frozen dataclass of as many fields takes four times as long to make. The id is the
    class that the PostgreSQL client gives out, which is a UUID made, hashed and sent several times faster.
    """

    topic: str
    partition: int
    offset: int
    key: str
    event_id: UUID
    type: str
    source: str
    subject: str
    sequence: int
    time: datetime
    data: Mapping[str, Any]
    causation_id: str | None
    traceparent: str | None
    raw: bytes
    headers: tuple[tuple[str, bytes], ...]

    @classmethod
    def read(cls, record: Record) -> "Heard":
        """The fact in a record.

        Raises Unreadable with the code of the first thing wrong: ``no-body``, ``header-missing``,
        ``header-malformed``, ``body-malformed``, ``body-no-object``.
        """
        headers = dict(record.headers)
        if len(headers) != len(record.headers):
            raise Unreadable("header-malformed")
        try:
            event_id = FastUUID(headers["ce_id"].decode())
            sequence = int(headers["ce_sequence"])
            said = datetime.fromisoformat(headers["ce_time"].decode())
            kind, source = headers["ce_type"].decode(), headers["ce_source"].decode()
            subject, version = headers["ce_subject"].decode(), headers["ce_specversion"]
            causation, trace = headers.get("ce_causationid"), headers.get("traceparent")
            causation_id = None if causation is None else causation.decode()
            traceparent = None if trace is None else trace.decode()
        except KeyError as missing:
            raise Unreadable("header-missing") from missing
        except (ValueError, AttributeError, TypeError) as malformed:  # a header may have no value at all
            raise Unreadable("header-malformed") from malformed
        if (
            version != SPEC_VERSION_HEADER[1]
            or not 1 <= sequence < LARGEST_SEQUENCE
            or said.tzinfo is None
            or not subject
            or record.key is None
            or b"\0" in record.key
            or "\0" in kind
            or "\0" in source
            or "\0" in subject
        ):
            raise Unreadable("header-malformed")
        key, data = _text(record.key), _body(record.value)
        heard = cls(  # by place: names cost half as much again
            record.topic,
            record.partition,
            record.offset,
            key,
            event_id,
            kind,
            source,
            subject,
            sequence,
            said,
            {} if isinstance(data, str) else data,
            causation_id,
            traceparent,
            record.value or b"",
            tuple(record.headers),
        )
        if isinstance(data, str):
            raise Unreadable(data, heard)
        return heard


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError as malformed:
        raise Unreadable("header-malformed") from malformed


def _body(value: bytes | None) -> Mapping[str, Any] | str:
    """The body, or the code of what is wrong with it."""
    if value is None:
        return "no-body"
    if len(value) > 4 * LARGEST_FACT_BYTES:
        return "body-too-large"
    try:
        data = orjson.loads(value)
    except orjson.JSONDecodeError:
        return "body-malformed"
    return data if isinstance(data, dict) else "body-no-object"


def new_event_id() -> UUID:
    """A UUIDv7: 48 bits of milliseconds, then 74 random bits (RFC 9562, section 5.7)."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76 | ((random >> 62) & 0xFFF) << 64
    value |= 0b10 << 62 | random & ((1 << 62) - 1)
    return FastUUID(value.to_bytes(16, "big"))


def headers_of(
    event_id: UUID,
    kind: str,
    source: str,
    subject: str,
    sequence: int,
    said_at: datetime,
    causation: UUID | None,
) -> list[tuple[str, bytes]]:
    """The CloudEvents headers of one fact, in a fixed order."""
    id_ = str(event_id)
    trace = id_.replace("-", "")
    said = said_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    headers = [
        SPEC_VERSION_HEADER,
        ("ce_id", id_.encode()),
        ("ce_type", kind.encode()),
        ("ce_source", source.encode()),
        ("ce_time", said.encode()),
        ("ce_subject", subject.encode()),
        ("ce_sequence", b"%d" % sequence),
        ("traceparent", f"00-{trace}-{trace[16:]}-00".encode()),
        CONTENT_TYPE_HEADER,
    ]
    if causation is not None:
        headers.append(("ce_causationid", str(causation).encode()))
    return headers
