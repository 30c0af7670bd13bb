"""The part of the values that says what the processes stand on: Kafka, PostgreSQL, and where they are."""

from deploy.helm.words import (
    CIDR,
    DNS_LABEL,
    HOST,
    LABEL_KEY,
    QUANTITY,
    Schema,
    choice,
    flag,
    listed,
    named,
    part,
    text,
    whole,
)
from deploy.topics import MECHANISMS


def peers(what: str) -> Schema:
    """Whom a network policy lets in or out."""
    peer = {
        "type": "object",
        "description": "A network, or pods by their labels, in this namespace or in the one named.",
        "additionalProperties": False,
        "properties": {
            "cidr": text("A network, as in 10.1.2.0/24; never all there is.", CIDR),
            "namespace": text("The namespace of the pods.", DNS_LABEL),
            "labels": labels("The labels of the pods."),
        },
        "oneOf": [{"required": ["cidr"]}, {"required": ["labels"]}],
    }
    return listed(what, peer)


def labels(what: str) -> Schema:
    """Labels of pods, one at least."""
    return named(what, LABEL_KEY, text("The label's value.", r"^[A-Za-z0-9_.-]{0,63}$"), least=1)


def kafka() -> Schema:
    """A Kafka that exists, or one by Strimzi."""
    return part(
        "Where the facts are kept.",
        kind=choice("A Kafka that exists, or one that Strimzi makes here.", "existing", "strimzi"),
        existing=part(
            "A Kafka that exists; read when kind is existing.",
            bootstrap=text(
                "Its addresses, with commas.", r"^[A-Za-z0-9.-]+:[0-9]+(,[A-Za-z0-9.-]+:[0-9]+)*$"
            ),
            tls=flag("Speak TLS, and let the broker prove its name; off in a trial alone."),
            mechanism=choice("How a password is proved.", *MECHANISMS),
            admin=text("Who makes topics, users and rights there.", r"^[A-Za-z0-9._-]+$"),
            furnish=flag("Make topics, users and rights by a job; off where its keeper makes them."),
            network=peers("Where its brokers are, for the network policies."),
        ),
        strimzi=part(
            "A Kafka that Strimzi makes; read when kind is strimzi.",
            cluster=text("Its name.", DNS_LABEL),
            version=text("Of Apache Kafka, one that the operator knows.", r"^4\.[0-9]+\.[0-9]+$"),
            brokers=whole("Nodes, each broker and controller; three or more outside a trial.", 1, 9),
            storage=_disk("The disk of each node."),
            resources=resources("Of each node."),
        ),
    )


def postgres() -> Schema:
    """Servers that exist, or clusters by CloudNativePG."""
    return part(
        "Where the cases are kept; the vault's database has a server of its own.",
        kind=choice(
            "Servers that exist, or some that CloudNativePG makes here.", "existing", "cloudnativepg"
        ),
        existing=part(
            "Servers that exist; read when kind is existing.",
            tls=flag("Ask for TLS, the certificate and the name (verify-full); off in a trial alone."),
            admin=text("Who makes roles and databases there.", r"^[a-z_][a-z0-9_]*$"),
            main=_server("The server of all databases but the vault's."),
            vault=_server("The server of the vault's database, another one outside a trial."),
        ),
        cloudnativepg=part(
            "Clusters that CloudNativePG makes; read when kind is cloudnativepg.",
            operatorNamespace=text("Where the operator runs.", DNS_LABEL),
            main=_cluster("The cluster of all databases but the vault's."),
            vault=_cluster("The cluster of the vault's database."),
            backup=part(
                "Copies by snapshots of the volumes.",
                enabled=flag("Make them."),
                snapshotClass=text("The VolumeSnapshotClass.", r"^([a-z0-9]([a-z0-9.-]*[a-z0-9])?)?$"),
                schedule=text("When, in six fields with the seconds first.", r"^\S+( \S+){5}$"),
            ),
        ),
    )


def _server(what: str) -> Schema:
    return part(
        what,
        host=text("Its name, as its certificate has it.", HOST),
        port=whole("Its port.", 1, 65535),
        network=peers("Where it is, for the network policies."),
    )


def _cluster(what: str) -> Schema:
    return part(
        what,
        name=text("Its name.", DNS_LABEL),
        instances=whole("Servers; the first writes, one more has each commit before it is answered.", 1, 9),
        storage=_disk("The disk of each server."),
        maxConnections=whole("Connections at once, of all pools together.", 50, 2000),
        sharedBuffers=text("Memory for pages.", r"^[0-9]+(MB|GB)$"),
        resources=resources("Of each server."),
    )


def _disk(what: str) -> Schema:
    return part(
        what,
        size=text("Its size.", QUANTITY),
        storageClass=text(
            "Its class; empty for the cluster's own choice.", r"^([a-z0-9]([a-z0-9.-]*[a-z0-9])?)?$"
        ),
    )


def resources(what: str) -> Schema:
    """What a container is given and never passes."""
    amounts = {"cpu": text("Processor.", QUANTITY), "memory": text("Memory.", QUANTITY)}
    return part(
        f"Resources. {what}",
        requests=part("What is kept free.", **amounts),
        limits=part("What is never passed.", **amounts),
    )
