"""The linter of rendered manifests: what no pod, policy or service of ours may be, in words for each finding.

Pod Security "restricted", and more: limits, probes, no writable root, no token, no secret in a variable, no
way in or out that names nobody.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.chart.helm import Manifest, of_kind
from tests.chart.shapes import name_of

WORKLOADS = ("Deployment", "Job")
LABELS = ("name", "instance", "component", "part-of", "version", "managed-by")
PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
MAY_MOUNT = {"emptyDir", "secret", "projected"}
NEVER = {
    "Secret", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "Pod", "DaemonSet",
    "PersistentVolume", "Namespace",
}  # fmt: skip
"""Kinds that the chart has no need of; a Secret in it would hold a value."""
SECRET = re.compile(r"PASSWORD|SECRET|TOKEN(?!_KEYS_FILE|_SECONDS)|PRIVATE")
PASSWORD_IN_ADDRESS = re.compile(r"://[^/@\s:]*:[^/@\s]+@")
EVERYWHERE = {"0.0.0.0/0", "::/0"}


def findings(manifests: Sequence[Manifest]) -> list[str]:
    """Everything that is wrong, each with the name of its manifest; empty when all is well."""
    found = [f"{name_of(one)}: {word}" for one in manifests for word in _one(one)]
    return found + [f"{name_of(one)}: {word}" for one in manifests for word in _together(one, manifests)]


def _one(manifest: Manifest) -> Iterator[str]:
    kind, labels = manifest["kind"], manifest["metadata"].get("labels", {})
    if kind in NEVER:
        yield "a kind that the chart has no need of"
    missing = [label for label in LABELS if f"app.kubernetes.io/{label}" not in labels]
    if missing:
        yield f"labels are missing: {', '.join(missing)}"
    if kind in WORKLOADS:
        yield from _workload(manifest)
    elif kind == "NetworkPolicy":
        yield from _policy(manifest["spec"])
    elif kind == "Service" and manifest["spec"].get("type", "ClusterIP") != "ClusterIP":
        yield "a Service is reached within the cluster alone"
    elif kind == "ServiceAccount" and manifest.get("automountServiceAccountToken") is not False:
        yield "the account brings a token"
    elif kind == "Ingress" and not manifest["spec"].get("tls"):
        yield "pages without TLS"


def _workload(manifest: Manifest) -> Iterator[str]:
    pod = manifest["spec"]["template"]["spec"]
    yield from _pod(pod)
    for container in [*pod.get("initContainers", []), *pod["containers"]]:
        yield from (f"{container['name']}: {word}" for word in _container(container))
        if manifest["kind"] == "Deployment":
            missing = [probe for probe in PROBES if probe not in container]
            if missing:
                yield f"{container['name']}: no {', '.join(missing)}"
    if manifest["kind"] == "Deployment":
        if not pod.get("topologySpreadConstraints"):
            yield "its pods may all run on one node"
        if pod.get("terminationGracePeriodSeconds", 30) < 40:
            yield "killed before its requests are done"
    elif not manifest["spec"].get("activeDeadlineSeconds"):
        yield "a job without an end"


def _pod(pod: Mapping[str, Any]) -> Iterator[str]:
    security = pod.get("securityContext", {})
    if security.get("runAsNonRoot") is not True or not security.get("runAsUser"):
        yield "may run as root"
    if security.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "no seccomp profile"
    if pod.get("automountServiceAccountToken") is not False:
        yield "a token is mounted"
    if any(pod.get(word) for word in ("hostNetwork", "hostPID", "hostIPC")):
        yield "shares what is the node's"
    for volume in pod.get("volumes", []):
        if kinds := set(volume) - {"name"} - MAY_MOUNT:
            yield f"mounts {', '.join(sorted(kinds))}"
        if "emptyDir" in volume and not volume["emptyDir"].get("sizeLimit"):
            yield f"{volume['name']} may fill the node"


def _container(container: Mapping[str, Any]) -> Iterator[str]:
    security = container.get("securityContext", {})
    if security.get("allowPrivilegeEscalation") is not False or security.get("privileged"):
        yield "may gain privileges"
    if security.get("readOnlyRootFilesystem") is not True:
        yield "its root can be written"
    if security.get("capabilities") != {"drop": ["ALL"]}:
        yield "keeps capabilities"
    if security.get("runAsUser") == 0 or security.get("runAsNonRoot") is False:
        yield "runs as root"
    _, colon, tag = container["image"].rpartition("/")[2].partition(":")
    if not colon or not tag or tag == "latest":
        yield "an image without a version"
    for group in ("requests", "limits"):
        if missing := {"cpu", "memory"} - set(container.get("resources", {}).get(group, {})):
            yield f"no {group} of {', '.join(sorted(missing))}"
    yield from _words(container)


def _words(container: Mapping[str, Any]) -> Iterator[str]:
    """What its variables and its command say that is nobody's to read."""
    for variable in container.get("env", []):
        name, value = variable["name"], str(variable.get("value", ""))
        if SECRET.search(name) and not name.endswith("_FILE") and not name.endswith("_FOLDER"):
            yield f"{name} holds a secret"
        if PASSWORD_IN_ADDRESS.search(value):
            yield f"{name} has a password in an address"
    if any(PASSWORD_IN_ADDRESS.search(word) for word in container.get("command", [])):
        yield "a password in its command"


def _policy(spec: Mapping[str, Any]) -> Iterator[str]:
    if not spec.get("podSelector"):
        yield "a policy of all pods of the namespace, ours or not"
    for way, peers in (("ingress", "from"), ("egress", "to")):
        for rule in spec.get(way, []):
            if not rule.get(peers):
                yield f"{way} open to all"
            for peer in rule.get(peers, []):
                yield from _peer(peer, way)


def _peer(peer: Mapping[str, Any], way: str) -> Iterator[str]:
    if peer.get("ipBlock", {}).get("cidr") in EVERYWHERE:
        yield f"{way} open to all addresses"
    selectors = [peer.get("podSelector"), peer.get("namespaceSelector")]
    if "ipBlock" not in peer and not any(selector and selector.get("matchLabels") for selector in selectors):
        yield f"{way} open to all pods"


def _together(manifest: Manifest, manifests: Sequence[Manifest]) -> Iterator[str]:
    """What a workload needs beside itself: a budget, a service, an account, a policy of its own."""
    if manifest["kind"] not in WORKLOADS:
        return
    labels = manifest["spec"]["template"]["metadata"]["labels"]
    own = [one for one in of_kind(list(manifests), "NetworkPolicy") if _selects(one["spec"], labels)]
    if not any({"Ingress", "Egress"} == set(one["spec"].get("policyTypes", [])) for one in own):
        yield "no policy closes its ways"
    if manifest["kind"] == "Job":
        return
    if not any(_selects(one["spec"], labels) for one in of_kind(list(manifests), "PodDisruptionBudget")):
        yield "no disruption budget"
    account = manifest["spec"]["template"]["spec"].get("serviceAccountName")
    if account not in {one["metadata"]["name"] for one in of_kind(list(manifests), "ServiceAccount")}:
        yield "no account of its own"


def _selects(spec: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    selector = spec.get("podSelector", spec.get("selector", {}))
    wanted = selector.get("matchLabels", {})
    return bool(wanted) and wanted.items() <= labels.items()
