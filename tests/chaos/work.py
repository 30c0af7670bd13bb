"""What people at work share: each act is tried under its own key until it is acknowledged, and noted."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx

from deploy.local.demo.stage import PROVINCE
from deploy.local.desk import Desk, Refused
from deploy.local.sample.organisation import officer
from tests.chaos.besieged import Besieged
from tests.support.history import History

LONGEST_TRY_SECONDS = 180.0
NOT_YET = {404, 408, 425, 429}
"""Answers that say neither yes nor no."""
TRY_AGAIN_SECONDS = 0.2


class Person(Protocol):
    """Somebody who goes on working until told to stop."""

    def work(self, at: "Work") -> None:
        """Work until ``at.over``."""


@dataclass(slots=True)
class Work:
    """Where people work; ``done`` counts what was acknowledged, ``refused`` what was answered with no."""

    besieged: Besieged
    history: History
    done: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    given_up: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def over(self) -> bool:
        """Whether to begin nothing more."""
        return self._stop.is_set()

    def pause(self, seconds: float) -> None:
        """Wait, unless it is over."""
        self._stop.wait(seconds)

    @contextmanager
    def going_on(self, people: Iterable[Person]) -> Iterator["Work"]:
        """Let people work for as long as the block lasts; what is under way is brought to its end."""
        threads = [threading.Thread(target=person.work, args=(self,), daemon=True) for person in people]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in threads:
                thread.join(LONGEST_TRY_SECONDS + 30)

    def desk(self, job: str, client: httpx.Client) -> Desk:
        """The desk of an officer of the province."""
        here = self.besieged.here
        return Desk(here.home, here.ports, officer(PROVINCE, job), client)

    def tried(self, op: str, key: str, act: Callable[[], Any], name: str = "report_id") -> Any:
        """Try until it is acknowledged; None when it was refused or never came about.

        ``name`` is the member of the answer that the history keeps.
        """
        began = time.monotonic()
        while time.monotonic() - began < LONGEST_TRY_SECONDS:
            try:
                with self.history.operation(op, key) as under_way:
                    try:
                        answer = act()
                    except Refused as refused:
                        if refused.status >= 500 or refused.status in NOT_YET:
                            raise
                        under_way.fail()
                        self.refuse(f"{op} {refused.status} {refused.code}")
                        return None
                    under_way.ok(str(answer.get(name, "")) if isinstance(answer, dict) else None)
                with self._lock:
                    self.done += 1
                return answer
            except (httpx.HTTPError, Refused):
                time.sleep(TRY_AGAIN_SECONDS)
        with self._lock:
            self.given_up.append(f"{op} {key}")
        return None

    def refuse(self, what: str) -> None:
        """Note an act that was answered with no."""
        with self._lock:
            self.refused[what] += 1
