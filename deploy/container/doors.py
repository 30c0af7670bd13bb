"""Who gets a connection to whom, tried by address from inside every running container."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from deploy.container.composition import Composition
from deploy.container.workshop import Workshop
from deploy.local.ports import KAFKA, POSTGRES
from deploy.ways import Way, processes, ways

TRY_SECONDS = 1.0
TRY = f"""
import json, socket, sys
from concurrent.futures import ThreadPoolExecutor

def opens(door):
    try:
        socket.create_connection(door, {TRY_SECONDS}).close()
    except OSError:
        return False
    return True

asked = [tuple(door) for door in json.load(sys.stdin)]
with ThreadPoolExecutor(16) as threads:
    print(json.dumps([number for number, opened in enumerate(threads.map(opens, asked)) if opened]))
"""
ELSEWHERE = "elsewhere"
"""The name of what no container may reach: an address of this machine that is in none of the networks."""


@dataclass(frozen=True, slots=True, order=True)
class Door:
    """One address and port, and whose it is."""

    owner: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Tried:
    """What was tried: how many ways were open as listed, how many closed, and what was otherwise."""

    opened: int
    closed: int
    wrong: tuple[str, ...]


def ports_of() -> dict[str, tuple[int, ...]]:
    """The ports on which each container listens, by its name."""
    own = {process.name: tuple(process.ports.values()) for process in processes()}
    return {**own, "kafka": (KAFKA,), "postgres": (POSTGRES,), "postgres-vault": (POSTGRES,)}


def doors(addresses: Mapping[str, Iterable[str]]) -> list[Door]:
    """Every port of every container at every address it has, in whatever network."""
    listening = ports_of()
    return sorted(
        Door(name, host, port)
        for name, hosts in addresses.items()
        for host in hosts
        for port in listening.get(name, ())
    )


def expected(caller: str, door: Door, fixed: Mapping[str, str], listed: Iterable[Way]) -> bool:
    """Whether the caller may open the door: a way leads to its owner, and it is the owner's own address.

    A network lets through all ports of its owner, its health port beside its API.
    """
    return fixed.get(door.owner) == door.host and any(
        way.caller == caller and way.callee == door.owner for way in listed
    )


def try_all(
    workshop: Workshop,
    composition: Composition,
    addresses: Mapping[str, Sequence[str]],
    containers: Mapping[str, str],
    outside: Door,
) -> Tried:
    """Let every container try every door of every other one, and ``outside``; raises ToolFailed.

    ``addresses`` are those of each service in all its networks, ``containers`` the names podman knows.
    """
    fixed, listed = composition.addresses(), ways()
    opened, closed, wrong = 0, 0, []
    for caller, container in containers.items():
        others = [door for door in [*doors(addresses), outside] if door.owner != caller]
        asked = json.dumps([(door.host, door.port) for door in others])
        said = workshop.run(
            "podman", "exec", "-i", container, "python3", "-c", TRY, within_seconds=600, given=asked
        )
        through = {others[number] for number in json.loads(said)}
        wanted = {door for door in others if expected(caller, door, fixed, listed)}
        opened, closed = opened + len(through & wanted), closed + len(others) - len(through)
        wrong += [
            f"{caller} reaches {door.owner} at {door.host}:{door.port}" for door in sorted(through - wanted)
        ]
        wrong += [f"{caller} does not reach {door.owner}" for door in sorted(wanted - through)]
    return Tried(opened, closed, tuple(wrong))
