"""The ports of the embedded default; each is a setting, and all can be shifted together.

An installation elsewhere is spoken to by the same type: it names the hosts as well.
"""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field

from deploy.local.refusal import Refusal

HTTP = {
    "console": 8081,
    "intake": 8101,
    "referral": 8102,
    "review": 8103,
    "analytics": 8104,
    "reception": 8105,
    "vault": 8106,
}
OPERATIONS_OFFSET = {"api": 1000, "worker": 1100, "stream": 1200}
KAFKA, CONTROLLER, POSTGRES = 19092, 19093, 15432
PROMETHEUS, MEASURES = 19094, 19095
HIGHEST = 65535
LOOPBACK = "127.0.0.1"


class NoPort(Refusal):
    """A setting that should be a port is none."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Every port of one installation, on loopback where ``hosts`` names no other host.

    ``hosts`` goes by the names of the services, ``kafka`` and ``postgres``. ``prometheus`` and ``measures``
    are taken by ``dengwen watch`` alone: where it listens, and where it shows what only the machine knows.
    """

    http: Mapping[str, int]
    kafka: int
    controller: int
    postgres: int
    hosts: Mapping[str, str] = field(default_factory=dict)
    prometheus: int = PROMETHEUS
    measures: int = MEASURES

    @classmethod
    def of(cls, environ: Mapping[str, str] = os.environ) -> "Ports":
        """The defaults moved by ``DENGWEN_LOCAL_PORT_SHIFT``, or what ``DENGWEN_LOCAL_<NAME>_PORT`` says.

        Raises NoPort that names the variable when one is none.
        """
        shift = _number("DENGWEN_LOCAL_PORT_SHIFT", environ.get("DENGWEN_LOCAL_PORT_SHIFT", "0"), lowest=0)

        def port(name: str, default: int, highest: int = HIGHEST) -> int:
            variable = f"DENGWEN_LOCAL_{name.upper()}_PORT"
            text = environ.get(variable, str(default + shift))
            return _number(variable, text, lowest=1, highest=highest)

        beside = max(OPERATIONS_OFFSET.values())
        return cls(
            http={name: port(name, default, HIGHEST - beside) for name, default in HTTP.items()},
            kafka=port("kafka", KAFKA),
            controller=port("controller", CONTROLLER),
            postgres=port("postgres", POSTGRES),
            prometheus=port("prometheus", PROMETHEUS),
            measures=port("measures", MEASURES),
        )

    def operations(self, service: str, kind: str) -> int:
        """Where a process of a service shows its health and metrics; ``kind`` is api, worker or stream."""
        return self.http[service] + OPERATIONS_OFFSET[kind]

    def url(self, service: str) -> str:
        """The address of a service's API, without a path."""
        return f"http://{self.host(service)}:{self.http[service]}"

    def host(self, name: str) -> str:
        """Where a service, ``kafka`` or ``postgres`` is reached."""
        return self.hosts.get(name, LOOPBACK)


def _number(variable: str, text: str, *, lowest: int, highest: int = HIGHEST) -> int:
    if not text.isascii() or not text.isdigit() or not lowest <= int(text) <= highest:
        raise NoPort(f"{variable} is no port: give it a number from {lowest} to {highest}.")
    return int(text)


def taken(port: int) -> bool:
    """Whether something listens on the port, so that nothing of ours could."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
