"""Who calls whom: the one table of network ways, from which every deployment opens exactly these.

Checked against what each process is told through its environment (``deploy/local/processes.py``) and against
the topics (``contracts/topics.yaml``); the chart's network policies are made of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from deploy.local.ports import HTTP, OPERATIONS_OFFSET

KINDS: Mapping[str, tuple[str, ...]] = {
    "vault": ("api",),
    "intake": ("api", "worker"),
    "referral": ("api", "worker"),
    "review": ("api", "worker"),
    "reception": ("api", "worker"),
    "analytics": ("api", "worker", "stream"),
    "console": ("api",),
}
"""The processes of each service, in the order in which they start."""
KAFKA, POSTGRES, VAULT_POSTGRES = "kafka", "postgres", "postgres-vault"
"""What is no process of ours: the broker, the server of all databases but one, and that of the vault's."""
ASKS: Mapping[str, tuple[str, ...]] = {
    "intake": ("vault", "reception"),
    "reception": ("vault",),
    "portal": ("intake", "reception"),
    "console": ("intake", "referral", "review", "reception", "analytics"),
}
"""Whose API a service asks; a service that is not built yet has no ways."""
SPEAK_KAFKA = ("intake", "referral", "review", "reception", "analytics")
"""Whose workers and streams write and read facts; no API does."""
WATCHES = "console"
"""The service that shows how the processes stand; it looks at every one but the vault's, which nobody reaches
but intake and reception."""
SEALED_OFF = "vault"
PUBLIC = ("console", "portal")
"""The services whose pages people open; nothing else is reached from outside."""
FURNISH: Mapping[str, str] = {"databases": POSTGRES, "databases-vault": VAULT_POSTGRES, "topics": KAFKA}
"""The jobs that run before the processes, and what each furnishes."""


@dataclass(frozen=True, slots=True, order=True)
class Process:
    """One process of a service; ``kind`` is api, worker or stream."""

    service: str
    kind: str

    @property
    def name(self) -> str:
        """As in ``intake-worker``."""
        return f"{self.service}-{self.kind}"

    @property
    def ports(self) -> Mapping[str, int]:
        """The ports it listens on by their names: health and metrics, and its API if it has one."""
        inner = {"operations": HTTP[self.service] + OPERATIONS_OFFSET[self.kind]}
        return {"http": HTTP[self.service], **inner} if self.kind == "api" else inner


@dataclass(frozen=True, slots=True, order=True)
class Way:
    """``caller`` (a process or a job) opens connections to ``callee``, at the port of that name."""

    caller: str
    callee: str
    port: str


def processes(kinds: Mapping[str, tuple[str, ...]] = KINDS) -> tuple[Process, ...]:
    """Every process of every service that is built, in the order in which they start."""
    return tuple(Process(service, kind) for service, offered in kinds.items() for kind in offered)


def ways(kinds: Mapping[str, tuple[str, ...]] = KINDS) -> frozenset[Way]:
    """Every way there is between processes, and from them to Kafka and PostgreSQL; all else is closed."""
    found = {Way(job, place, place) for job, place in FURNISH.items()}
    for process in processes(kinds):
        place = VAULT_POSTGRES if process.service == SEALED_OFF else POSTGRES
        found.add(Way(process.name, place, place))
        found |= {Way(process.name, f"{other}-api", "http") for other in ASKS.get(process.service, ())}
        if process.kind != "api" and process.service in SPEAK_KAFKA:
            found.add(Way(process.name, KAFKA, KAFKA))
        if process.service == WATCHES:
            found |= {Way(process.name, seen.name, "operations") for seen in watched(kinds)}
    return frozenset(found)


def watched(kinds: Mapping[str, tuple[str, ...]] = KINDS) -> tuple[Process, ...]:
    """The processes whose operations port the console asks."""
    return tuple(process for process in processes(kinds) if process.service != SEALED_OFF)


def ways_from(caller: str, among: Iterable[Way] | None = None) -> tuple[Way, ...]:
    """The ways of one process or job, in order."""
    return tuple(sorted(way for way in (ways() if among is None else among) if way.caller == caller))


def ways_to(callee: str, among: Iterable[Way] | None = None) -> tuple[Way, ...]:
    """The ways that end at a process, at Kafka or at PostgreSQL, in order."""
    return tuple(sorted(way for way in (ways() if among is None else among) if way.callee == callee))
