"""The schema of the chart's values: every key has a type and a sentence, and what is unsafe has no words.

The settings that an administrator may give to a service are the fields of its own settings class, less what
the chart decides itself: addresses, ports, files, secrets, and what no installation may switch off.
"""

import importlib
from collections.abc import Mapping

from deploy.helm.ground_schema import kafka, labels, peers, postgres, resources
from deploy.helm.words import (
    DNS_LABEL,
    DNS_NAME,
    HOST,
    IMAGE,
    LABEL_KEY,
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
from deploy.topics import read_topics
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
        kafka=kafka(),
        postgres=postgres(),
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
        entry=peers("The pods that bring people's requests: those of the Ingress controller or the Gateway."),
    )


def _network() -> Schema:
    open_to = [f"{service}-api" for service in HTTP if service != SEALED_OFF]
    return part(
        "The ways in the network; all that is not listed is closed.",
        dns=part(
            "Who answers for names.",
            namespace=text("Its namespace.", DNS_LABEL),
            labels=labels("Its pods."),
        ),
        callers=listed(
            "Further callers of an API, as the register import or a test from outside.",
            part(
                "One caller.",
                process=choice("Whose API; the vault's is for intake and reception alone.", *open_to),
                **{"from": peers("Where it calls from.")},
            ),
        ),
    )


def _monitoring() -> Schema:
    return part(
        "Watching through the Prometheus operator.",
        enabled=flag("Make ServiceMonitors and the rules of the alerts."),
        namespace=text("Where Prometheus runs.", DNS_LABEL),
        labels=labels("The labels of Prometheus' pods."),
        select=named(
            "Labels by which the operator takes monitors and rules.",
            LABEL_KEY,
            text("The value.", r"^.{0,63}$"),
        ),
        dashboards=labels("Labels by which Grafana finds the dashboards, which are ConfigMaps."),
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


def _room(name: str, what: str) -> Schema:
    return part(what, resources=resources(f"Of each of the {name}."))


def _process(name: str) -> Schema:
    return part(
        f"The process {name}.",
        replicas=whole("How many run.", 1, MOST_REPLICAS),
        resources=resources("Of each."),
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
