"""The chart as rendered: exactly the listed ways, every pod restricted, and a linter that finds its sins."""

import copy
import importlib
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from deploy.helm.secret_manifests import manifests, secrets_of
from deploy.local.home import Home
from deploy.local.ports import Ports
from deploy.prometheus.scrape import JOB, targets
from deploy.ways import SPEAK_KAFKA
from services.chassis.settings import Settings, refuse_unsafe
from tests.chart import graph
from tests.chart.definitions import Definitions, closed
from tests.chart.helm import STEPS, Refused, Step, found_helm, of_kind, render
from tests.chart.mistakes import BY_CHART, Mistake
from tests.chart.policies import findings
from tests.chart.rendered import differences
from tests.chart.shapes import look
from tests.support.authority import Authority

pytestmark = pytest.mark.skipif(found_helm() is None, reason="no helm here; make chart builds one, once")
OFFICE = Step("office", upgrade=True)
NONE_KNOWN = Definitions({}, {}, 0)
Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def office() -> list[Any]:
    return render(OFFICE)


@pytest.fixture
def worker(office: list[Any]) -> dict[str, Any]:
    return copy.deepcopy(next(one for one in of_kind(office, "Deployment") if "intake-worker" in str(one)))


def pod(manifest: dict[str, Any]) -> Any:
    return manifest["spec"]["template"]["spec"]


def container(manifest: dict[str, Any]) -> Any:
    return pod(manifest)["containers"][0]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_profile_breaks_no_policy_and_opens_exactly_the_listed_ways(step: Step) -> None:
    rendered = render(step)

    assert findings(rendered) == []
    assert differences(rendered) == []
    if not step.ground_only:
        assert graph.differences(step, graph.draw(rendered)) == []
    assert look(of_kind(rendered, "Deployment", "Job", "NetworkPolicy"), NONE_KNOWN, ("1.35",)).wrong == []


@pytest.mark.parametrize("mistake", BY_CHART, ids=lambda mistake: mistake.name)
def test_what_is_unsafe_is_not_rendered_and_the_refusal_says_why(mistake: Mistake) -> None:
    with pytest.raises(Refused, match=re.escape(mistake.word)):
        render(mistake.step, mistake.changed)


SINS: tuple[tuple[str, Change], ...] = (
    ("may run as root", lambda m: pod(m)["securityContext"].pop("runAsNonRoot")),
    ("no seccomp profile", lambda m: pod(m)["securityContext"].pop("seccompProfile")),
    ("a token is mounted", lambda m: pod(m).pop("automountServiceAccountToken")),
    ("shares what is the node's", lambda m: pod(m).update(hostNetwork=True)),
    ("mounts hostPath", lambda m: pod(m)["volumes"].append({"name": "x", "hostPath": {"path": "/"}})),
    ("may fill the node", lambda m: pod(m)["volumes"].append({"name": "x", "emptyDir": {}})),
    ("may all run on one node", lambda m: pod(m).pop("topologySpreadConstraints")),
    ("killed before", lambda m: pod(m).update(terminationGracePeriodSeconds=5)),
    ("may gain privileges", lambda m: container(m)["securityContext"].pop("allowPrivilegeEscalation")),
    ("its root can be written", lambda m: container(m)["securityContext"].pop("readOnlyRootFilesystem")),
    ("keeps capabilities", lambda m: container(m)["securityContext"]["capabilities"].update(add=["NET_RAW"])),
    ("without a version", lambda m: container(m).update(image="localhost:5000/dengwen")),
    ("without a version", lambda m: container(m).update(image="localhost/dengwen:latest")),
    ("no limits of memory", lambda m: container(m)["resources"]["limits"].pop("memory")),
    ("no livenessProbe", lambda m: container(m).pop("livenessProbe")),
    ("holds a secret", lambda m: container(m)["env"].append({"name": "X_PASSWORD", "value": "hunter2"})),
    ("password in an address", lambda m: container(m)["env"].append({"name": "X_DSN", "value": "pg://u:p@h/d"})),
    ("no policy closes its ways", lambda m: m["spec"]["template"]["metadata"]["labels"].clear()),
)  # fmt: skip


@pytest.mark.parametrize(("word", "sin"), SINS, ids=[word for word, _ in SINS])
def test_the_linter_finds_a_planted_sin_in_a_workload(
    office: list[Any], worker: dict[str, Any], word: str, sin: Change
) -> None:
    sin(worker)
    others = [
        one
        for one in office
        if one["metadata"]["name"] != worker["metadata"]["name"] or one["kind"] != "Deployment"
    ]

    assert any(word in finding for finding in findings([*others, worker]))


