"""The ways of a rendered chart: as its network policies open them, and as its processes are told of them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deploy.ways import FURNISH, KAFKA, POSTGRES, PUBLIC, SEALED_OFF, VAULT_POSTGRES, Way, processes, ways
from tests.chart.helm import Manifest, Step, of_kind, values_of

COMPONENT = "app.kubernetes.io/component"
ADDRESS = re.compile(r"(?:https?|postgresql)://(?:[^@/\"]*@)?([a-z0-9.-]+):(\d+)")
OURS = {process.name for process in processes()} | set(FURNISH)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The ways of one rendering: opened out, opened in, told by settings, and in from outside."""

    out: frozenset[Way]
    inner: frozenset[Way]
    told: frozenset[Way]
    outside: frozenset[tuple[str, str, str]]
    names: Mapping[str, int]


def draw(manifests: Sequence[Manifest]) -> Drawn:
    """All of them."""
    return Drawn(
        out=frozenset(drawn_by_callers(manifests)),
        inner=frozenset(drawn_by_callees(manifests)),
        told=frozenset(drawn_by_settings(manifests)),
        outside=frozenset(from_outside(manifests)),
        names=names_asked(manifests),
    )


def wanted(step: Step) -> frozenset[Way]:
    """The ways of the table; where Strimzi makes topics by itself, no job of ours does."""
    by_job = values_of(step.profile)["kafka"]["kind"] == "existing"
    return frozenset(way for way in ways() if by_job or way.caller != "topics")


def differences(step: Step, drawn: Drawn) -> list[str]:
    """Every way too many and every way missing, in words; empty when the chart opens exactly the table."""
    table = wanted(step)
    within = {way for way in table if way.port in {"http", "operations"}}
    found = []
    for name, got, listed in (
        ("out", drawn.out, table),
        ("in", drawn.inner, within),
        ("told", drawn.told, table),
    ):
        found += [f"{name}: too many {way}" for way in sorted(got - listed)]
        found += [f"{name}: missing {way}" for way in sorted(listed - got)]
    asked = drawn.outside ^ allowed_outside(values_of(step.profile))
    found += [f"from outside: {way}" for way in sorted(asked)]
    return found + [f"{who} asks for names by {n} rules" for who, n in drawn.names.items() if n != 1]


def drawn_by_callers(manifests: Sequence[Manifest]) -> set[Way]:
    """The ways out that policies open, names aside."""
    found = set()
    for caller, spec in _policies(manifests):
        for rule in spec.get("egress", []):
            for peer in rule["to"]:
                found |= {Way(caller, *end) for end in _ends(caller, peer, rule["ports"])}
    return found


def drawn_by_callees(manifests: Sequence[Manifest]) -> set[Way]:
    """The ways in that policies open between processes of ours."""
    found = set()
    for callee, spec in _policies(manifests):
        for rule in spec.get("ingress", []):
            callers = [_component(peer) for peer in rule["from"]]
            ports = [port["port"] for port in rule["ports"]]
            found |= {Way(caller, callee, port) for caller in callers if caller for port in ports}
    return found


def from_outside(manifests: Sequence[Manifest]) -> set[tuple[str, str, str]]:
    """The ways in for others: (namespace or network, process, port)."""
    found = set()
    for callee, spec in _policies(manifests):
        for rule in spec.get("ingress", []):
            for peer in (peer for peer in rule["from"] if not _component(peer)):
                space = peer.get("namespaceSelector", {}).get("matchLabels", {})
                who = space.get("kubernetes.io/metadata.name") or peer.get("ipBlock", {}).get("cidr", "here")
                found |= {(who, callee, str(port["port"])) for port in rule["ports"]}
    return found


def allowed_outside(values: Mapping[str, Any]) -> set[tuple[str, str, str]]:
    """The ways in for others that the values ask for: Prometheus everywhere, people to the pages."""
    found = set()
    if values["monitoring"]["enabled"]:
        found |= {(values["monitoring"]["namespace"], p.name, "operations") for p in processes()}
    if values["access"]["kind"] != "none":
        pages = {f"{service}-api" for service in PUBLIC} & {process.name for process in processes()}
        found |= {(peer["namespace"], page, "http") for peer in values["access"]["entry"] for page in pages}
    return found


def drawn_by_settings(manifests: Sequence[Manifest]) -> set[Way]:
    """The ways that processes and jobs are told through their environment."""
    found = set()
    for one in of_kind(list(manifests), "Deployment", "Job"):
        caller = one["metadata"]["labels"][COMPONENT]
        for container in one["spec"]["template"]["spec"]["containers"]:
            for variable in container["env"]:
                found |= {Way(caller, *end) for end in _told(caller, variable["name"], variable["value"])}
    return found


def names_asked(manifests: Sequence[Manifest]) -> dict[str, int]:
    """How many rules let each process ask for names."""
    return {
        caller: sum(_for_names(rule) for rule in spec.get("egress", []))
        for caller, spec in _policies(manifests)
    }


def _policies(manifests: Sequence[Manifest]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for one in of_kind(list(manifests), "NetworkPolicy"):
        component = one["spec"]["podSelector"]["matchLabels"].get(COMPONENT)
        if component in OURS:
            yield component, one["spec"]


def _component(peer: Mapping[str, Any]) -> str | None:
    name: str | None = peer.get("podSelector", {}).get("matchLabels", {}).get(COMPONENT)
    return name


def _for_names(rule: Mapping[str, Any]) -> bool:
    return {port["port"] for port in rule["ports"]} == {53}


def _ends(
    caller: str, peer: Mapping[str, Any], ports: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[str, str]]:
    """Callee and port of one peer; none for who answers for names."""
    if {port["port"] for port in ports} == {53}:
        return
    if callee := _component(peer):
        yield from ((callee, str(port["port"])) for port in ports)
        return
    labels = peer.get("podSelector", {}).get("matchLabels", {})
    kafka = "strimzi.io/cluster" in labels or labels.get("app.kubernetes.io/name") == "kafka"
    place = KAFKA if kafka else _server(caller)
    vault = "vault" in labels.get("cnpg.io/cluster", "")
    if "cnpg.io/cluster" in labels and vault != (place == VAULT_POSTGRES):
        place = f"the wrong server {labels['cnpg.io/cluster']}"
    yield place, place


def _server(caller: str) -> str:
    """Which of the two servers is meant, where one host stands for both."""
    return VAULT_POSTGRES if SEALED_OFF in caller else POSTGRES


def _told(caller: str, name: str, value: str) -> Iterator[tuple[str, str]]:
    if name.endswith("_BOOTSTRAP"):
        yield KAFKA, KAFKA
    for host, port in ADDRESS.findall(value):
        if name.endswith("_DSN"):
            yield _server(caller), _server(caller)
        else:
            process = next(p for p in processes() if host.endswith(f"-{p.name}"))
            yield process.name, next(word for word, number in process.ports.items() if number == int(port))
