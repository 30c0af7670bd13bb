"""An assigned case from its opening below to its acceptance above: four rounds and the chief's signature."""

from collections.abc import Mapping
from typing import Any

from deploy.local.demo.stage import PROVINCE, Stage, awaited

CASES = "/review/v1/assigned-cases"
PAPERS = ["CHECK_REPORT", "REPORTED_PERSON_VIEWS", "ORGAN_OPINION"]
CHECKLIST = ["COMPLETE", "ALLEGATIONS_ANSWERED", "PROCEDURE"]
BODY = ("member-1", "member-2", "member-3", "deputy-1")
"""Who is present when the deciding body below takes the third round."""


class Assigned:
    """One assigned case, handled by ``organ`` for the organ above."""

    def __init__(self, stage: Stage, report_id: str, organ: str, above: str = PROVINCE) -> None:
        self.stage, self.organ, self.above, self.report_id = stage, organ, above, report_id
        self.case_id: str = awaited("the assigned case at review", self._find)

    def _find(self) -> str | None:
        head = self.stage.desk("head-1", self.organ)
        cursor: str | None = None
        while True:
            page = head.get(CASES, limit=200, **({"cursor": cursor} if cursor else {}))
            for case in page["cases"]:
                if case["report_id"] == self.report_id:
                    return str(case["case_id"])
            cursor = page["next_cursor"]
            if cursor is None:
                return None

    def act(self, step: str, job: str, body: Any = None, organ: str | None = None) -> Mapping[str, Any]:
        """One act on the case at the version that stands."""
        desk = self.stage.desk(job, organ or self.organ)
        version = desk.get(f"{CASES}/{self.case_id}")["version"]
        moved: Mapping[str, Any] = desk.post(f"{CASES}/{self.case_id}/{step}", body, version=version)
        return moved

    def prepare(self) -> None:
        """The lower organ names who handles, who submits, and the department that answers for it."""
        organ = self.organ
        people = {
            "handlers": [f"{organ}-handler-2"],
            "submitters": [f"{organ}-case-1"],
            "handling_unit": f"{organ}-supervision",
        }
        self.act("people", "head-1", people)

    def submit(self) -> None:
        """The result goes in, with its papers."""
        result = {
            "substantiation": "PARTLY_TRUE",
            "outcome": "EDUCATION",
            "four_form": 1,
            "papers": PAPERS,
            "text": "经核查，反映问题部分属实，已对有关人员批评教育，逐项答复如下。（虚构样例）",
        }
        self.act("audit/submissions", "case-1", result)

    def first(self) -> None:
        """R1: the handling department's own check."""
        self._round("R1", "handler-1", {"decision": "PASS", "checklist": CHECKLIST})

    def second(self) -> None:
        """R2: the trial department."""
        self._round("R2", "trial-1", {"decision": "PASS", "opinion": "事实清楚，定性准确，同意报结。"})

    def second_returns(self) -> None:
        """R2 finds an allegation unanswered; everything begins anew."""
        self._round("R2", "trial-2", {"decision": "RETURN", "reasons": ["X1"], "note": "一项反映未予答复。"})

    def third(self) -> None:
        """R3: the deciding body, with minutes."""
        minutes = {"text": "会议研究，同意报结。", "present": [f"{self.organ}-{job}" for job in BODY]}
        self._round("R3", "member-1", {"decision": "PASS", "minutes": minutes})

    def chief(self) -> None:
        """The chief signs."""
        self.act("audit/chief/decision", "chief", {"decision": "SIGN"})

    def fourth(self) -> None:
        """R4: the superior petition office accepts, and the case is closed."""
        self._round("R4", "superior-1", {"decision": "ACCEPT"}, self.above)

    def _round(self, desk: str, job: str, verdict: Mapping[str, Any], organ: str | None = None) -> None:
        self.act(f"audit/rounds/{desk}/taking", job, organ=organ)
        self.act(f"audit/rounds/{desk}/decision", job, verdict, organ)

    def in_full(self, *, with_a_return: bool = False) -> None:
        """The whole way, on request with one return and a second submission."""
        self.prepare()
        self.submit()
        self.first()
        if with_a_return:
            self.second_returns()
            self.submit()
            self.first()
        self.second()
        self.third()
        self.chief()
        self.fourth()