@pytest.mark.parametrize(
    ("word", "manifest"),
    [
        ("no need of", {"kind": "Secret", "metadata": {"name": "x"}}),
        ("within the cluster", {"kind": "Service", "metadata": {"name": "x"}, "spec": {"type": "NodePort"}}),
        ("brings a token", {"kind": "ServiceAccount", "metadata": {"name": "x"}}),
        ("pages without TLS", {"kind": "Ingress", "metadata": {"name": "x"}, "spec": {}}),
        (
            "egress open to all",
            {
                "kind": "NetworkPolicy",
                "metadata": {"name": "x"},
                "spec": {"podSelector": {"a": "b"}, "egress": [{}]},
            },
        ),
        (
            "open to all pods",
            {
                "kind": "NetworkPolicy",
                "metadata": {"name": "x"},
                "spec": {"podSelector": {"a": "b"}, "ingress": [{"from": [{"podSelector": {}}]}]},
            },
        ),
        ("labels are missing", {"kind": "Service", "metadata": {"name": "x"}, "spec": {}}),
    ],
)
def test_the_linter_finds_a_manifest_that_opens_or_holds_too_much(
    word: str, manifest: dict[str, Any]
) -> None:
    assert any(word in finding for finding in findings([manifest]))


def test_a_misspelt_field_and_a_wrong_type_are_found_by_the_schemas_of_kubernetes(
    worker: dict[str, Any],
) -> None:
    misspelt, mistyped = copy.deepcopy(worker), copy.deepcopy(worker)
    container(misspelt)["redinessProbe"] = container(misspelt).pop("readinessProbe")
    mistyped["spec"]["replicas"] = "two"

    assert look([worker], NONE_KNOWN).wrong == []
    assert look([misspelt], NONE_KNOWN).wrong != []
    assert look([mistyped], NONE_KNOWN).wrong != []


def test_a_field_that_an_operator_does_not_name_is_found_and_a_kind_nobody_defines_is_skipped() -> None:
    spec = {"type": "object", "properties": {"partitions": {"type": "integer"}}}
    schema = closed(
        {"type": "object", "properties": {"spec": spec, "kind": {}, "apiVersion": {}, "metadata": {}}}
    )
    known = Definitions({("k/v1", "KafkaTopic"): schema}, {}, 0)
    topic = {"apiVersion": "k/v1", "kind": "KafkaTopic", "metadata": {"name": "t"}, "spec": {"partition": 12}}

    assert "partition" in look([topic], known).wrong[0]
    assert look([topic], NONE_KNOWN).skipped == {"k/v1/KafkaTopic": 1}


def test_a_way_too_many_and_a_way_too_few_are_found(office: list[Any]) -> None:
    more, fewer, told = (copy.deepcopy(office) for _ in range(3))
    policy_of(more, "console-api")["egress"].append(policy_of(more, "intake-api")["egress"][1])
    policy_of(fewer, "vault-api")["ingress"][0]["from"].pop()
    review = next(
        one for one in of_kind(told, "Deployment") if one["metadata"]["name"].endswith("review-api")
    )
    container(review)["env"].append(
        {"name": "DENGWEN_REVIEW_VAULT_URL", "value": "http://dw-dengwen-vault-api:8106"}
    )

    assert any("too many" in word for word in graph.differences(OFFICE, graph.draw(more)))
    assert any("in: missing" in word for word in graph.differences(OFFICE, graph.draw(fewer)))
    assert any("told: too many" in word for word in graph.differences(OFFICE, graph.draw(told)))


def policy_of(rendered: list[Any], process: str) -> dict[str, Any]:
    name = f"dw-dengwen-{process}"
    return next(p["spec"] for p in of_kind(rendered, "NetworkPolicy") if p["metadata"]["name"] == name)


def test_a_topic_with_other_settings_and_a_right_too_many_are_found(office: list[Any]) -> None:
    changed = copy.deepcopy(office)
    next(of_kind(changed, "KafkaTopic"))["spec"]["config"]["retention.ms"] = "1"
    next(of_kind(changed, "KafkaUser"))["spec"]["authorization"]["acls"][0]["operations"] = ["All"]

    assert len(differences(changed)) == 4


def asked_for(rendered: list[Any]) -> set[str]:
    """The names of the Secrets that pods mount."""
    names = set()
    for one in of_kind(rendered, "Deployment", "Job"):
        for volume in pod(one)["volumes"]:
            parts = volume.get("projected", {}).get("sources", [volume])
            names |= {
                part["secret"].get("secretName", part["secret"].get("name"))
                for part in parts
                if "secret" in part
            }
    return names


