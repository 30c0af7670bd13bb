"""Makes at a broker exactly what ``contracts/topics.yaml`` lists: topics, users, and who may do what.

An owner writes and reads its own topics, a reader reads the listed ones, every service has the consumer
groups ``petition.<service>*``, and nobody has anything else: further rules of these users are removed.

``python -m deploy.topics`` reads ``DENGWEN_TOPICS_BOOTSTRAP``, ``_USERNAME`` and ``_PASSWORD`` (those of an
administrator) and, for each service whose user shall be made, ``_PASSWORD_<SERVICE>``; or, instead of all
passwords, ``_SECRETS_FOLDER`` with the files ``kafka_admin`` and ``kafka_<service>`` for every user. With
``_CA_FILE`` it speaks TLS to a broker that this authority signed for; ``_MECHANISM`` is SCRAM-SHA-256, or
SCRAM-SHA-512.
"""

import os
import sys
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from confluent_kafka import KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialAlteration,
    UserScramCredentialUpsertion,
)
from confluent_kafka.cimpl import NewTopic

from deploy.secret_files import SecretMissing, read_secrets

LIST = Path(__file__).resolve().parent.parent / "contracts" / "topics.yaml"
WAIT_SECONDS = 30.0
ITERATIONS = 4096
MECHANISMS = {"SCRAM-SHA-256": ScramMechanism.SCRAM_SHA_256, "SCRAM-SHA-512": ScramMechanism.SCRAM_SHA_512}
NONE: Any = None
"""Any name, any user, any host; the client's types forget it."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic: its only writer, its readers besides, its partitions, and the broker's settings for it.

    An ``internal`` one belongs to the stream application of its owner and carries no facts.
    """

    name: str
    owner: str
    readers: tuple[str, ...]
    partitions: int
    compacted: bool
    retention_days: int | None
    internal: bool = False

    def settings(self) -> dict[str, str]:
        """What the broker must know beyond the number of partitions."""
        kept = -1 if self.retention_days is None else self.retention_days * 86_400_000
        return {
            "cleanup.policy": "compact" if self.compacted else "delete",
            "retention.ms": str(kept),
            "retention.bytes": "-1",
        }


@dataclass(frozen=True, slots=True)
class Rule:
    """One permission: ``user`` may do ``operation`` on a topic, or on groups that begin with a name."""

    user: str
    operation: str
    kind: str
    name: str


def read_topics(file: Path = LIST) -> tuple[Topic, ...]:
    """The list as committed; raises KeyError or ValueError where a row is not whole."""
    return tuple(_topic(row) for row in yaml.safe_load(file.read_text(encoding="utf-8"))["topics"])


def _topic(row: Mapping[str, Any]) -> Topic:
    days = row["retention_days"]
    if days != "unlimited" and not isinstance(days, int):
        raise ValueError(f"{row['name']}: retention_days is a number or unlimited")
    return Topic(
        name=row["name"],
        owner=row["owner"],
        readers=tuple(row["readers"]),
        partitions=row["partitions"],
        compacted=row["compacted"],
        retention_days=None if days == "unlimited" else days,
        internal=row.get("internal", False),
    )


def users_of(topics: Iterable[Topic]) -> tuple[str, ...]:
    """Every service that owns or reads a topic."""
    return tuple(sorted({user for topic in topics for user in (topic.owner, *topic.readers)}))


def rules_of(topics: Sequence[Topic], prefix: str = "") -> frozenset[Rule]:
    """All permissions there are; whatever is not among them is refused.

    To read or write a topic, or to read a group, implies to describe it, and nothing more.
    """
    rules = set()
    for topic in topics:
        for user in {topic.owner, *topic.readers}:
            rules.add(Rule(user, "READ", "topic", prefix + topic.name))
        rules.add(Rule(topic.owner, "WRITE", "topic", prefix + topic.name))
    rules |= {Rule(user, "READ", "group", f"{prefix}petition.{user}") for user in users_of(topics)}
    return frozenset(rules)


def signed_in(
    bootstrap: str, username: str, password: str, ca_file: str | None = None, mechanism: str = "SCRAM-SHA-256"
) -> dict[str, Any]:
    """The settings by which a client of librdkafka reaches the broker and says who it is.

    With ``ca_file`` over TLS, and the broker has to prove the name by which it is called.
    """
    if mechanism not in MECHANISMS:
        raise ValueError(f"DENGWEN_TOPICS_MECHANISM: one of {', '.join(MECHANISMS)}")
    sealed = {"ssl.ca.location": ca_file, "ssl.endpoint.identification.algorithm": "https"} if ca_file else {}
    return {
        "bootstrap.servers": bootstrap,
        "security.protocol": "SASL_SSL" if ca_file else "SASL_PLAINTEXT",
        **sealed,
        "sasl.mechanism": mechanism,
        "sasl.username": username,
        "sasl.password": password,
    }


def administrator(
    bootstrap: str, username: str, password: str, ca_file: str | None = None, mechanism: str = "SCRAM-SHA-256"
) -> AdminClient:
    """A client that may make topics, users and rules; for ``ca_file`` and ``mechanism`` see ``signed_in``."""
    return AdminClient(signed_in(bootstrap, username, password, ca_file, mechanism) | {"log_level": 0})


