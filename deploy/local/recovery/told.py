"""What lies on the topics, read from their beginning to their present end."""

import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from deploy.topics import Topic, signed_in

ASK_SECONDS = 30.0


def records_of(bootstrap: str, password: str, topics: Iterable[Topic]) -> Iterator[Any]:
    """Every record of these topics, in the order of each partition. Raises KafkaException."""
    for topic in topics:
        consumer = Consumer(
            {
                **signed_in(bootstrap, "admin", password),
                "group.id": f"petition.told-{uuid.uuid4()}",
                "enable.partition.eof": True,
                "enable.auto.commit": False,
                "log_level": 0,
            }
        )
        consumer.assign([TopicPartition(topic.name, number, 0) for number in range(topic.partitions)])
        ends = 0
        try:
            while ends < topic.partitions:
                record = consumer.poll(ASK_SECONDS)
                if record is None:
                    raise KafkaException(KafkaError(KafkaError._TIMED_OUT))
                error = record.error()
                if error is None:
                    yield record
                elif error.code() == KafkaError._PARTITION_EOF:
                    ends += 1
                else:
                    raise KafkaException(error)
        finally:
            consumer.close()
