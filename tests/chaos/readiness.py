"""Ready means ready: each dependency breaks in turn, and every process says what the truth table owes.

Source: the project's list of guarantees, O5 and the table of 2.12.
"""

import signal
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from deploy.local.desk import Desk, Refused
from tests.chaos.besieged import Besieged
from tests.chaos.clerks import report_body
from tests.chaos.work import Work

BROKEN_SECONDS = 8.0
WITHIN_SECONDS = 60.0


def ready_means_ready(besieged: Besieged, work: Work) -> str:
    """The broker, the database, a key folder and the vault break in turn."""
    rows = [_broker(besieged), _database(besieged), _keys(besieged), _vault(besieged, work)]
    besieged.all_ready()
    return "; ".join(rows)


@contextmanager
def _stopped(besieged: Besieged, name: str) -> Iterator[None]:
    """A process that stands still: its connections stay open and nothing answers."""
    assert besieged.strike(name, signal.SIGSTOP), f"{name} was not there"
    try:
        yield
    finally:
        besieged.strike(name, signal.SIGCONT)


def _broker(besieged: Besieged) -> str:
    """Without the broker every api is ready, at every look."""
    apis = [name for name in besieged.processes() if name.endswith("-api")]
    looks, deadline = 0, time.monotonic() + BROKEN_SECONDS
    with _stopped(besieged, "kafka"):
        while time.monotonic() < deadline:
            answers = {name: besieged.says(name) for name in apis}
            bad = {name: said for name, said in answers.items() if said != 200}
            assert not bad, f"without the broker not ready: {bad}"
            looks += len(apis)
    besieged.all_say_ready()
    return f"no broker: {len(apis)} apis ready at {looks} looks"


def _database(besieged: Besieged) -> str:
    """Without the database nobody is ready, and all are again without help."""
    left = set(besieged.processes())
    all_of_them = len(left)
    deadline = time.monotonic() + WITHIN_SECONDS
    while left:
        assert time.monotonic() < deadline, f"ready without a database: {sorted(left)}"
        besieged.strike("postgres")
        left -= {name for name in left if besieged.says(name) != 200}
    besieged.all_ready()
    besieged.all_say_ready()
    return f"no database: {all_of_them} processes not ready"


def _keys(besieged: Besieged) -> str:
    """Without its keys intake's api does not come up; relay and consumers go on."""
    folder = besieged.here.home.keys / "intake"
    away = folder.with_name("intake.away")
    folder.rename(away)
    try:
        besieged.strike("intake-api")
        time.sleep(BROKEN_SECONDS / 2)
        assert besieged.says("intake-api") != 200, "intake's api is ready without its keys"
        assert besieged.says("intake-worker") == 200, "intake's worker stopped with the keys of the api"
    finally:
        away.rename(folder)
    _await(lambda: besieged.says("intake-api") == 200, "intake's api ready")
    return "no keys: api not ready, worker ready"


def _vault(besieged: Besieged, work: Work) -> str:
    """Without the vault a named reporter is not taken in, an anonymous one is, and intake is ready."""
    anonymous = report_body() | {"reporter": {"name_status": "ANONYMOUS"}}
    with httpx.Client(timeout=8, trust_env=False) as client:
        clerk = work.desk("clerk-1", client)
        with _stopped(besieged, "vault-api"):
            assert besieged.says("intake-api") == 200, "intake is not ready without the vault"
            taken = clerk.post("/intake/v1/reports", anonymous, key=str(uuid.uuid4()))
            assert taken["report_id"], "an anonymous report was not taken"
            assert not _taken(clerk), "a named reporter was taken in without the vault"
    return "no vault: anonymous taken, named refused"


def _taken(clerk: Desk) -> bool:
    headers = {"Idempotency-Key": str(uuid.uuid4()), "Authorization": f"Bearer {clerk._bearer()}"}
    url = clerk.ports.url("intake") + "/intake/v1/reports"
    try:
        return clerk.client.post(url, json=report_body(), headers=headers).is_success
    except (httpx.HTTPError, Refused):
        return False


def _await(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WITHIN_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"{what}: not within {WITHIN_SECONDS:.0f} s"
        time.sleep(0.2)
