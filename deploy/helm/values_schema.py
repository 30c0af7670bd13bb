"""The schema of the chart's values: every key has a type and a sentence, and what is unsafe has no words.

The settings that an administrator may give to a service are the fields of its own settings class, less what
the chart decides itself: addresses, ports, files, secrets, and what no installation may switch off.
"""

import importlib
from collections.abc import Mapping

from deploy.helm.words import (
    CIDR,
    DNS_LABEL,
    DNS_NAME,
    HOST,
    IMAGE,
    LABEL_KEY,
    QUANTITY,
    VERSION,
    Schema,
    choice,
    flag,
    free_part,
    listed,
    named,
    part,
    text,
    whole,
)
from deploy.local.ports import HTTP
from deploy.topics import MECHANISMS, read_topics
from deploy.ways import KINDS, SEALED_OFF, processes
from services.chassis.settings import LONGEST_TOKEN_SECONDS

OURS = ("kafka_", "http_", "operations_", "database_")
DECIDED = {
    "reference_folder", "keys_folder", "token_keys_file", "service_key_file", "staff_key_file",
    "staff_key_id", "readiness_drain_seconds", "shutdown_grace_seconds", "secure_cookies",
}  # fmt: skip
"""What the chart gives to each process by itself."""
MOST_REPLICAS = max(topic.partitions for topic in read_topics())
"""A worker beyond the partitions of a topic would stand idle."""


def values_schema() -> Schema:
    """The whole schema, as Helm reads it."""
    top = part(
        "The values of the chart; what is not named here does not exist.",
        trial=flag(
            "An installation to look at, with invented people: it says so on every page, and it alone may "
            "speak to Kafka and PostgreSQL without TLS."
        ),
        ground=part(
            "The ground under the processes.",
            only=flag(
                "Make Kafka and PostgreSQL by their operators and nothing else; the first of two steps."
            ),
        ),
        image=_image(),
        secrets=_secrets(),
        kafka=_kafka(),
        postgres=_postgres(),
        access=_access(),
        network=_network(),
        monitoring=_monitoring(),
        autoscaling=_autoscaling(),
        scheduling=_scheduling(),
        jobs=_room("jobs", "The jobs that furnish Kafka and PostgreSQL before the processes start."),
        processes=part(
            "Replicas and resources of each process.", **{p.name: _process(p.name) for p in processes()}
        ),
        settings=free_part(
            "Settings of each service beyond those of the chart, by the names of its settings module.",
            **{service: _settings(service) for service in KINDS},
        ),
    )
    top["properties"]["global"] = {"type": "object", "description": "Kept for Helm; nothing here reads it."}
    return {"$schema": "http://json-schema.org/draft-07/schema#", "title": "Dengwen", **top}


def _image() -> Schema:
    return part(
        "The one image of all processes.",
        repository=text("Its name, with the registry where there is one.", IMAGE),
        tag=text(
            "Its version, with a number in it; never latest, since nobody could say what runs.",
            VERSION,
        ),
        pullPolicy=choice("When a node fetches it.", "IfNotPresent", "Always", "Never"),
        pullSecrets=listed("Names of Secrets for the registry.", text("A Secret's name.", DNS_NAME)),
    )


def _secrets() -> Schema:
    return part(
        "Where the secrets lie: names of Secrets that exist, never what they hold.",
        prefix=text("What the names of all Secrets begin with.", DNS_LABEL),
        names=named(
            "Another name for a Secret, by its name without the prefix, as in kafka-ca.",
            r"^(db|kafka|keys|service-key|tokens|staff-key|postgres)[a-z-]*$",
            text("The Secret's name.", DNS_NAME),
        ),
    )


def _peers(what: str) -> Schema:
    peer = {
        "type": "object",
        "description": "A network, or pods by their labels, in this namespace or in the one named.",
        "additionalProperties": False,
        "properties": {
            "cidr": text("A network, as in 10.1.2.0/24; never all there is.", CIDR),
            "namespace": text("The namespace of the pods.", DNS_LABEL),
            "labels": _labels("The labels of the pods."),
        },
        "oneOf": [{"required": ["cidr"]}, {"required": ["labels"]}],
    }
    return listed(what, peer)


def _labels(what: str) -> Schema:
    return named(what, LABEL_KEY, text("The label's value.", r"^[A-Za-z0-9_.-]{0,63}$"), least=1)


def _kafka() -> Schema:
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
            network=_peers("Where its brokers are, for the network policies."),
        ),
        strimzi=part(
            "A Kafka that Strimzi makes; read when kind is strimzi.",
            cluster=text("Its name.", DNS_LABEL),
            version=text("Of Apache Kafka, one that the operator knows.", r"^4\.[0-9]+\.[0-9]+$"),
            brokers=whole("Nodes, each broker and controller; three or more outside a trial.", 1, 9),
            storage=_disk("The disk of each node."),
            resources=_resources("Of each node."),
        ),
    )


def _postgres() -> Schema:
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
        network=_peers("Where it is, for the network policies."),
    )


def _cluster(what: str) -> Schema:
    return part(
        what,
        name=text("Its name.", DNS_LABEL),
        instances=whole("Servers; the first writes, one more has each commit before it is answered.", 1, 9),
        storage=_disk("The disk of each server."),
        maxConnections=whole("Connections at once, of all pools together.", 50, 2000),
        sharedBuffers=text("Memory for pages.", r"^[0-9]+(MB|GB)$"),
        resources=_resources("Of each server."),
    )