def apply(
    admin: AdminClient,
    topics: Sequence[Topic],
    passwords: Mapping[str, str],
    prefix: str = "",
    mechanism: str = "SCRAM-SHA-256",
) -> list[str]:
    """Make what is missing and remove rules that are too many; returns the names of the topics made.

    The caller keeps ``admin`` alive until this returns: its futures die with it. Raises
    KafkaException when the broker refuses.
    """
    made = _make_topics(admin, topics, prefix)
    _make_users(admin, passwords, mechanism)
    _make_rules(admin, rules_of(topics, prefix), {f"User:{user}" for user in users_of(topics)})
    return made


def _make_topics(admin: AdminClient, topics: Sequence[Topic], prefix: str) -> list[str]:
    there = set(admin.list_topics(timeout=WAIT_SECONDS).topics)
    missing = [topic for topic in topics if prefix + topic.name not in there]
    wanted = [
        NewTopic(prefix + topic.name, topic.partitions, -1, config=topic.settings()) for topic in missing
    ]
    if wanted:
        _wait(admin.create_topics(wanted).values())
    return [topic.name for topic in missing]


def _make_users(admin: AdminClient, passwords: Mapping[str, str], mechanism: str) -> None:
    credential = ScramCredentialInfo(MECHANISMS[mechanism], ITERATIONS)
    wanted: list[UserScramCredentialAlteration] = [
        UserScramCredentialUpsertion(user, credential, password=word.encode())
        for user, word in sorted(passwords.items())
    ]
    if wanted:
        _wait(admin.alter_user_scram_credentials(wanted).values())


def _make_rules(admin: AdminClient, wanted: frozenset[Rule], ours: Collection[str]) -> None:
    everything = AclBindingFilter(
        ResourceType.ANY, NONE, ResourcePatternType.ANY, NONE, NONE, AclOperation.ANY, AclPermissionType.ANY
    )
    there = set(admin.describe_acls(everything).result(WAIT_SECONDS))
    bindings = {_binding(rule) for rule in wanted}
    if bindings - there:
        _wait(admin.create_acls(list(bindings - there)).values())
    extra = [_filter(binding) for binding in there - bindings if binding.principal in ours]
    if extra:
        _wait(admin.delete_acls(extra).values())


def _binding(rule: Rule) -> AclBinding:
    topic = rule.kind == "topic"
    return AclBinding(
        ResourceType.TOPIC if topic else ResourceType.GROUP,
        rule.name,
        ResourcePatternType.LITERAL if topic else ResourcePatternType.PREFIXED,
        f"User:{rule.user}",
        "*",
        AclOperation[rule.operation],
        AclPermissionType.ALLOW,
    )


def _filter(binding: AclBinding) -> AclBindingFilter:
    return AclBindingFilter(
        binding.restype,
        binding.name,
        binding.resource_pattern_type,
        binding.principal,
        binding.host,
        binding.operation,
        binding.permission_type,
    )


def _wait(futures: Iterable["Future[Any]"]) -> None:
    for future in futures:
        future.result(WAIT_SECONDS)


def passwords_in(given: Mapping[str, str], users: Iterable[str]) -> tuple[str, dict[str, str]]:
    """The administrator's password and those of the users, from a folder of files or from variables.

    Raises KeyError naming a missing variable, SecretMissing naming a missing file.
    """
    if folder := given.get("DENGWEN_TOPICS_SECRETS_FOLDER"):
        files = read_secrets(Path(folder), [f"kafka_{name}" for name in ("admin", *users)])
        words = {name.removeprefix("kafka_"): word for name, word in files.items()}
        return words.pop("admin"), words
    named = "DENGWEN_TOPICS_PASSWORD_"
    words = {key.removeprefix(named).lower(): word for key, word in given.items() if key.startswith(named)}
    return given["DENGWEN_TOPICS_PASSWORD"], words


def main() -> int:
    """Apply the committed list to the broker that the environment names."""
    given, topics = os.environ, read_topics()
    try:
        password, passwords = passwords_in(given, users_of(topics))
        where, name = given["DENGWEN_TOPICS_BOOTSTRAP"], given["DENGWEN_TOPICS_USERNAME"]
        mechanism = given.get("DENGWEN_TOPICS_MECHANISM", "SCRAM-SHA-256")
        admin = administrator(where, name, password, given.get("DENGWEN_TOPICS_CA_FILE"), mechanism)
    except KeyError as missing:
        sys.stderr.write(f"{missing.args[0]} is not set\n")
        return 2
    except (SecretMissing, ValueError) as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    except KafkaException as wrong:
        sys.stderr.write(f"DENGWEN_TOPICS_CA_FILE or another setting is wrong: {wrong}\n")
        return 2
    began = time.monotonic()
    try:
        made = apply(admin, topics, passwords, mechanism=mechanism)
    except KafkaException as refused:
        sys.stderr.write(f"the broker refused: {refused}\n")
        return 1
    sys.stdout.write(f"{len(made)} topics made in {time.monotonic() - began:.1f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
