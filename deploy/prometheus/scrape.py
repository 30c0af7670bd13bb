"""What Prometheus looks at: every process of the platform, from the table that the local platform starts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from deploy.local.ports import LOOPBACK, Ports
from deploy.local.processes import KINDS

HERE = Path(__file__).parent
RULES = HERE / "rules"
JOB, INSTALLATION = "dengwen", "dengwen-installation"
LOOK_SECONDS = 15
"""How often each process is looked at. The rules reckon with two looks a minute at least."""


def targets(ports: Ports) -> list[dict[str, Any]]:
    """One target a process on loopback, with the labels ``process``, ``service`` and ``kind``."""
    return [
        {
            "targets": [f"{LOOPBACK}:{ports.operations(service, kind)}"],
            "labels": {"process": f"{service}-{kind}", "service": service, "kind": kind},
        }
        for service, kinds in KINDS.items()
        for kind in kinds
    ]


def configuration(ports: Ports, every_seconds: int = LOOK_SECONDS) -> Mapping[str, Any]:
    """The configuration of a Prometheus beside a local platform; the rules are those of every installation.

    The operations ports ask for no credentials: they listen on loopback (in a cluster, behind a network
    policy) and show counts only. ``honor_labels`` keeps the label ``service`` that a metric brings along.
    """
    every = f"{every_seconds}s"
    return {
        "global": {
            "scrape_interval": every,
            "scrape_timeout": f"{min(every_seconds, 5)}s",
            "evaluation_interval": every,
        },
        "rule_files": [str(RULES / "*.yaml")],
        "scrape_configs": [
            {
                "job_name": JOB,
                "honor_labels": True,
                "static_configs": targets(ports),
                "metric_relabel_configs": [
                    {"source_labels": ["__name__"], "regex": ".*_created", "action": "drop"}
                ],
            },
            {
                "job_name": INSTALLATION,
                "static_configs": [{"targets": [f"{LOOPBACK}:{ports.measures}"]}],
            },
        ],
    }


def render(ports: Ports, every_seconds: int = LOOK_SECONDS) -> str:
    """The configuration as the text of a ``prometheus.yml``."""
    return yaml.safe_dump(configuration(ports, every_seconds), sort_keys=False, allow_unicode=True)
