"""A reception: the roster, a session told ahead with a booking, and a walk-in whose talk becomes a report."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from deploy.local.demo.routing import today
from deploy.local.demo.stage import PROVINCE, Stage, awaited
from deploy.local.desk import Refused

SHANGHAI = ZoneInfo("Asia/Shanghai")
VISITORS = [{"name": "郑樵（虚构）", "phone": "13800000000", "address": "贵州省南明区样例路一号"}]
MATTER = "反映某单位采购不公开的问题，请求当面说明。（虚构样例）"


class Reception:
    """The reception desk of one organ."""

    def __init__(self, stage: Stage, organ: str = PROVINCE) -> None:
        self.stage, self.organ = stage, organ
        self.clerk = stage.desk("receptionist-1", organ)
        self.leader = stage.desk("deputy-1", organ)
        self.staff = {
            "leader_seat": f"{organ}-seat-deputy-1",
            "recorder_seat": f"{organ}-seat-receptionist-1",
        }

    def roster(self, session_on: date) -> None:
        """Who receives today on duty and on the day of the session; approved by another than the drafter."""
        seat = self.staff["leader_seat"]
        days = [(today(), "DUTY"), (session_on, "RECEIVE")]
        rows = [
            {
                "day": day.isoformat(),
                "leader_seat": seat,
                "form": form,
                "place": "来访接待室",
                "duties": "信访",
            }
            for day, form in days
        ]
        for year in sorted({day.year for day, _ in days}):
            mine = [row for row in rows if row["day"].startswith(str(year))]
            drafted = awaited("the directory at reception", partial(self._draft, year, mine))
            self.stage.desk("deputy-2", self.organ).post(f"/reception/v1/rosters/{drafted}/approve")

    def _draft(self, year: int, rows: list[dict[str, str]]) -> str | None:
        try:
            return str(self.clerk.post("/reception/v1/rosters", {"year": year, "days": rows})["roster_id"])
        except Refused as refused:
            if refused.status in {404, 409, 422}:
                return None
            raise

    def session_on_a_free_day(self, day: date) -> str:
        """A session on the first day from ``day`` whose morning is still free."""
        while True:
            self.roster(day)
            try:
                return self.session(day)
            except Refused as refused:
                if refused.code != "slots-overlap":
                    raise
            day += timedelta(days=1)

    def session(self, day: date) -> str:
        """Plan and publish a morning of four slots."""
        opens = datetime.combine(day, time(9), SHANGHAI)
        session_id = str(
            self.clerk.post(
                "/reception/v1/sessions",
                {
                    "held_on": day.isoformat(),
                    "opens_at": opens.isoformat(),
                    "closes_at": (opens + timedelta(hours=2)).isoformat(),
                    "slot_minutes": 30,
                    "place": "来访接待室",
                    "form": "RECEIVE",
                    "staff": self.staff,
                },
            )["session_id"]
        )
        head = self.stage.desk("head-1", self.organ)
        head.post(f"/reception/v1/sessions/{session_id}/publish", version=1)
        return session_id

    def book(self, session_id: str) -> str:
        """Book the next free slot."""
        booked = self.clerk.post(f"/reception/v1/sessions/{session_id}/bookings", self._form())
        return str(booked["visit_id"])

    def walk_in(self) -> str:
        """Receive somebody who came without a booking, from the gate to the leader's signature."""
        self.clerk.post("/reception/v1/gate", {"superior_level": False})
        visit = str(
            self.clerk.post("/reception/v1/walk-ins", {**self._form(), "staff": self.staff})["visit_id"]
        )
        self._act(visit, "points", {"points": ["PT04"]})
        self._act(visit, "sort", {"superior_level": False, "sort": "IN_SCOPE"})
        self._act(visit, "brief", leader=True)
        self._act(visit, "begin", leader=True)
        self._write_record(visit)
        self._act(visit, "points", {"points": ["PT10"]})
        self._act(visit, "confirm-record")
        self._act(visit, "answer", {"text": "已当面告知办理途径和时限。"}, leader=True)
        self._act(visit, "points", {"points": ["PT14"]})
        self._act(visit, "sign-off", {"opinion": "请信访室当日录入。"}, leader=True)
        return visit

    def _form(self) -> dict[str, Any]:
        return {
            "superior_level": False,
            "persons": 1,
            "name_status": "SIGNED_UNVERIFIED",
            "visitors": VISITORS,
            "matter": MATTER,
            "parties": [{"party_type": "ORGANISATION", "unit": f"{self.organ}-host-roads"}],
        }

    def _write_record(self, visit: str) -> None:
        record = {
            "superior_level": False,
            "title": "反映采购不公开",
            "text": "来访人称该单位两次采购未公示，提供了清单复印件。（虚构样例）",
            "allegations": [{"what": "采购未按规定公示", "evidence": "采购清单复印件"}],
            "parties": [
                {
                    "party_type": "ORGANISATION",
                    "unit_id": f"{self.organ}-host-roads",
                    "authority": "PROVINCIAL",
                    "region": self.organ,
                }
            ],
        }
        version = self._version(visit)
        self.clerk.put(f"/reception/v1/visits/{visit}/interview-record", record, version=version)

    def _act(self, visit: str, step: str, body: Any = None, *, leader: bool = False) -> Mapping[str, Any]:
        desk = self.leader if leader else self.clerk
        path = f"/reception/v1/visits/{visit}/{step}"
        moved: Mapping[str, Any] = desk.post(path, body, version=self._version(visit))
        return moved

    def _version(self, visit: str) -> int:
        return int(self.clerk.get(f"/reception/v1/visits/{visit}")["version"])
