"""What lies on the topics, held against the contracts: the envelope, the schema of the body."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, KafkaError, TopicPartition

from deploy.local.processes import REPOSITORY, Installation
from deploy.topics import Topic, signed_in

CONTRACTS = REPOSITORY / "contracts"
ASK_SECONDS = 5.0


@dataclass(slots=True)
class Reading:
    """What one reader found on one topic; ``wrong`` names places and rules, no content."""

    user: str
    topic: str
    records: int = 0
    types: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def read_as(here: Installation, user: str, topic: Topic, most: int = 2000) -> Reading:
    """Read a topic from its beginning with a service's own user, and judge every record."""
    consumer = Consumer(
        {
            **signed_in(here.bootstrap, user, here.secrets[f"kafka_{user}"]),
            "group.id": f"petition.{user}-matrix",
            "enable.partition.eof": True,
            "enable.auto.commit": False,
            "log_level": 0,
        }
    )
    found, ends = Reading(user, topic.name), 0
    consumer.assign([TopicPartition(topic.name, number, 0) for number in range(topic.partitions)])
    try:
        while ends < topic.partitions and found.records < most:
            record = consumer.poll(ASK_SECONDS)
            if record is None:
                found.wrong.append("silent")
                break
            error = record.error()
            if error is None:
                _judge(record, found)
            elif error.code() == KafkaError._PARTITION_EOF:
                ends += 1
            else:
                found.wrong.append(error.name())
                break
    finally:
        consumer.close()
    return found


def _judge(record: Any, found: Reading) -> None:
    place = f"{record.topic()}[{record.partition()}]@{record.offset()}"
    headers = {name: (value or b"").decode("utf-8", "replace") for name, value in record.headers() or ()}
    found.records += 1
    found.types[headers.get("ce_type", "?")] += 1
    found.wrong += [
        f"{place} envelope: {rule}" for rule in broken_rules(CONTRACTS / "envelope.v1.schema.json", headers)
    ]
    schema = schema_of(headers.get("ce_type", ""))
    if schema is None:
        found.wrong.append(f"{place}: no schema")
        return
    try:
        body = json.loads(record.value())
    except (TypeError, ValueError):
        found.wrong.append(f"{place}: no JSON")
        return
    found.wrong += [f"{place}: {rule}" for rule in broken_rules(schema, body)]


def schema_of(kind: str) -> Path | None:
    """The schema of ``<service>.<past-tense>.v<N>``; None when there is none."""
    service, _, rest = kind.partition(".")
    name, _, version = rest.rpartition(".")
    file = CONTRACTS / "events" / service / name / f"{version}.schema.json"
    return file if kind.replace("-", "").replace(".", "").isalnum() and file.exists() else None


def broken_rules(schema: Path, value: Mapping[str, Any]) -> Sequence[str]:
    """Which rules of the schema a value breaks, by place and keyword."""
    return [f"{error.json_path} {error.validator}" for error in _checker(schema).iter_errors(value)]


@cache
def _checker(schema: Path) -> Any:
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # ships no types

    return Draft202012Validator(
        json.loads(schema.read_text(encoding="utf-8")), format_checker=Draft202012Validator.FORMAT_CHECKER
    )
