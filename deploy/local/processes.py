"""Which processes the platform has, and what each is told through its environment."""

import importlib.util
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy import ways
from deploy.local.home import Home
from deploy.local.keeper import Program
from deploy.local.ports import LOOPBACK, Ports
from deploy.local.probes import answers

REPOSITORY = Path(__file__).resolve().parent.parent.parent
REFERENCE = REPOSITORY / "contracts" / "reference"

WITH_KAFKA, KINDS, CALLS = ways.SPEAK_KAFKA, ways.KINDS, ways.ASKS
"""The five services (the vault and the console speak no Kafka), the processes of each, and whom each asks."""

PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "FAILPOINTS", "FAILPOINTS_HITS", "LD_LIBRARY_PATH")
"""What a process inherits from the environment of the supervisor; nothing else."""


@dataclass(frozen=True, slots=True)
class Installation:
    """Where an installation lies, its ports and its secrets by name."""

    home: Home
    ports: Ports
    secrets: Mapping[str, str]

    def dsn(self, service: str, login: str) -> str:
        """The address of a service's database for one of its roles."""
        role = f"{service}_{login}"
        place = f"{self.ports.host('postgres')}:{self.ports.postgres}"
        return f"postgresql://{role}:{self.secrets[role]}@{place}/petition_{service}"

    @property
    def bootstrap(self) -> str:
        """The broker's address."""
        return f"{self.ports.host('kafka')}:{self.ports.kafka}"


def programs_of(here: Installation, service: str) -> list[Program]:
    """The programs of one service."""
    return [_program(here, service, kind) for kind in KINDS[service]]


def _program(here: Installation, service: str, kind: str) -> Program:
    operations = here.ports.operations(service, kind)

    async def ready() -> bool:
        return await answers(operations)

    return Program(
        name=f"{service}-{kind}",
        command=(sys.executable, "-m", f"services.{service}.main", kind),
        environ=environ_of(here, service, kind),
        ready=ready,
    )


def environ_of(here: Installation, service: str, kind: str) -> dict[str, str]:
    """The whole environment of one process: little of ours, and its own settings."""
    given = {
        "DATABASE_DSN": here.dsn(service, "api" if kind == "api" else "worker"),
        "HTTP_PORT": str(here.ports.http[service] if kind == "api" else 0),
        "OPERATIONS_PORT": str(here.ports.operations(service, kind)),
        "REFERENCE_FOLDER": str(REFERENCE),
        "KEYS_FOLDER": str(here.home.keys / service),
        "TOKEN_KEYS_FILE": str(here.home.keys / "tokens.json"),
        "SERVICE_KEY_FILE": str(here.home.keys / f"service-{service}.pem"),
        **{f"{other.upper()}_URL": here.ports.url(other) for other in CALLS.get(service, ())},
    }
    if service in WITH_KAFKA and kind != "api":
        given |= {
            "KAFKA_BOOTSTRAP": here.bootstrap,
            "KAFKA_USERNAME": service,
            "KAFKA_PASSWORD": here.secrets[f"kafka_{service}"],
            "KAFKA_INSTANCE": f"{service}-{kind}-0",
        }
    if service == "console":
        given |= {
            "STAFF_KEY_FILE": str(here.home.keys / "staff.pem"),
            "OPERATIONS_URLS": json.dumps(_watched_urls(here.ports)),
        }
    inherited = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {
        **inherited,
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONUNBUFFERED": "1",
        "HOME": str(here.home.root),
        "TZ": "UTC",
        **{f"DENGWEN_{service.upper()}_{name}": value for name, value in given.items()},
    }


def operations_ports(ports: Ports) -> dict[str, int]:
    """Where each process shows its health and metrics, by its name."""
    return {f"{name}-{kind}": ports.operations(name, kind) for name, kinds in KINDS.items() for kind in kinds}


def _watched_urls(ports: Ports) -> dict[str, str]:
    return {
        process.name: f"http://{LOOPBACK}:{ports.operations(process.service, process.kind)}"
        for process in ways.watched()
    }


def built(services: tuple[str, ...] = tuple(KINDS)) -> tuple[str, ...]:
    """Those of the services whose ``main`` is there."""
    return tuple(name for name in services if importlib.util.find_spec(f"services.{name}.main") is not None)
