"""The table of ways holds what the processes are told and the topics list: nothing more, nothing less."""

import re
from pathlib import Path

import pytest

from deploy.local.home import Home
from deploy.local.infrastructure import secret_names
from deploy.local.ports import Ports
from deploy.local.postgres import SERVICES
from deploy.local.processes import Installation, environ_of
from deploy.topics import read_topics, rules_of, users_of
from deploy.ways import (
    FURNISH,
    KAFKA,
    KINDS,
    POSTGRES,
    PUBLIC,
    SEALED_OFF,
    SPEAK_KAFKA,
    VAULT_POSTGRES,
    Process,
    Way,
    processes,
    ways,
    ways_from,
    ways_to,
)

PORTS = Ports.of({})
HERE = Installation(Home(Path("/nowhere")), PORTS, dict.fromkeys(secret_names(), "word"))
ADDRESS = re.compile(
    r"(?:127\.0\.0\.1|localhost):(\d+)|\"[a-z]+-(?:api|worker|stream)\": (?:\"[^\"]*:)?(\d+)"
)
OWN = ("HTTP_PORT", "OPERATIONS_PORT")


def told(process: Process) -> set[Way]:
    """The ways that a process is told through its environment, by the ports in it."""
    known = {number: (p.name, port) for p in processes() for port, number in p.ports.items()}
    known |= {
        PORTS.kafka: (KAFKA, KAFKA),
        PORTS.postgres: (VAULT_POSTGRES if process.service == SEALED_OFF else POSTGRES,) * 2,
    }
    values = [
        value
        for name, value in environ_of(HERE, process.service, process.kind).items()
        if name.startswith("DENGWEN_") and not name.endswith(OWN)
    ]
    numbers = {int(a or b) for value in values for a, b in ADDRESS.findall(value)}
    return {Way(process.name, *known[number]) for number in numbers}


@pytest.mark.parametrize("process", processes(), ids=lambda process: process.name)
def test_a_process_has_the_ways_that_its_settings_name_and_no_other(process: Process) -> None:
    assert told(process) == set(ways_from(process.name))


def test_whoever_writes_or_reads_a_topic_has_a_way_to_kafka_and_nobody_else_has() -> None:
    callers = {way.caller for way in ways_to(KAFKA)} - set(FURNISH)

    assert {caller.partition("-")[0] for caller in callers} == set(users_of(read_topics()))
    assert {rule.user for rule in rules_of(read_topics())} == set(SPEAK_KAFKA)
    assert not [caller for caller in callers if caller.endswith("-api")]


def test_the_vault_is_reached_by_intake_and_reception_alone_and_reaches_its_own_database_alone() -> None:
    callers = {way.caller.partition("-")[0] for way in ways_to("vault-api")}

    assert callers == {"intake", "reception"}
    assert {way.callee for way in ways_from("vault-api")} == {VAULT_POSTGRES}
    assert {way.caller for way in ways_to(VAULT_POSTGRES)} == {"vault-api", "databases-vault"}


def test_the_public_front_may_ask_intake_and_reception_alone() -> None:
    built = ways({**KINDS, "portal": ("api",)})

    asked = {way.callee for way in built if way.caller == "portal-api"} - {POSTGRES}
    assert asked == {"intake-api", "reception-api"}


def test_nobody_within_asks_what_people_open() -> None:
    assert not {way.callee for way in ways() if way.port == "http"} & {f"{name}-api" for name in PUBLIC}


def test_every_service_with_a_database_has_its_way_to_it() -> None:
    callers = {way.caller for place in (POSTGRES, VAULT_POSTGRES) for way in ways_to(place)} - set(FURNISH)

    assert {caller.partition("-")[0] for caller in callers} == set(SERVICES)
    assert callers == {process.name for process in processes()}


def test_no_two_ports_of_the_platform_are_the_same() -> None:
    numbers = [number for process in processes() for number in process.ports.values()]

    assert len(set(numbers)) == len(numbers)
