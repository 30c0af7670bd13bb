"""Every reason not to start is one sentence that names its cure."""

from dataclasses import replace
from pathlib import Path

import pytest

from deploy.local.home import Home
from deploy.local.ports import NoPort, Ports
from deploy.local.preflight import NotHere, check_folder, check_machine, check_space


@pytest.mark.parametrize(
    ("system", "machine", "implementation", "version", "said"),
    [
        ("Darwin", "arm64", "CPython", (3, 12), "Linux on x86-64"),
        ("Linux", "aarch64", "CPython", (3, 12), "Linux on x86-64"),
        ("Linux", "x86_64", "PyPy", (3, 11), "CPython 3.11 to 3.13"),
        ("Linux", "x86_64", "CPython", (3, 10), "CPython 3.11 to 3.13"),
        ("Linux", "x86_64", "CPython", (3, 14), "CPython 3.11 to 3.13"),
    ],
)
def test_another_machine_is_told_so_in_one_sentence(
    system: str, machine: str, implementation: str, version: tuple[int, int], said: str
) -> None:
    with pytest.raises(NotHere, match=said) as refused:
        check_machine(system, machine, implementation, version)

    assert str(refused.value).count(". ") == 0


def test_the_machines_that_are_promised_are_taken() -> None:
    for minor in (11, 12, 13):
        check_machine("Linux", "x86_64", "CPython", (3, minor))


def test_too_little_disk_names_what_is_free_and_where_to_go(tmp_path: Path) -> None:
    with pytest.raises(NotHere, match=r"0\.5 GB are free.*DENGWEN_HOME"):
        check_space(tmp_path / "not-yet" / "there", free_bytes=512 * 1024**2)


def test_a_folder_that_the_database_cannot_enter_is_refused_for_root(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)

    with pytest.raises(NotHere, match=r"no other user can enter .*DENGWEN_HOME"):
        check_folder(Home(private / "dengwen"), as_root=True)


def test_ports_can_be_moved_together_or_one_by_one() -> None:
    ports = Ports.of({"DENGWEN_LOCAL_PORT_SHIFT": "1000", "DENGWEN_LOCAL_KAFKA_PORT": "5555"})

    assert (ports.http["intake"], ports.operations("intake", "worker")) == (9101, 10201)
    assert (ports.kafka, ports.postgres) == (5555, 16432)


@pytest.mark.parametrize("text", ["", "abc", "-1", "70000", "１２", "0"])
def test_what_is_no_port_is_refused_by_its_name(text: str) -> None:
    with pytest.raises(NoPort, match="DENGWEN_LOCAL_KAFKA_PORT is no port: give it a number from 1 to 65535"):
        Ports.of({"DENGWEN_LOCAL_KAFKA_PORT": text})


def test_an_installation_elsewhere_is_reached_at_the_hosts_it_names() -> None:
    here = Ports.of({})
    elsewhere = replace(here, hosts={"intake": "10.0.0.5", "postgres": "10.0.0.6"})

    assert here.url("intake") == "http://127.0.0.1:8101"
    assert elsewhere.url("intake") == "http://10.0.0.5:8101"
    assert elsewhere.url("review") == here.url("review")
    assert elsewhere.host("postgres") == "10.0.0.6"
