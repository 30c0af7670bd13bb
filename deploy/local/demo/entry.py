"""How the demo's clerks enter reports at intake, and complete what a register or a visit left as a draft."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from deploy.local.demo.cases import Case, Ending, Party, own_level
from deploy.local.demo.routing import today
from deploy.local.demo.stage import PROVINCE, Stage, awaited
from deploy.local.desk import Refused

REASON = "补录要素、核对问题类别"
"""Why the clerk reads what a register says: kept sealed with the record of access."""
PAGE = 200


class EntryDesk:
    """Two clerks and the head of the province's petition office."""

    def __init__(self, stage: Stage) -> None:
        self.clerk, self.second = stage.desk("clerk-1"), stage.desk("clerk-2")
        self.head = stage.desk("head-1")

    def enter(self, case: Case) -> str:
        """Register a seeded report of today and bring it to the confirmed category; returns its id."""
        body = {
            "superior_level": False,
            "arrival": {"received_on": today().isoformat(), "channel": case.channel},
            "reporter": _reporter(case),
            "content": _content(case, "反映人称，有关人员在具体事项上存在违规行为（虚构样例）。"),
            "classification": case.classification(),
            "parties": [] if case.party is None else [party_body(case.party)],
        }
        done = self.clerk.post("/intake/v1/reports", body)
        self._confirm(done["report_id"])
        return str(done["report_id"])

    def imported_rows(self) -> list[Mapping[str, Any]]:
        """Every imported row the organ holds, whatever became of it, as intake lists it."""
        found: list[Mapping[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            page = self.clerk.get("/intake/v1/reports", limit=PAGE, **cursor)
            found += [row for row in page["reports"] if row["imported"]]
            if page["next_cursor"] is None:
                return found
            cursor = {"cursor": page["next_cursor"]}

    def complete(self, draft: Mapping[str, Any], case: Case) -> str:
        """Give an imported draft the elements of its case and confirm it; returns its id."""
        report_id = str(draft["report_id"])
        path = f"/intake/v1/reports/{report_id}"
        if case.party is not None:
            self.clerk.post(f"{path}/parties", party_body(case.party), version=self._version(report_id))
        seen = self.clerk.get(path)
        text = self.clerk.read(f"{path}/content", REASON)["text"]
        body = {
            "arrival": seen["arrival"],
            "reporter": {name: seen["reporter"][name] for name in ("name_status", "count")},
            "content": {**_content(case, text), "text": text},
            "classification": case.classification(),
        }
        try:
            self.clerk.put(f"{path}/elements", body, version=seen["version"])
        except Refused as refused:
            if refused.code != "gate-unanswered":
                raise
            self.clerk.put(f"{path}/elements", {**body, "gate_second_no": True}, version=seen["version"])
        self._confirm(report_id)
        return report_id

    def stopped_at_the_gate(self) -> int:
        """Answer the gate's question with yes: the instruction comes, and nothing is kept."""
        answer = self.clerk.post("/intake/v1/reports", {"superior_level": True})
        return int("instruction_zh" in answer)

    def of_visit(self, visit_id: str) -> str:
        """Wait until a signed-off visit is a draft here, and bring it to the confirmed category."""

        def look() -> Mapping[str, Any] | None:
            page = self.clerk.get("/intake/v1/reports", desk="DRAFT", received_from=today().isoformat())
            return next((row for row in page["reports"] if row["channel"] == "VISIT"), None)

        draft = awaited(f"the report of visit {visit_id}", look)
        case = Case(Ending.WAITING, "VISIT", "N1", own_level(), violations=("V4-01",))
        return self.complete(draft, case)

    def _confirm(self, report_id: str) -> None:
        """Complete, checked by the second clerk, confirmed by the head."""
        path = f"/intake/v1/reports/{report_id}"
        for desk, step in ((self.clerk, "complete"), (self.second, "check"), (self.head, "confirm")):
            desk.post(f"{path}/{step}", version=self._version(report_id))

    def _version(self, report_id: str) -> int:
        return int(self.clerk.get(f"/intake/v1/reports/{report_id}")["version"])


def latest_month(rows: Iterable[Mapping[str, Any]]) -> str | None:
    """The last month (YYYY-MM) in which one of the rows was received; None when there is no row."""
    return max((row["received_on"][:7] for row in rows), default=None)


def to_play(rows: Iterable[Mapping[str, Any]], count: int) -> list[Mapping[str, Any]]:
    """The ``count`` rows that are drafts still and nearest to the register's end, the latest month last.

    So the latest month of the register and the one before it come before any older one; what an earlier
    run completed is left alone.
    """
    drafts = sorted((row for row in rows if row["desk"] == "DRAFT"), key=lambda row: str(row["received_on"]))
    return drafts[max(0, len(drafts) - count) :]


def _reporter(case: Case) -> dict[str, Any]:
    reporter: dict[str, Any] = {"name_status": case.name_status}
    if case.name_status != "ANONYMOUS":
        reporter["identity"] = {"name": "东郭晓（虚构）", "phone": "0851-00000000"}
    return reporter


def _content(case: Case, text: str) -> dict[str, Any]:
    content: dict[str, Any] = {
        "text": text,
        "title": "群众反映问题（虚构样例）",
        "summary": "反映有关人员或单位存在问题，详见正文（虚构样例）。",
        "allegations": [
            {"what": "违规办理具体事项（虚构）", "where": f"{PROVINCE}辖区内", "when": "今年上半年"}
        ],
    }
    if any(code.endswith("-99") for code in case.violations):
        content["other_violation"] = "其他问题（虚构）"
    return content


def party_body(party: Party) -> dict[str, Any]:
    """A party as intake's door takes it."""
    return {name: value for name, value in asdict(party).items() if value is not None}
