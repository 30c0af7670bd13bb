"""How the platform stands: what each process says on its operations port, summed up for a page."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx
from prometheus_client.parser import text_string_to_metric_families

LAG, WAITING, OLDEST_WAITING = (
    "petition_lag_records",
    "petition_waiting_facts",
    "petition_waiting_oldest_seconds",
)
DEAD, UNSENT, STOPPED = "petition_dead_letters", "petition_outbox_unsent_facts", "petition_consumer_stopped"
OLDEST_UNSENT, CLOCKS = "petition_outbox_oldest_unsent_seconds", "petition_clocks_running"
NEAR = ("late", "seven_days", "later")


@dataclass(frozen=True, slots=True)
class ProcessStanding:
    """One process: ``ready`` is None when it does not answer; counts are None where it has none."""

    name: str
    ready: bool | None
    lag: int | None = None
    waiting: int | None = None
    dead: int | None = None
    unsent: int | None = None
    oldest_unsent_seconds: int | None = None
    stopped: bool = False
    clocks: Mapping[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DueClocks:
    """Duties of one rule not yet done, by how near their last day is."""

    rule: str
    late: int
    seven_days: int
    later: int


@dataclass(slots=True)
class Watch:
    """Looks at the processes at most once in two seconds, however many pages ask."""

    client: httpx.AsyncClient
    urls: Mapping[str, str]
    now: Callable[[], float]
    _looked_at: float | None = field(default=None, init=False)
    _seen: list[ProcessStanding] = field(default_factory=list, init=False)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    async def look(self) -> list[ProcessStanding]:
        """Every process, in the order of the settings."""
        async with self._lock:
            if self._looked_at is None or self.now() - self._looked_at > 2.0:
                self._seen = list(
                    await asyncio.gather(*(self._one(name, url) for name, url in self.urls.items()))
                )
                self._looked_at = self.now()
            return self._seen

    async def _one(self, name: str, url: str) -> ProcessStanding:
        try:
            ready, metrics = await asyncio.gather(
                self.client.get(f"{url}/readyz"), self.client.get(f"{url}/metrics")
            )
            return read_metrics(name, ready.status_code == 200, metrics.text)
        except (httpx.HTTPError, ValueError):
            return ProcessStanding(name, None)


def read_metrics(name: str, ready: bool, text: str) -> ProcessStanding:
    """The standing of a process in its own words. Raises ValueError for what is no metrics page."""
    sums: dict[str, float] = {}
    clocks: dict[tuple[str, str], int] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == CLOCKS:
                clocks[sample.labels["rule"], sample.labels["near"]] = int(sample.value)
            elif sample.name in {LAG, WAITING, DEAD, UNSENT, STOPPED, OLDEST_UNSENT}:
                sums[sample.name] = sums.get(sample.name, 0.0) + sample.value
    works = name.endswith(("-worker", "-stream"))

    def count(metric: str) -> int | None:
        return int(sums[metric]) if works and metric in sums else None

    return ProcessStanding(
        name=name,
        ready=ready,
        lag=count(LAG),
        waiting=count(WAITING),
        dead=count(DEAD),
        unsent=count(UNSENT),
        oldest_unsent_seconds=count(OLDEST_UNSENT),
        stopped=bool(sums.get(STOPPED)),
        clocks=clocks,
    )


def due_clocks(processes: list[ProcessStanding]) -> list[DueClocks]:
    """The running clocks of all services by rule, those that are late first."""
    rules = sorted({rule for process in processes for rule, _ in process.clocks})
    found = [
        DueClocks(rule, *(sum(p.clocks.get((rule, near), 0) for p in processes) for near in NEAR))
        for rule in rules
    ]
    return sorted(found, key=lambda due: (-due.late, -due.seven_days, due.rule))
