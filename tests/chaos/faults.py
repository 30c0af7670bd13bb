"""Faults of the world: each is played on a platform with people at work, and says what it saw."""

import signal
import socket
import statistics
import time

import psutil

from tests.chaos.besieged import GROUND, Besieged
from tests.chaos.clerks import ENTER
from tests.chaos.work import Work
from tests.support.history import OK, Entry

SERVICES = ("intake", "referral", "review", "reception", "analytics")
BROKER_AWAY_SECONDS = 60.0
NORMAL_SECONDS = 10.0
MOST_GROWTH_BYTES = 100 * 1024 * 1024
READY_WITHIN_SECONDS = 30.0
KILLS_OF_THE_DATABASE = 6
FROZEN_SECONDS = 15.0
"""The session time-out of a consumer and five seconds more."""
STOPS = 5


def entered_since(work: Work, since_ns: int) -> list[Entry]:
    """Reports acknowledged whose trying began since then."""
    return [e for e in work.history.entries() if e.op == ENTER and e.result == OK and e.invoke_ns >= since_ns]


def _latencies(entries: list[Entry]) -> tuple[float, float]:
    """Median and 99th percentile in milliseconds."""
    took = sorted((e.end_ns - e.invoke_ns) / 1e6 for e in entries)
    return statistics.median(took), took[min(len(took) - 1, len(took) * 99 // 100)]


def broker_away(besieged: Besieged, work: Work) -> str:
    """Kill the broker whenever it appears, for a minute: intake goes on acknowledging, and stays small."""
    began = time.monotonic_ns()
    time.sleep(NORMAL_SECONDS)
    normal = _latencies(entered_since(work, began))
    before, began, kills = _memory(besieged), time.monotonic_ns(), 0
    deadline = time.monotonic() + BROKER_AWAY_SECONDS
    while time.monotonic() < deadline:
        kills += besieged.strike("kafka")
        time.sleep(0.2)
    during = entered_since(work, began)
    growth = max(after - before.get(pid, after) for pid, after in _memory(besieged).items())
    assert during, "nothing was acknowledged while the broker was away"
    away = _latencies(during)
    took = besieged.all_ready()
    assert growth < MOST_GROWTH_BYTES, f"a process grew by {growth / 2**20:.0f} MB"
    return (
        f"{len(during)} reports acknowledged in {BROKER_AWAY_SECONDS:.0f} s without it ({kills} kills), "
        f"median {away[0]:.0f} ms and p99 {away[1]:.0f} ms (with it {normal[0]:.0f} and {normal[1]:.0f}), "
        f"largest growth {growth / 2**20:.0f} MB, ready after {took:.0f} s"
    )


def _memory(besieged: Besieged) -> dict[int, int]:
    found = {}
    for name, pid in besieged.pids().items():
        if name not in GROUND and psutil.pid_exists(pid):
            found[pid] = psutil.Process(pid).memory_info().rss
    return found


def database_killed(besieged: Besieged, work: Work) -> str:
    """Kill the postmaster six times: no yes meanwhile, no dead letter, all ready by themselves."""
    slowest, while_away, letters = 0.0, 0, besieged.letters()
    for _ in range(KILLS_OF_THE_DATABASE):
        besieged.strike("postgres")
        began, end = _away(besieged.here.ports.postgres)
        while_away += sum(e.end_ns <= end for e in entered_since(work, began))
        besieged.all_ready()
        slowest = max(slowest, besieged.all_say_ready())
        time.sleep(2.0)
    assert while_away == 0, f"{while_away} acknowledgements while the database was away"
    assert slowest < READY_WITHIN_SECONDS, f"ready only {slowest:.0f} s after its return"
    assert besieged.letters() == letters, f"dead letters came of it: {besieged.letters()}"
    return (
        f"{KILLS_OF_THE_DATABASE} kills, acknowledged while away 0, all ready {slowest:.1f} s after its "
        f"return at most, dead letters caused 0, {work.done} acts acknowledged"
    )


def _away(port: int) -> tuple[int, int]:
    """When nobody listened first and last, on the clients' clock."""
    first = last = 0
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            probe.settimeout(1)
            refused = probe.connect_ex(("127.0.0.1", port)) != 0
        now = time.monotonic_ns()
        if refused:
            first, last = first or now, now
        elif first:
            return first, last
        time.sleep(0.01)
    raise AssertionError("the database did not go, or did not come back")


def workers_frozen(besieged: Besieged, work: Work) -> str:
    """Freeze a worker past its session while a second one takes over, then wake the zombie."""
    for service in SERVICES:
        name = f"{service}-worker"
        with besieged.second_worker(service):
            time.sleep(3.0)
            assert besieged.strike(name, signal.SIGSTOP), f"{name} was not there"
            try:
                time.sleep(FROZEN_SECONDS)
            finally:
                besieged.strike(name, signal.SIGCONT)
            time.sleep(3.0)
    took = besieged.all_ready()
    return (
        f"{len(SERVICES)} workers frozen for {FROZEN_SECONDS:.0f} s each while a second went on, then both "
        f"at work; ready after {took:.0f} s, {work.done} acts acknowledged"
    )


def told_to_stop(besieged: Besieged, work: Work) -> str:
    """SIGTERM to every process of every service under load, five times: each ends with 0 in time."""
    slowest, ended = 0.0, 0
    for _ in range(STOPS):
        besieged.all_ready()
        names = [name for name in besieged.pids() if name not in GROUND]
        before = {name: besieged.ended(name)[0] for name in names}
        began = time.monotonic()
        for name in names:
            besieged.strike(name, signal.SIGTERM)
        while left := [name for name in names if besieged.ended(name)[0] == before[name]]:
            assert time.monotonic() - began < READY_WITHIN_SECONDS, f"{left} did not end in time"
            time.sleep(0.02)
        slowest = max(slowest, time.monotonic() - began)
        codes = {name: besieged.ended(name)[1] for name in names}
        bad = {name: code for name, code in codes.items() if code != 0}
        assert not bad, f"ended badly: {bad}"
        ended += len(names)
    besieged.all_ready()
    return f"{ended} ends with code 0, each round within {slowest:.1f} s, {work.done} acts acknowledged"
