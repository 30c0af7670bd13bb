"""Which series there are: those of the typed list, those the libraries add, those the rules record."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from prometheus_client import Counter, Gauge, Histogram

from deploy.local import measures
from deploy.prometheus.scrape import RULES
from services.chassis import metrics

Metric = Counter | Gauge | Histogram
SUFFIXES: dict[type, tuple[str, ...]] = {
    Counter: ("_total",),
    Gauge: ("",),
    Histogram: ("_bucket", "_sum", "_count"),
}
OF_LIBRARIES = frozenset(
    {
        "ALERTS",
        "kubelet_volume_stats_available_bytes",
        "kubelet_volume_stats_capacity_bytes",
        "process_cpu_seconds_total",
        "process_max_fds",
        "process_open_fds",
        "process_resident_memory_bytes",
        "process_start_time_seconds",
        "up",
    }
)
"""Of what Prometheus, its Python client and a cluster tell by themselves, the series we use."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a rule file, of a group; ``name`` is its alert or the series it records."""

    name: str
    query: str
    is_alert: bool
    annotations: dict[str, str]
    labels: dict[str, str]


def listed() -> dict[str, tuple[str, ...]]:
    """The series of each metric of the two typed lists, the services' and the machine's, by its name."""
    both = [*vars(metrics).values(), *vars(measures).values()]
    found = [value for value in both if isinstance(value, Counter | Gauge | Histogram)]
    return {_name(metric): tuple(_name(metric) + end for end in SUFFIXES[type(metric)]) for metric in found}


def _name(metric: Metric) -> str:
    (family,) = metric.describe()
    return str(family.name)


def rule_files() -> list[Path]:
    """The rule files, in the order of their names."""
    return sorted(RULES.glob("*.yaml"))


def rules() -> Iterator[Rule]:
    """Every rule of every file."""
    for file in rule_files():
        groups: list[dict[str, Any]] = yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]
        for row in (row for group in groups for row in group["rules"]):
            yield Rule(
                name=row.get("alert") or row["record"],
                query=row["expr"],
                is_alert="alert" in row,
                annotations=row.get("annotations", {}),
                labels=row.get("labels", {}),
            )


def recorded() -> frozenset[str]:
    """The series that rules record."""
    return frozenset(rule.name for rule in rules() if not rule.is_alert)
