"""Clerks who go on entering reports whatever happens, and note what they saw."""

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx

from deploy.local.demo.cases import own_level
from deploy.local.demo.entry import party_body
from deploy.local.demo.routing import approval, today
from deploy.local.demo.stage import PROVINCE
from deploy.local.desk import Desk
from deploy.local.sample.organisation import officer
from tests.chaos.besieged import Besieged
from tests.support.history import History

ENTER, ROUTE = "enter", "route"
PAUSE_SECONDS = 0.05
LONGEST_TRY_SECONDS = 120.0


@dataclass(slots=True)
class Clerks:
    """Some clerks at work in threads; ``done`` counts what was acknowledged."""

    besieged: Besieged
    history: History
    done: int = 0
    latencies: list[float] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def at_work(self, clerks: int = 3) -> Iterator["Clerks"]:
        """Let them work for as long as the block lasts; whatever is under way is brought to its end."""
        threads = [threading.Thread(target=self._work, args=(n,), daemon=True) for n in range(clerks)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in threads:
                thread.join(LONGEST_TRY_SECONDS + 30)

    def _work(self, number: int) -> None:
        with httpx.Client(timeout=5, trust_env=False) as client:
            here = self.besieged.here
            desks = {
                job: Desk(here.home, here.ports, officer(PROVINCE, job), client)
                for job in ("clerk-1", "clerk-2", "head-1")
            }
            for turn in count():
                if self._stop.is_set():
                    return
                report = self._enter(desks["clerk-1"])
                if report is not None and turn % 2 == number % 2:
                    self._onwards(desks, report)
                time.sleep(PAUSE_SECONDS)

    def _enter(self, clerk: Desk) -> str | None:
        """One report under one key, tried until it is acknowledged; the history knows each try."""
        key = str(uuid.uuid4())
        body = {
            "superior_level": False,
            "arrival": {"received_on": today().isoformat(), "channel": "LETTER"},
            "content": {
                "text": "反映某单位违规发放补贴，请核实（虚构样例）。",
                "title": "违规发放补贴（虚构）",
                "summary": "反映某单位违规发放补贴（虚构）。",
                "allegations": [{"what": "违规发放补贴（虚构）", "where": "某单位"}],
            },
            "classification": {"nature": "N1", "violations": ["V3-08"], "primary_violation": "V3-08"},
            "parties": [party_body(own_level())],
        }
        answer = self._tried(ENTER, key, lambda: clerk.post("/intake/v1/reports", body, key=key))
        return None if answer is None else str(answer["report_id"])

    def _onwards(self, desks: dict[str, Desk], report: str) -> None:
        """Complete, check, confirm, move: each act under its own key, each tried until it is done."""
        path = f"/intake/v1/reports/{report}"
        version = 1
        for job, step in (("clerk-1", "complete"), ("clerk-2", "check"), ("head-1", "confirm")):
            key, seen = str(uuid.uuid4()), version
            done = self._tried(
                step, key, lambda d=desks[job], s=step, k=key, v=seen: d.post(f"{path}/{s}", version=v, key=k)
            )
            if done is None:
                return
            version = int(done["version"])
        self._move(desks["head-1"], report)

    def _move(self, head: Desk, report: str) -> None:
        deadline, path = time.monotonic() + 60, f"/referral/v1/reports/{report}"
        while time.monotonic() < deadline:
            try:
                version = head.get(path)["version"]
                break
            except Exception:
                time.sleep(0.2)
        else:
            return
        key = str(uuid.uuid4())
        body = {"approval": approval(PROVINCE), "case_management_told": True}
        self._tried(ROUTE, key, lambda: head.post(f"{path}/move", body, version=version, key=key))

    def _tried(self, op: str, key: str, act: Any) -> Any:
        began = time.monotonic()
        while time.monotonic() - began < LONGEST_TRY_SECONDS:
            try:
                with self.history.operation(op, key) as under_way:
                    answer = act()
                    under_way.ok(str(answer.get("report_id", "")) if isinstance(answer, dict) else None)
                with self._lock:
                    self.done += 1
                    self.latencies.append(time.monotonic() - began)
                return answer
            except Exception:
                time.sleep(0.2)
        return None
