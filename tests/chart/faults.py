"""Faults planted in rendered manifests, one for each kind an operator reads: its definition must find it."""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.chart.definitions import Definitions
from tests.chart.helm import Manifest, of_kind
from tests.chart.shapes import look

Change = Callable[[dict[str, Any]], object]
FAULTS: Mapping[str, Change] = {
    "Kafka": lambda spec: spec["kafka"]["listeners"][0].update(type="inside"),
    "KafkaNodePool": lambda spec: spec.update(roles=["broker", "zookeeper"]),
    "KafkaTopic": lambda spec: spec.update(partition=12),
    "KafkaUser": lambda spec: spec["authentication"].update(type="scram-sha-256"),
    "Cluster": lambda spec: spec.update(instances="three"),
    "ScheduledBackup": lambda spec: spec.update(method="tape"),
    "ServiceMonitor": lambda spec: spec["endpoints"][0].update(interval="often"),
    "PrometheusRule": lambda spec: spec["groups"][0]["rules"][0].pop("expr"),
    "ScaledObject": lambda spec: spec.update(maxReplicas=12),
    "TriggerAuthentication": lambda spec: spec["secretTargetRef"][0].pop("key"),
    "HTTPRoute": lambda spec: spec["rules"][0]["matches"][0]["path"].update(type="Prefix"),
}


def missed(manifests: Sequence[Manifest], known: Definitions) -> tuple[list[str], int]:
    """The kinds whose planted fault was not found, and how many were planted."""
    found, planted = [], 0
    for kind, change in FAULTS.items():
        one = copy.deepcopy(next(of_kind(list(manifests), kind)))
        if (one["apiVersion"], kind) not in known.schemas:
            continue
        planted += 1
        change(one["spec"])
        if not look([one], known).wrong:
            found.append(kind)
    return found, planted
