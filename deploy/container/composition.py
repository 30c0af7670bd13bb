"""``compose.yaml`` as read by us: who is in which network, at which address, with which settings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("compose.yaml")
VARIABLE = re.compile(r"\$\{(?P<name>[A-Z_]+)(?::-(?P<default>[^}]*)|:\?(?P<said>[^}]*))?\}")
Described = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Composition:
    """Services, networks and secrets by name, with every variable in its place."""

    services: Mapping[str, Described]
    networks: Mapping[str, Described]
    secrets: Mapping[str, Described]

    def addresses(self) -> dict[str, str]:
        """The fixed address of each service that has one: it is called there, in the network of its name."""
        return {
            name: found["networks"][name]["ipv4_address"]
            for name, found in self.services.items()
            if name in found["networks"]
        }

    def members(self, network: str) -> set[str]:
        """The services in a network."""
        return {name for name, found in self.services.items() if network in found["networks"]}


def read(given: Mapping[str, str], file: Path = FILE) -> Composition:
    """Read the file with these variables. Raises KeyError for one that has no default and is not given."""

    def value(match: re.Match[str]) -> str:
        default = match["default"]
        return given[match["name"]] if default is None else given.get(match["name"]) or default

    found = yaml.safe_load(VARIABLE.sub(value, file.read_text(encoding="utf-8")))
    return Composition(found["services"], found["networks"], found["secrets"])