def test_every_secret_that_pods_ask_for_is_made_or_is_an_operators(office: list[Any], tmp_path: Path) -> None:
    trial = asked_for(render(Step("trial")))
    made = {f"dengwen-{name}" for name in secrets_of(Home(tmp_path / "safe"))}
    left = {f"dengwen-{name}" for name in secrets_of(Home(tmp_path / "safe"), ["kafka", "postgres"])}

    by_operators = asked_for(office) - left

    assert trial == made
    assert by_operators == {
        "dengwen-kafka-cluster-ca-cert", "dengwen-postgres-ca", "dengwen-postgres-superuser",
        "dengwen-vault-postgres-ca", "dengwen-vault-postgres-superuser",
    } | {f"dengwen-kafka-{user['metadata']['name']}" for user in of_kind(office, "KafkaUser")}  # fmt: skip
    assert (
        next(of_kind(office, "Kafka"))["spec"]["entityOperator"]["userOperator"]["secretPrefix"]
        == "dengwen-kafka-"
    )


@pytest.mark.parametrize("step", [Step("trial"), OFFICE], ids=lambda step: step.name)
def test_every_process_accepts_the_settings_and_the_secrets_that_the_chart_gives_it(
    step: Step, tmp_path: Path
) -> None:
    secrets = secrets_of(Home(tmp_path / "safe"))
    authority = Authority.make(tmp_path, "ours").file.read_bytes()
    for one in of_kind(render(step), "Deployment"):
        place = tmp_path / one["metadata"]["name"]
        for volume, mount in mounted(one).items():
            name = volume.removeprefix("dengwen-")
            fill(place / mount.lstrip("/"), secrets.get(name, {"ca.crt": authority}))
        service, _, kind = one["metadata"]["labels"]["app.kubernetes.io/component"].rpartition("-")

        settings = accepted(one, service, place)

        refuse_unsafe(settings, {"DENGWEN_RELEASE": "1"})
        assert (settings.kafka_username is not None) == (kind != "api" and service in SPEAK_KAFKA)
        if settings.kafka_username:
            assert (settings.broker().tls is not None) == (step.profile != "trial")
        assert ("verify-full" in settings.database_dsn.get_secret_value()) == (step.profile != "trial")


def test_a_secret_is_made_once_and_never_replaced(tmp_path: Path) -> None:
    first, second = (secrets_of(Home(tmp_path / "safe")) for _ in range(2))
    other = secrets_of(Home(tmp_path / "other"))

    assert first == second
    assert [name for name in first if first[name] == other[name]] == []
    assert {one["kind"] for one in manifests(first, "x")} == {"Secret"}


def mounted(deployment: dict[str, Any]) -> dict[str, str]:
    """Where each Secret of a deployment is seen, by its name."""
    where = {mount["name"]: mount["mountPath"] for mount in container(deployment)["volumeMounts"]}
    secrets = [volume for volume in pod(deployment)["volumes"] if "secret" in volume]
    return {volume["secret"]["secretName"]: where[volume["name"]] for volume in secrets}


def fill(folder: Path, content: Mapping[str, bytes]) -> None:
    """Write the files of a Secret as private ones."""
    folder.mkdir(parents=True, mode=0o700)
    for name, text in content.items():
        (folder / name).touch(0o600)
        (folder / name).write_bytes(text)


def accepted(deployment: dict[str, Any], service: str, place: Path) -> Settings:
    """What the service's own settings make of the environment, its files read below ``place``."""
    given = {one["name"]: one["value"] for one in container(deployment)["env"]}
    below = {name: re.sub(r"(?<![\w.])/run/", f"{place}/run/", value) for name, value in given.items()}
    module = importlib.import_module(f"services.{service}.settings")
    kind: type[Settings] = getattr(module, f"{service.capitalize()}Settings")
    return kind.from_environ(f"DENGWEN_{service.upper()}_", below)


def test_prometheus_sees_the_labels_in_the_cluster_that_the_rules_were_written_for(office: list[Any]) -> None:
    monitor = next(of_kind(office, "ServiceMonitor"))["spec"]["endpoints"][0]
    expected = {t["labels"]["process"]: {**t["labels"], "job": JOB} for t in targets(Ports.of({}))}
    seen = {}
    for service in of_kind(office, "Service"):
        component = service["metadata"]["labels"]["app.kubernetes.io/component"]
        seen[component] = relabelled(monitor["relabelings"], component)

    assert seen == expected
    assert monitor["honorLabels"] is True


def relabelled(rules: list[dict[str, Any]], component: str) -> dict[str, str]:
    """The labels that the rules make of a service of that component, as Prometheus would."""
    labels = {}
    for rule in rules:
        text = component if "sourceLabels" in rule else ""
        found = re.fullmatch(rule.get("regex", "(.*)"), text)
        assert found is not None
        labels[rule["targetLabel"]] = found.expand(rule.get("replacement", r"$1").replace("$", "\\"))
    return labels
