"""Writes into the chart what it shares with the embedded default, so that nothing is said twice.

``python -m deploy.helm.topology`` makes, from the table of ways, the topics, the roles and the settings of
PostgreSQL and of each service: ``dengwen/files/topology.yaml``, ``dengwen/values.schema.json`` and the table
``values.md``. They are committed; a test compares them with their sources. Alerts and dashboards need no
copy: beside them are links to ``deploy/prometheus/rules`` and ``deploy/grafana/dashboards``.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from deploy import ways
from deploy.helm.values_schema import values_schema
from deploy.helm.values_table import table
from deploy.local.postgres import LOGINS, SERVICES, SETTINGS
from deploy.topics import Rule, Topic, read_topics, rules_of, users_of
from services.chassis.settings import Settings

HERE = Path(__file__).resolve().parent
CHART = HERE / "dengwen"
OF_THE_MACHINE = {"listen_addresses", "unix_socket_directories", "shared_buffers", "fsync", "max_connections"}
"""Settings of PostgreSQL that an operator or the size of an installation decides."""
HEADING = (
    "# Written by python -m deploy.helm.topology from the sources of the embedded default: change those.\n"
)


def topology() -> dict[str, Any]:
    """Processes with their ports and ways, jobs, databases, topics and users, as the templates read them."""
    topics = read_topics()
    return {
        "processes": [_process(process, topics) for process in ways.processes()],
        "jobs": [
            {"name": job, "furnishes": place, "services": _databases_at(place)}
            for job, place in ways.FURNISH.items()
        ],
        "logins": list(LOGINS),
        "poolSize": Settings.model_fields["pool_size"].default,
        "postgresSettings": {name: SETTINGS[name] for name in sorted(set(SETTINGS) - OF_THE_MACHINE)},
        "topics": [{"name": t.name, "partitions": t.partitions, "config": {**t.settings()}} for t in topics],
        "users": [
            {"name": user, "acls": [_acl(rule) for rule in _ordered(topics) if rule.user == user]}
            for user in users_of(topics)
        ],
    }


def _process(process: ways.Process, topics: tuple[Topic, ...]) -> dict[str, Any]:
    own = ways.ways_from(process.name)
    callers = ways.ways_to(process.name)
    found: dict[str, Any] = {
        "name": process.name,
        "service": process.service,
        "kind": process.kind,
        "login": "api" if process.kind == "api" else "worker",
        "ports": dict(process.ports),
        "public": process.kind == "api" and process.service in ways.PUBLIC,
        "asks": sorted({way.callee.removesuffix("-api") for way in own if way.port == "http"}),
        "watches": [way.callee for way in own if way.port == "operations"],
        "database": next(way.callee for way in own if way.callee in {ways.POSTGRES, ways.VAULT_POSTGRES}),
        "kafka": any(way.callee == ways.KAFKA for way in own),
        "callers": {port: [way.caller for way in callers if way.port == port] for port in process.ports},
    }
    if process.kind == "worker":
        read = [topic.name for topic in topics if process.service in topic.readers]
        found["reads"] = {"group": f"petition.{process.service}", "topics": read}
    return found


def _databases_at(place: str) -> list[str]:
    """The services whose databases lie at a server; none lies at Kafka."""
    if place == ways.KAFKA:
        return []
    return [name for name in SERVICES if (name == ways.SEALED_OFF) == (place == ways.VAULT_POSTGRES)]


def _ordered(topics: tuple[Topic, ...]) -> list[Rule]:
    return sorted(rules_of(topics), key=lambda rule: (rule.kind, rule.name, rule.operation))


def _acl(rule: Rule) -> dict[str, Any]:
    pattern = "literal" if rule.kind == "topic" else "prefix"
    resource = {"type": rule.kind, "name": rule.name, "patternType": pattern}
    return {"resource": resource, "operations": [rule.operation.capitalize()], "host": "*"}


def files() -> Mapping[Path, str]:
    """Every file that is written, by its path, with its whole content."""
    return {
        CHART / "files" / "topology.yaml": HEADING + yaml.safe_dump(topology(), sort_keys=False, width=110),
        CHART / "values.schema.json": json.dumps(values_schema(), indent=1, ensure_ascii=False) + "\n",
        HERE / "values.md": table(
            values_schema(), yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))
        ),
    }


def main() -> int:
    """Write all of them."""
    for file, text in files().items():
        file.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
