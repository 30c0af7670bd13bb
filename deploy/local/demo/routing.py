"""How the demo's officers route a report at referral and how its handlers bring it to an end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from deploy.local.demo.stage import PROVINCE, Stage, awaited
from deploy.local.desk import Refused

HANDLERS = {"supervision": "handler-1", "team-1": "team-handler-1", "internal": "internal-1"}
"""Who signs for what is moved to a unit."""
ANSWERED = ("VISIT", "PHONE", "NETWORK")
"""Channels on which the person is told where to go; what came by letter is forwarded."""


def today() -> date:
    """The local day."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


def approval(organ: str, job: str = "deputy-1") -> dict[str, str]:
    """An approval given today by the officer of a job."""
    return {"seat": f"{organ}-seat-{job}", "approved_on": today().isoformat()}


@dataclass(frozen=True, slots=True)
class Routed:
    """What became of a report at the office's desk: the way taken, and to whom it went."""

    report_id: str
    way: str
    target: str | None = None


class Office:
    """The petition office of one organ with its handlers."""

    def __init__(self, stage: Stage, organ: str = PROVINCE) -> None:
        self.stage, self.organ = stage, organ
        self.head = stage.desk("head-1", organ)

    def part(self, report_id: str) -> Mapping[str, Any]:
        """The part of this organ, once referral has heard of it."""

        def look() -> Mapping[str, Any] | None:
            try:
                found: Mapping[str, Any] = self.head.get(f"/referral/v1/reports/{report_id}")
            except Refused as refused:
                if refused.status == 404:
                    return None
                raise
            return found

        return awaited("the report at referral's desk", look)

    def act(self, report_id: str, step: str, body: Any = None, *, job: str = "head-1") -> Mapping[str, Any]:
        """One act on a report, at the version that stands."""
        version = self.part(report_id)["version"]
        path = f"/referral/v1/reports/{report_id}/{step}"
        moved: Mapping[str, Any] = self.stage.desk(job, self.organ).post(path, body, version=version)
        return moved

    def route(self, report_id: str) -> Routed:
        """Do what the decision order proposes."""
        part = self.part(report_id)
        proposal = part["proposal"]
        match proposal["kind"]:
            case "MOVE":
                return self.move(report_id)
            case "TRANSFER":
                self.act(report_id, "transfer")
                return Routed(report_id, "transferred", proposal["target_organ"])
            case "RETAIN_REPEAT":
                self.act(report_id, "retention", {"kind": "REPEAT"})
                return Routed(report_id, "retained")
            case "APPEAL" | "SUGGESTION" as kind:
                self.act(report_id, kind.lower())
                return Routed(report_id, kind.lower(), proposal["target_unit"])
            case "ADVISE_OR_FORWARD":
                return self.out_of_scope(report_id, part["channel"])
            case _:
                self.act(report_id, "study", {"reasons": part["study_reasons"] or ["MODE_UNCLEAR"]})
                return Routed(report_id, "queued for study")

    def move(self, report_id: str) -> Routed:
        """Accept it and hand it to the unit the decision order or the meeting names; 案管室 is told."""
        body = {"approval": approval(self.organ), "case_management_told": True}
        self.act(report_id, "move", body)
        routing = self.part(report_id)["routing"]
        return Routed(report_id, "moved", routing["target_unit"] or routing["target_seat"])

    def out_of_scope(self, report_id: str, channel: str) -> Routed:
        """Tell the person where to go, or forward the matter when it came by letter."""
        if channel in ANSWERED:
            self.act(report_id, "advice", job="clerk-1")
            return Routed(report_id, "advised")
        department = f"{self.organ}-dept-civil"
        self.act(report_id, "forwarding", {"competent_department": department})
        return Routed(report_id, "forwarded", department)

    def assign(self, report_id: str, number: int) -> Routed:
        """Assign instead of transferring; the deputy in charge approves, the letter has a number."""
        target = self.part(report_id)["proposal"]["target_organ"]
        body = {
            "ground": "A1",
            "letter_no": f"黔纪信交〔{today().year}〕{number}号",
            "approval": approval(self.organ),
        }
        self.act(report_id, "assignment", body)
        return Routed(report_id, "assigned", target)

    def study(self, decisions: Mapping[str, str]) -> None:
        """Hold a meeting and decide on each report, every member stating a view."""
        present = [f"{self.organ}-{job}" for job in ("deputy-1", "head-1", "handler-1")]
        meeting = self.head.post(
            "/referral/v1/meetings",
            {
                "held_on": today().isoformat(),
                "tier": "OFFICE",
                "present": present,
                "recorder": f"{self.organ}-clerk-1",
            },
        )["meeting_id"]
        for report_id, decision in decisions.items():
            item = {
                "report_id": report_id,
                "decision": decision,
                "opinions": [{"member": member, "text": "同意研判意见。"} for member in present],
                "executor": f"{self.organ}-head-1",
                "due_on": (today() + timedelta(days=5)).isoformat(),
            }
            version = self.part(report_id)["version"]
            self.head.post(f"/referral/v1/meetings/{meeting}/items", item, version=version)


class Handler:
    """The unit to which a report was moved."""

    def __init__(self, stage: Stage, organ: str, target: str) -> None:
        unit = target.removeprefix(f"{organ}-")
        self.stage, self.organ = stage, organ
        self.desk = stage.desk("chief" if unit == "seat-chief" else HANDLERS[unit], organ)

    def act(self, report_id: str, step: str, body: Any = None) -> Mapping[str, Any]:
        """One act on what lies with the unit."""
        version = self.desk.get(f"/referral/v1/reports/{report_id}")["version"]
        path = f"/referral/v1/reports/{report_id}/{step}"
        moved: Mapping[str, Any] = self.desk.post(path, body, version=version)
        return moved

    def sign(self, report_id: str) -> None:
        """Sign for it."""
        self.act(report_id, "move/signature")

    def dispose(self, report_id: str, disposal: str) -> None:
        """One of the four disposals, approved by the deputy over the unit."""
        self.act(report_id, "disposal", {"disposal": disposal, "approval": approval(self.organ, "deputy-2")})

    def verify(self, report_id: str) -> None:
        """The talk, inquiry or preliminary verification begins."""
        self.act(report_id, "verification")

    def hold(self, report_id: str) -> None:
        """Held until a day half a year ahead."""
        self.act(report_id, "hold", {"recheck_on": (today() + timedelta(days=180)).isoformat()})

    def conclude(self, report_id: str, **result: Any) -> None:
        """Concluded today, with what was found."""
        self.act(report_id, "conclusion", {"concluded_on": today().isoformat(), **result})

    def send_back(self, report_id: str) -> None:
        """Back to the petition office, with reasons and an approval."""
        body = {
            "reason_code": "NOT_OUR_MATTER",
            "reasons": "经查阅，反映内容无实质线索，退回信访部门重新研判。",
            "approval": approval(self.organ, "deputy-2"),
        }
        self.act(report_id, "return", body)
