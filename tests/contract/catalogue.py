"""The contracts as the tests read them: schemas, examples, topics, and what each service says and hears."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = ROOT / "contracts"
SPEAKERS = ("intake", "referral", "review", "reception", "analytics", "vault")
TYPE = re.compile(r"^(?:intake|referral|review|reception|analytics|vault)\.[a-z]+(?:-[a-z]+)*\.v[1-9][0-9]*$")
Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """One version of one fact: its schema and its examples."""

    type: str
    schema: Schema
    examples: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one AsyncAPI file says: (address, type) pairs that are sent and received."""

    sends: frozenset[tuple[str, str]]
    receives: frozenset[tuple[str, str]]


@cache
def events() -> Mapping[str, Event]:
    """Every fact by type, such as ``intake.report-frozen.v1``."""
    found = {}
    for file in sorted((CONTRACTS / "events").glob("*/*/v*.schema.json")):
        version = file.name.removesuffix(".schema.json")
        name = f"{file.parent.parent.name}.{file.parent.name}.{version}"
        folder = file.parent / ("examples" if version == "v1" else f"examples-{version}")
        found[name] = Event(name, read(file), {e.stem: read(e) for e in sorted(folder.glob("*.json"))})
    return found


@cache
def topics() -> Mapping[str, Mapping[str, Any]]:
    """The rows of topics.yaml by name; those of a Faust app are left out."""
    rows = yaml.safe_load((CONTRACTS / "topics.yaml").read_text(encoding="utf-8"))["topics"]
    return {row["name"]: row for row in rows if not row.get("internal")}


@cache
def reference(name: str) -> Any:
    """One file of reference data."""
    return yaml.safe_load((CONTRACTS / "reference" / f"{name}.yaml").read_text(encoding="utf-8"))


@cache
def code_lists() -> Mapping[str, frozenset[str]]:
    """The codes of every list that a field may name in ``x-code-list``."""
    taxonomy = reference("taxonomy")
    lists = {
        name: frozenset(row["code"] for row in rows)
        for name, rows in taxonomy.items()
        if isinstance(rows, list)
    }
    subs = {sub["code"] for group in taxonomy["violations"] for sub in group["subs"]}
    regions = frozenset(row["code"] for row in reference("regions")["regions"])
    return {**lists, "violations": lists["violations"] | subs, "regions": regions}


@cache
def spoken(service: str) -> Spoken:
    """What ``contracts/asyncapi/<service>.yaml`` says that a service says and hears."""
    file = yaml.safe_load((CONTRACTS / "asyncapi" / f"{service}.yaml").read_text(encoding="utf-8"))
    pairs: dict[str, set[tuple[str, str]]] = {"send": set(), "receive": set()}
    for operation in file["operations"].values():
        channel = file["channels"][_last(operation["channel"])]
        for reference_ in operation["messages"]:
            message = channel["messages"][_last(reference_)]
            pairs[operation["action"]].add((channel["address"], _last(message)))
    return Spoken(frozenset(pairs["send"]), frozenset(pairs["receive"]))


def heard(service: str) -> frozenset[str]:
    """The types a service hears."""
    return frozenset(kind for _, kind in spoken(service).receives)


def said(service: str) -> frozenset[str]:
    """The types a service says."""
    return frozenset(kind for _, kind in spoken(service).sends)


def exists(service: str) -> bool:
    """Whether the service can be started; from then on the tests ask all of it."""
    return (ROOT / "services" / service / "main.py").exists()


def parts(schema: Any, at: str = "$") -> Iterator[tuple[str, Any]]:
    """Every object inside a schema with the place where it stands."""
    yield at, schema
    if isinstance(schema, Mapping):
        for name, inner in schema.items():
            yield from parts(inner, f"{at}.{name}")
    elif isinstance(schema, list):
        for index, inner in enumerate(schema):
            yield from parts(inner, f"{at}[{index}]")


def read(file: Path) -> Any:
    """The JSON of a file."""
    return json.loads(file.read_text(encoding="utf-8"))


def _last(reference_: Mapping[str, str]) -> str:
    return reference_["$ref"].rpartition("/")[2]
