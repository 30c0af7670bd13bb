"""The ports of the embedded default; each is a setting, and all can be shifted together."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Ports:
    """Every port of one installation on loopback."""

    http: Mapping[str, int]
    kafka: int
    controller: int
    postgres: int

    @classmethod
    def of(cls, environ: Mapping[str, str] = os.environ) -> "Ports":
        """The defaults moved by ``DENGWEN_LOCAL_PORT_SHIFT``, or what ``DENGWEN_LOCAL_<NAME>_PORT`` says.

        Raises ValueError that names the variable when one is no port.
        """
        shift = _number("DENGWEN_LOCAL_PORT_SHIFT", environ.get("DENGWEN_LOCAL_PORT_SHIFT", "0"), lowest=0)

        def port(name: str, default: int) -> int:
            variable = f"DENGWEN_LOCAL_{name.upper()}_PORT"
            return _number(variable, environ.get(variable, str(default + shift)), lowest=1)

        return cls(
            http={name: port(name, default) for name, default in HTTP.items()},
            kafka=port("kafka", KAFKA),
            controller=port("controller", CONTROLLER),
            postgres=port("postgres", POSTGRES),
        )

    def operations(self, service: str, kind: str) -> int:
        """Where a process of a service shows its health and metrics; ``kind`` is api, worker or stream."""
        return self.http[service] + OPERATIONS_OFFSET[kind]

    def url(self, service: str) -> str:
        """The address of a service's API, without a path."""
        return f"http://127.0.0.1:{self.http[service]}"


def _number(variable: str, text: str, *, lowest: int) -> int:
    if not text.isascii() or not text.isdigit() or not lowest <= int(text) <= 65535:
        raise ValueError(f"{variable} is no port")
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
