"""The faults: each plays one thing on a platform with clerks at work, and says what it saw."""

import signal
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.chaos.besieged import Besieged
from tests.chaos.clerks import Clerks

UNDER_LOAD = (
    "relay.claimed_not_sent", "relay.confirmed_not_marked", "relay.marked_not_committed", "relay.committed",
    "consumer.polled", "consumer.claimed_not_applied", "consumer.applied_not_committed", "consumer.committed",
    "idempotency.claimed_not_done", "http.answered", "intake.kept_not_committed",
    "intake.committed_not_answered",
)  # fmt: skip
"""The crash points that entering, confirming and routing pass."""
WORKERS = ("intake-worker", "referral-worker", "review-worker", "reception-worker", "analytics-worker")
QUOTA_SECONDS = 1500.0
BROKER_AWAY_SECONDS = 60.0
FROZEN_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Fault:
    """A promise and what is played for it; ``play`` returns figures, or raises AssertionError."""

    promise: str
    play: Callable[[Besieged, Clerks], str]


def faults(hits: int) -> Iterator[Fault]:
    """All of them, in order; ``hits`` is the quota of each crash point."""
    yield Fault(f"D1 D4 crash points, {hits} hits each", lambda b, c: crash_points(b, c, hits))
    yield Fault("D6 the broker away for a minute", broker_away)
    yield Fault("D7 PostgreSQL killed six times", database_killed)
    yield Fault("O7 a frozen worker wakes as a zombie, five times", workers_frozen)
    yield Fault("O1 every process told to stop under load", told_to_stop)


def crash_points(besieged: Besieged, clerks: Clerks, hits: int) -> str:
    """Kill at every point until each has its quota; few are aimed at together, so that work goes on."""
    deadline = time.monotonic() + QUOTA_SECONDS
    while True:
        found = besieged.hits_by_point()
        short = [point for point in UNDER_LOAD if found.get(point, 0) < hits]
        if not short:
            break
        assert time.monotonic() < deadline, (
            f"quota not met in time: { ({p: found.get(p, 0) for p in short}) }"
        )
        besieged.aim(dict.fromkeys(short[:3], "kill:0.3"))
        besieged.restart_services()
        _some_hits(besieged, short[:3], hits, within_seconds=120)
    besieged.aim({})
    besieged.restart_services()
    took = besieged.all_ready()
    found = besieged.hits_by_point()
    least = min(found[point] for point in UNDER_LOAD)
    return (
        f"{len(UNDER_LOAD)} points, at least {least} hits each ({sum(found.values())} in all, chance of a "
        f"failure below {3 / least:.0%}), {clerks.done} acts acknowledged, ready again after {took:.0f} s"
    )


def _some_hits(besieged: Besieged, points: list[str], hits: int, within_seconds: float) -> None:
    deadline = time.monotonic() + within_seconds
    while time.monotonic() < deadline:
        found = besieged.hits_by_point()
        if any(found.get(point, 0) >= hits for point in points):
            return
        time.sleep(0.5)


def broker_away(besieged: Besieged, clerks: Clerks) -> str:
    """Kill the broker whenever it appears, for a minute: intake goes on acknowledging."""
    normal = statistics.median(clerks.latencies[-200:] or [0.0])
    before, seen, kills = clerks.done, len(clerks.latencies), 0
    deadline = time.monotonic() + BROKER_AWAY_SECONDS
    while time.monotonic() < deadline:
        kills += besieged.strike("kafka")
        time.sleep(0.2)
    during = clerks.done - before
    assert during > 0, "nothing was acknowledged while the broker was away"
    middle = statistics.median(clerks.latencies[seen:])
    took = besieged.all_ready()
    return (
        f"{during} acts acknowledged in {BROKER_AWAY_SECONDS:.0f} s without it ({kills} kills), median "
        f"{middle * 1000:.0f} ms (before {normal * 1000:.0f} ms), ready after {took:.0f} s"
    )


def database_killed(besieged: Besieged, clerks: Clerks) -> str:
    """Kill the postmaster six times; all services are ready again by themselves within half a minute."""
    slowest = 0.0
    for _ in range(6):
        besieged.strike("postgres")
        time.sleep(1.0)
        slowest = max(slowest, 1.0 + besieged.all_ready(60))
        time.sleep(2.0)
    assert slowest < 30, f"ready only after {slowest:.0f} s"
    dead = besieged.dead_letters()
    assert dead == 0, f"{dead} dead letters came of it"
    return f"ready again after {slowest:.1f} s at most, dead letters 0, {clerks.done} acts acknowledged"


def workers_frozen(besieged: Besieged, clerks: Clerks) -> str:
    """Freeze each worker past its session, then let it go on."""
    for name in WORKERS:
        assert besieged.strike(name, signal.SIGSTOP), f"{name} was not there"
        time.sleep(FROZEN_SECONDS)
        besieged.strike(name, signal.SIGCONT)
    took = besieged.all_ready()
    frozen = f"{len(WORKERS)} workers frozen for {FROZEN_SECONDS:.0f} s each"
    return f"{frozen}, ready after {took:.0f} s, {clerks.done} acts acknowledged"


def told_to_stop(besieged: Besieged, clerks: Clerks) -> str:
    """SIGTERM to every process of a service, one after the other."""
    slowest, stopped = 0.0, 0
    for name, pid in sorted(besieged.pids().items()):
        if name in {"kafka", "postgres"}:
            continue
        began = time.monotonic()
        besieged.strike(name, signal.SIGTERM)
        while besieged.pids(name).get(name) == pid:
            assert time.monotonic() - began < 30, f"{name} did not end within 30 s"
            time.sleep(0.05)
        slowest, stopped = max(slowest, time.monotonic() - began), stopped + 1
        besieged.all_ready()
    return f"{stopped} processes, the slowest ended after {slowest:.1f} s, {clerks.done} acts acknowledged"
