"""Values that are wrong on purpose: schema or chart refuses each of them, with a word that helps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.chart.helm import Step

TRIAL = Step("trial")
OFFICE = Step("office", upgrade=True)
PROVINCE = Step("province", upgrade=True)
OPEN_KAFKA = {"kafka": {"kind": "existing", "existing": {"tls": False}}}
TWO_THINGS = {"cidr": "10.0.0.0/8", "labels": {"a": "b"}}


@dataclass(frozen=True, slots=True)
class Mistake:
    """What somebody wrote, over which profile, and where the refusal points (schema) or what it says."""

    name: str
    changed: Mapping[str, Any]
    word: str
    step: Step = TRIAL


def _kafka(**words: Any) -> dict[str, Any]:
    return {"kafka": {"existing": words}}


def _postgres(**words: Any) -> dict[str, Any]:
    return {"postgres": {"kind": "existing", "existing": words}}


def _made(**words: Any) -> dict[str, Any]:
    return {"postgres": {"cloudnativepg": words}}


def _process(name: str, **words: Any) -> dict[str, Any]:
    return {"processes": {name: words}}


def _settings(service: str, **words: Any) -> dict[str, Any]:
    return {"settings": {service: words}}


BY_SCHEMA = (
    Mistake("a misspelt group", {"kafak": {}}, "kafak"),
    Mistake("a misspelt key", {"image": {"repositry": "x"}}, "repositry"),
    Mistake("the version latest", {"image": {"tag": "latest"}}, "/image/tag"),
    Mistake("no version", {"image": {"tag": ""}}, "/image/tag"),
    Mistake("a policy of fetching that is none", {"image": {"pullPolicy": "Sometimes"}}, "/image/pullPolicy"),
    Mistake("a number as text", _process("intake-api", replicas="two"), "/processes/intake-api/replicas"),
    Mistake("no replica", _process("intake-api", replicas=0), "/processes/intake-api/replicas"),
    Mistake(
        "more workers than partitions",
        _process("intake-worker", replicas=13),
        "/processes/intake-worker/replicas",
    ),
    Mistake("a process that does not exist", _process("intake-cron", replicas=1), "intake-cron"),
    Mistake("a password in the values", _kafka(password="hunter2"), "password"),
    Mistake("a password in the name of a Secret", {"secrets": {"names": {"tokens": "p@ss word"}}}, "tokens"),
    Mistake("a Secret that nothing asks for", {"secrets": {"names": {"root": "x"}}}, "root"),
    Mistake("a mechanism that shows the password", _kafka(mechanism="PLAIN"), "/kafka/existing/mechanism"),
    Mistake("a broker without a port", _kafka(bootstrap="kafka"), "/kafka/existing/bootstrap"),
    Mistake("a port that is none", _postgres(main={"port": 70000}), "/postgres/existing/main/port"),
    Mistake(
        "a Kafka of the old kind", {"kafka": {"strimzi": {"version": "3.9.0"}}}, "/kafka/strimzi/version"
    ),
    Mistake("crash points in a release", _settings("intake", FAILPOINTS="x"), "FAILPOINTS"),
    Mistake("topics of one's own", _settings("intake", KAFKA_PREFIX="x."), "KAFKA_PREFIX"),
    Mistake("automatic commits", _settings("intake", KAFKA_AUTO_COMMIT="true"), "KAFKA_AUTO_COMMIT"),
    Mistake("a database's address as a setting", _settings("vault", DATABASE_DSN="x"), "DATABASE_DSN"),
    Mistake("cookies without TLS", _settings("console", SECURE_COOKIES=False), "SECURE_COOKIES"),
    Mistake(
        "a token that lives an hour",
        _settings("intake", TOKEN_SECONDS=3600),
        "/settings/intake/TOKEN_SECONDS",
    ),
    Mistake("a setting of another service", _settings("vault", VISIT_SWEEP_SECONDS=1), "VISIT_SWEEP_SECONDS"),
    Mistake("a setting below its limit", _settings("intake", POOL_SIZE=0), "/settings/intake/POOL_SIZE"),
    Mistake("a suite that is none", _settings("vault", SUITE="A2"), "/settings/vault/SUITE"),
    Mistake("a service that does not exist", _settings("mail", LOG_LEVEL="INFO"), "mail"),
    Mistake(
        "a caller of the vault",
        {"network": {"callers": [{"process": "vault-api", "from": [{"cidr": "10.0.0.0/24"}]}]}},
        "/network/callers/0/process",
    ),
    Mistake("a way to everywhere", _kafka(network=[{"cidr": "0.0.0.0/0"}]), "/kafka/existing/network/0/cidr"),
    Mistake("a peer that names nobody", _kafka(network=[{"labels": {}}]), "/kafka/existing/network/0/labels"),
    Mistake("a peer that is two things", _kafka(network=[TWO_THINGS]), "/kafka/existing/network/0"),
    Mistake("a third way in", {"access": {"kind": "nodeport"}}, "/access/kind"),
    Mistake("a host with a path", {"access": {"hosts": {"console": "https://a/b"}}}, "/access/hosts/console"),
    Mistake("a page of a service without pages", {"access": {"hosts": {"vault": "v.example"}}}, "vault"),
    Mistake(
        "memory without a unit that exists",
        _process("vault-api", resources={"limits": {"memory": "1Q"}}),
        "/processes/vault-api/resources/limits/memory",
    ),
    Mistake(
        "no limit at all",
        _process("vault-api", resources={"limits": {"cpu": None, "memory": None}}),
        "/processes/vault-api/resources/limits",
    ),
    Mistake("more workers than partitions by lag", {"autoscaling": {"most": 24}}, "/autoscaling/most"),
    Mistake(
        "a clock of five fields",
        _made(backup={"schedule": "0 1 * * *"}),
        "/postgres/cloudnativepg/backup/schedule",
    ),
    Mistake("pods spread over nothing", {"scheduling": {"spreadOver": []}}, "/scheduling/spreadOver"),
)
"""Refused by values.schema.json; the word is the key that is named, or where it stands."""

BY_CHART = (
    Mistake("Kafka without TLS in earnest", OPEN_KAFKA, "kafka.existing.tls", OFFICE),
    Mistake("PostgreSQL without TLS in earnest", _postgres(tls=False), "postgres.existing.tls", OFFICE),
    Mistake("a trial made earnest by one word", {"trial": False}, "off in a trial alone"),
    Mistake(
        "one server for the cases and for the vault",
        _postgres(vault={"host": "postgres"}),
        "a server of its own",
        OFFICE,
    ),
    Mistake(
        "one cluster for the cases and for the vault",
        _made(vault={"name": "dengwen-postgres"}),
        "a cluster of its own",
        OFFICE,
    ),
    Mistake("one broker in earnest", {"kafka": {"strimzi": {"brokers": 1}}}, "kafka.strimzi.brokers", OFFICE),
    Mistake("one server in earnest", _made(main={"instances": 1}), "instances", OFFICE),
    Mistake(
        "one replica in earnest", _process("vault-api", replicas=1), "processes.vault-api.replicas", OFFICE
    ),
    Mistake(
        "more connections than the server has", _settings("intake", POOL_SIZE=60), "maxConnections", OFFICE
    ),
    Mistake("a trial that does not say so", _settings("console", SYNTHETIC=False), "SYNTHETIC"),
    Mistake("Kafka nowhere", _kafka(network=[]), "kafka.existing.network"),
    Mistake("pages without TLS", {"access": {"tlsSecret": ""}}, "access.tlsSecret", OFFICE),
    Mistake("pages that nobody brings requests to", {"access": {"entry": []}}, "access.entry", OFFICE),
    Mistake(
        "a gateway without a name", {"access": {"gateway": {"name": ""}}}, "access.gateway.name", PROVINCE
    ),
    Mistake("snapshots of no class", _made(backup={"snapshotClass": ""}), "snapshotClass", PROVINCE),
    Mistake(
        "fewer workers at most than at least", {"autoscaling": {"most": 2}}, "autoscaling.most", PROVINCE
    ),
    Mistake("the processes before their ground", {}, "install with ground.only=true", Step("office")),
    Mistake("a ground of nothing", {}, "ground.only", Step("trial", ground_only=True)),
)
"""Refused by templates/refuse.yaml; the word stands in what it says."""
