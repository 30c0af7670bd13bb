"""compose.yaml runs what the local supervisor runs: same ports, ways, roles and settings, held closely."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from deploy.container import composition
from deploy.container.doors import ports_of
from deploy.container.images import TARGETS, tag
from deploy.container.make_secrets import USER, VAULT_ADMINISTRATOR, names
from deploy.container.sources import version
from deploy.local.home import Home
from deploy.local.infrastructure import secret_names
from deploy.local.ports import Ports
from deploy.local.processes import Installation, environ_of
from deploy.ways import FURNISH, PUBLIC, Process, processes, ways, ways_to

TEXT = composition.FILE.read_text(encoding="utf-8")
GROUND = ("postgres", "postgres-vault", "kafka")
HERE = Installation(Home(Path("/nowhere")), Ports.of({}), dict.fromkeys(secret_names(), "word"))
GIVEN = {"DENGWEN_SECRETS": "/secrets"}
COMPOSED = composition.read(GIVEN)
ADDRESSES = COMPOSED.addresses()
ANSWERING = [*GROUND, *(process.name for process in processes())]
SECRET_LIKE = re.compile(r"[0-9a-f]{24,}|BEGIN [A-Z ]*PRIVATE|password=|postgres(?:ql)?://[^@/\s]*:[^@/\s]*@")


def settings_of(name: str) -> dict[str, str]:
    return {key: str(value) for key, value in COMPOSED.services[name]["environment"].items()}


def test_every_process_and_every_job_has_its_container_and_there_is_no_other() -> None:
    expected = {*GROUND, *FURNISH, *(process.name for process in processes())}

    assert set(COMPOSED.services) == expected


@pytest.mark.parametrize("process", processes(), ids=lambda process: process.name)
def test_a_process_runs_as_the_supervisor_would_run_it(process: Process) -> None:
    command = COMPOSED.services[process.name]["command"]

    assert command == ["python3", "-m", f"services.{process.service}.main", process.kind]


@pytest.mark.parametrize("process", processes(), ids=lambda process: process.name)
def test_a_process_is_told_the_same_settings_as_by_the_supervisor(process: Process) -> None:
    here = settings_of(process.name)
    prefix = f"DENGWEN_{process.service.upper()}_"
    local = {
        name: value
        for name, value in environ_of(HERE, process.service, process.kind).items()
        if name.startswith(prefix)
    }
    passwords = {f"{prefix}KAFKA_PASSWORD"} & local.keys()
    files = {f"{name}_FILE" for name in passwords} | {f"{prefix}DATABASE_PASSWORD_FILE"}
    own = {f"{prefix}HTTP_HOST"} | ({f"{prefix}SECURE_COOKIES"} if process.service == "console" else set())

    assert here.keys() == (local.keys() - passwords) | files | own
    for name in (f"{prefix}HTTP_PORT", f"{prefix}OPERATIONS_PORT", f"{prefix}KAFKA_USERNAME"):
        assert here.get(name) == local.get(name)
    assert role_and_database(here[f"{prefix}DATABASE_DSN"]) == role_and_database(
        local[f"{prefix}DATABASE_DSN"]
    )


def role_and_database(dsn: str) -> tuple[str, str]:
    found = re.fullmatch(r"postgresql://(\w+)(?::\w+)?@[\d.]+:\d+/(\w+)", dsn)
    assert found
    return found[1], found[2]


@pytest.mark.parametrize("callee", sorted({way.callee for way in ways()} | {f"{n}-api" for n in PUBLIC[:1]}))
def test_in_the_network_of_a_callee_are_its_callers_and_nobody_else(callee: str) -> None:
    assert COMPOSED.members(callee) == {callee, *(way.caller for way in ways_to(callee))}


def test_there_is_no_network_but_those_of_callees_and_none_leads_outwards() -> None:
    assert set(COMPOSED.networks) == set(ADDRESSES) == set(ANSWERING)
    assert {name for name, found in COMPOSED.networks.items() if found["internal"] is not True} == set()
    assert [name for name, found in COMPOSED.services.items() if "ports" in found] == []


def test_every_address_that_a_container_is_told_is_the_one_of_a_listed_way() -> None:
    owners = {address: name for name, address in ADDRESSES.items()}
    asked = set()
    for name in COMPOSED.services:
        for host, port in re.findall(r"(\d+\.\d+\.\d+\.\d+):(\d+)", str(settings_of(name))):
            assert int(port) in ports_of()[owners[host]]
            asked.add((name, owners[host]))

    assert asked == {(way.caller, way.callee) for way in ways()}


def test_a_process_listens_at_the_address_of_its_own_network_alone() -> None:
    for process in processes():
        host = settings_of(process.name)[f"DENGWEN_{process.service.upper()}_HTTP_HOST"]
        assert host == ADDRESSES[process.name]


def test_no_address_is_given_twice_and_none_lies_where_callers_get_theirs() -> None:
    assert len(set(ADDRESSES.values())) == len(ADDRESSES)
    for name, address in ADDRESSES.items():
        subnet = COMPOSED.networks[name]["ipam"]["config"][0]
        assert subnet["subnet"] == re.sub(r"\.2$", ".0/26", address)
        assert subnet["ip_range"] == re.sub(r"\.2$", ".32/27", address)


@pytest.mark.parametrize("name", COMPOSED.services)
def test_every_container_is_held_closely(name: str) -> None:
    found: Mapping[str, Any] = COMPOSED.services[name]

    assert found["user"] == f"{USER}:{USER}"
    assert found["read_only"] is True
    assert found["cap_drop"] == ["ALL"]
    assert found["security_opt"] == ["no-new-privileges:true"]
    assert re.fullmatch(r"\d+m", found["mem_limit"])
    assert found["pids_limit"] > 0
    assert all("noexec" in mounted and "size=" in mounted for mounted in found["tmpfs"])
    assert found["pull_policy"] == "never"
    assert found["image"] in {tag(target, version()) for target in TARGETS}
    assert not {"privileged", "network_mode", "devices", "pid", "cap_add"} & found.keys()


@pytest.mark.parametrize("name", ANSWERING)
def test_whoever_answers_is_asked_for_its_health_at_its_own_address(name: str) -> None:
    probe = COMPOSED.services[name]["healthcheck"]["test"]
    place, _, way = probe[-1].partition("/")
    host, _, port = place.partition(":")

    assert probe[:-1] == ["CMD", "python3", "-I", "-S", "/opt/dengwen/deploy/container/probe.py"]
    assert host == ADDRESSES[name]
    assert int(port) in ports_of()[name]
    assert way == ("-" if name in GROUND else "")


def test_whoever_needs_what_a_job_furnishes_waits_for_it() -> None:
    for way in ways():
        waited = COMPOSED.services[way.caller].get("depends_on", {})
        job = next((job for job, place in FURNISH.items() if place == way.callee), None)
        if way.caller in FURNISH:
            assert waited == {way.callee: {"condition": "service_healthy"}}
        elif job is not None:
            assert waited[job] == {"condition": "service_completed_successfully"}


def test_no_secret_stands_in_the_file_and_each_is_a_file_that_is_made() -> None:
    files = {found["file"] for found in COMPOSED.secrets.values()}
    passwords = {file.removeprefix("/secrets/secrets/") for file in files if "/secrets/secrets/" in file}

    assert SECRET_LIKE.search(TEXT) is None
    assert passwords == set(names())
    assert {file for file in files if "/secrets/secrets/" not in file} == {
        "/secrets/keys/tokens.json",
        "/secrets/keys/staff.pem",
        *(f"/secrets/keys/service-{service}.pem" for service in {p.service for p in processes()}),
    }


def test_a_process_gets_its_own_secrets_and_no_other() -> None:
    for process in processes():
        role = f"{process.service}_{'api' if process.kind == 'api' else 'worker'}"
        kafka = (
            {f"kafka_{process.service}"} if "kafka" in COMPOSED.services[process.name]["networks"] else set()
        )
        staff = {"staff"} if process.service == "console" else set()
        given = set(COMPOSED.services[process.name]["secrets"])

        assert given == {role, "tokens", f"service-{process.service}", *kafka, *staff}
        assert COMPOSED.services[process.name]["volumes"] == [
            f"/secrets/keys/{process.service}:/run/dengwen/keys:ro"
        ]


def test_the_two_servers_have_administrators_of_their_own() -> None:
    for name in ("postgres-vault", "databases-vault"):
        assert {"source": VAULT_ADMINISTRATOR, "target": "postgres"} in COMPOSED.services[name]["secrets"]
    assert "postgres" in COMPOSED.services["databases"]["secrets"]
    assert VAULT_ADMINISTRATOR not in str(COMPOSED.services["databases"]["secrets"])


def test_no_image_is_a_moving_one_and_no_registry_is_named() -> None:
    assert "latest" not in TEXT
    assert {found["image"].partition("/")[0] for found in COMPOSED.services.values()} == {"localhost"}


@pytest.mark.parametrize(
    ("planted", "seen"),
    [
        ("password: 5f4dcc3b5aa765d61d8327deb882cf99", True),
        ("DSN: postgresql://vault_api:word@10.0.0.1/x", True),
        ("DSN: postgresql://vault_api@10.0.0.1/x", False),
    ],
)
def test_a_planted_secret_would_be_seen(planted: str, seen: bool) -> None:
    assert (SECRET_LIKE.search(planted) is not None) is seen


def test_a_variable_is_what_is_given_else_its_default(tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text(
        "services: {a: {image: '${ONE:-x}.${TWO:?said}'}}\nnetworks: {}\nsecrets: {}\n", encoding="utf-8"
    )

    assert composition.read({"TWO": "b"}, file).services["a"]["image"] == "x.b"
    assert composition.read({"ONE": "a", "TWO": "b"}, file).services["a"]["image"] == "a.b"
    with pytest.raises(KeyError, match="TWO"):
        composition.read({}, file)