def _disk(what: str) -> Schema:
    return part(
        what,
        size=text("Its size.", QUANTITY),
        storageClass=text(
            "Its class; empty for the cluster's own choice.", r"^([a-z0-9]([a-z0-9.-]*[a-z0-9])?)?$"
        ),
    )


def _access() -> Schema:
    return part(
        "How people reach the pages.",
        kind=choice("Not at all, by an Ingress, or by the Gateway API.", "none", "ingress", "gateway"),
        hosts=named(
            "The host of each page, by the service.", r"^(console|portal)$", text("A host's name.", HOST)
        ),
        tlsSecret=text(
            "The Secret with certificate and key; cookies are sent over TLS alone.", DNS_NAME + "|^$"
        ),
        ingressClass=text("The class of the Ingress.", DNS_NAME + "|^$"),
        gateway=part(
            "The Gateway to join.",
            name=text("Its name.", DNS_NAME + "|^$"),
            namespace=text("Its namespace.", DNS_LABEL + "|^$"),
            listener=text("The name of its listener for HTTPS.", DNS_LABEL + "|^$"),
        ),
        entry=_peers(
            "The pods that bring people's requests: those of the Ingress controller or the Gateway."
        ),
    )


def _network() -> Schema:
    open_to = [f"{service}-api" for service in HTTP if service != SEALED_OFF]
    return part(
        "The ways in the network; all that is not listed is closed.",
        dns=part(
            "Who answers for names.",
            namespace=text("Its namespace.", DNS_LABEL),
            labels=_labels("Its pods."),
        ),
        callers=listed(
            "Further callers of an API, as the register import or a test from outside.",
            part(
                "One caller.",
                process=choice("Whose API; the vault's is for intake and reception alone.", *open_to),
                **{"from": _peers("Where it calls from.")},
            ),
        ),
    )


def _monitoring() -> Schema:
    return part(
        "Watching through the Prometheus operator.",
        enabled=flag("Make ServiceMonitors and the rules of the alerts."),
        namespace=text("Where Prometheus runs.", DNS_LABEL),
        labels=_labels("The labels of Prometheus' pods."),
        select=named(
            "Labels by which the operator takes monitors and rules.",
            LABEL_KEY,
            text("The value.", r"^.{0,63}$"),
        ),
        dashboards=_labels("Labels by which Grafana finds the dashboards, which are ConfigMaps."),
        intervalSeconds=whole("Between two looks; the rules reckon with two a minute at least.", 5, 30),
    )


def _autoscaling() -> Schema:
    return part(
        "Workers by lag, through KEDA.",
        enabled=flag("Let KEDA choose the replicas of the workers."),
        operatorNamespace=text("Where KEDA runs; it asks Kafka for the lag.", DNS_LABEL),
        most=whole("Replicas of a worker at most; never more than a topic has partitions.", 1, MOST_REPLICAS),
        lagFacts=whole("Facts that may wait for each worker before one more starts.", 10, 1_000_000),
    )


def _scheduling() -> Schema:
    return part(
        "Where pods run.",
        nodeSelector=named("Labels of the nodes.", LABEL_KEY, text("The value.", r"^[A-Za-z0-9_.-]{0,63}$")),
        tolerations=listed(
            "Taints that are borne.",
            {
                **free_part(
                    "A toleration as Kubernetes has it.",
                    key=text("The taint.", LABEL_KEY),
                    operator=choice("How it is compared.", "Exists", "Equal"),
                    value=text("Its value.", r"^[A-Za-z0-9_.-]{0,63}$"),
                    effect=choice("What it does.", "NoSchedule", "PreferNoSchedule", "NoExecute"),
                    tolerationSeconds=whole("How long it is borne.", 0, 86_400),
                ),
                "required": ["key"],
            },
        ),
        spreadOver=listed(
            "Over which of these the pods of a process are spread, the first by all means.",
            text("The key of a node's label.", r"^[A-Za-z0-9./_-]+$"),
            least=1,
        ),
        priorityClass=text("The PriorityClass of all pods; empty for none.", DNS_NAME + "|^$"),
    )


def _resources(what: str) -> Schema:
    amounts = {"cpu": text("Processor.", QUANTITY), "memory": text("Memory.", QUANTITY)}
    return part(
        f"Resources. {what}",
        requests=part("What is kept free.", **amounts),
        limits=part("What is never passed.", **amounts),
    )


def _room(name: str, what: str) -> Schema:
    return part(what, resources=_resources(f"Of each of the {name}."))


def _process(name: str) -> Schema:
    return part(
        f"The process {name}.",
        replicas=whole("How many run.", 1, MOST_REPLICAS),
        resources=_resources("Of each."),
    )


def _settings(service: str) -> Schema:
    module = importlib.import_module(f"services.{service}.settings")
    fields: Mapping[str, Schema] = getattr(module, f"{service.capitalize()}Settings").model_json_schema()[
        "properties"
    ]
    given = {name.upper(): _setting(service, name, field) for name, field in fields.items() if _free(name)}
    if "TOKEN_SECONDS" in given:
        given["TOKEN_SECONDS"]["maximum"] = LONGEST_TOKEN_SECONDS
    return free_part(f"Settings of {service}.", **given)


def _free(name: str) -> bool:
    return name not in DECIDED and not name.startswith(OURS) and not name.endswith(("_url", "_urls"))


def _setting(service: str, name: str, field: Schema) -> Schema:
    kind = next((one for one in field.get("anyOf", [field]) if one.get("type") != "null"), field)
    kept = ("type", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "pattern", "enum")
    words = field.get(
        "description", f"{name.replace('_', ' ').capitalize()}, see services/{service}/settings.py"
    )
    return {**{key: kind[key] for key in kept if key in kind}, "description": f"{words}."}
