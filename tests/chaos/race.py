"""Many hands at one moment: the same twenty reports routed by fifty clerks, the same key twice at once."""

import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx

from deploy.local.demo.routing import approval
from deploy.local.demo.stage import PROVINCE
from deploy.local.desk import Desk, Refused
from tests.chaos.clerks import ENTER, confirm, enter, report_body
from tests.chaos.work import Work
from tests.support.history import OK

CLERKS, REPORTS, KEYS = 50, 20, 100


@dataclass(frozen=True, slots=True)
class Ready:
    """A report at referral's desk, at the version that everybody saw."""

    report: str
    version: int


def route_at_once(work: Work) -> str:
    """Fifty clerks move the same twenty reports at once: one succeeds for each, the others are refused."""
    with httpx.Client(timeout=30, trust_env=False) as client:
        ready = _reports(work, client)
    start = threading.Barrier(CLERKS)
    with ThreadPoolExecutor(CLERKS) as hands:
        endings = list(hands.map(lambda _: _move_all(work, ready, start), range(CLERKS)))
    done = Counter(report for ending in endings for report, status in ending if status == 200)
    odd = Counter(status for ending in endings for _, status in ending if status not in {200, 409, 412})
    assert not odd, f"answers other than yes and conflict: {dict(odd)}"
    assert all(done[each.report] == 1 for each in ready), f"successes by report: {sorted(done.values())}"
    return f"{CLERKS * REPORTS} attempts, {sum(done.values())} succeeded, one for each of {REPORTS} reports"


def _reports(work: Work, client: httpx.Client) -> list[Ready]:
    desks = {job: work.desk(job, client) for job in ("clerk-1", "clerk-2", "head-1")}
    made = []
    for _ in range(REPORTS):
        report = enter(work, desks["clerk-1"])
        assert report is not None, "a report could not be entered"
        assert confirm(work, desks, report), "a report could not be confirmed"
        made.append(report)
    return [Ready(report, _version(desks["head-1"], report)) for report in made]


def _version(head: Desk, report: str) -> int:
    deadline = time.monotonic() + 60
    while True:
        try:
            return int(head.get(f"/referral/v1/reports/{report}")["version"])
        except Refused:
            assert time.monotonic() < deadline, "a confirmed report did not come to referral"
            time.sleep(0.1)


def _move_all(work: Work, ready: list[Ready], start: threading.Barrier) -> list[tuple[str, int]]:
    endings = []
    with httpx.Client(timeout=60, trust_env=False) as client:
        head = work.desk("head-1", client)
        start.wait(60)
        for each in ready:
            body = {"approval": approval(PROVINCE), "case_management_told": True}
            path = f"/referral/v1/reports/{each.report}/move"
            try:
                head.post(path, body, version=each.version, key=str(uuid.uuid4()))
                endings.append((each.report, 200))
            except Refused as refused:
                endings.append((each.report, refused.status))
    return endings


def same_keys_again(work: Work) -> str:
    """Keys acknowledged before are given again, each twice at once: the same report, and no second."""
    told = {e.key: e.answer for e in work.history.entries() if e.op == ENTER and e.result == OK}
    keys = list(told)[:: max(1, len(told) // KEYS)]

    def again(key: str) -> bool:
        with httpx.Client(timeout=30, trust_env=False) as client:
            answer = work.desk("clerk-1", client).post("/intake/v1/reports", report_body(), key=key)
            return str(answer["report_id"]) == told[key]

    with ThreadPoolExecutor(8) as hands:
        equal = list(hands.map(again, [key for key in keys for _ in range(2)]))
    assert all(equal), f"{equal.count(False)} of {len(equal)} answers named another report"
    return f"{len(keys)} keys, each twice at once: {len(equal)} equal answers"
