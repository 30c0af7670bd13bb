"""The play: phase after phase, all reports go the way their cases name, each act by whose it is."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from deploy.local.demo.audit import Assigned
from deploy.local.demo.cases import ASSIGNED, MOVED, Case, Ending
from deploy.local.demo.routing import Handler, Office, Routed
from deploy.local.demo.stage import Stage

DECISIONS = {"N1": "ACCEPT_MOVE", "N5": "RETAIN_NO_SUBSTANCE"}
FINDING = {"substantiation": "PARTLY_TRUE", "outcome": "EDUCATION", "four_form": 1}
Told = Callable[[str, int], None]
"""What is called with the name of a phase and the number of acts done in it."""


@dataclass(slots=True)
class Item:
    """One report on its way."""

    report_id: str
    case: Case
    routed: Routed | None = None


@dataclass(slots=True)
class Play:
    """All items and the province's office; every phase waits for what others must have heard."""

    stage: Stage
    told: Told
    items: list[Item] = field(default_factory=list)
    ways: Counter[str] = field(default_factory=Counter)

    def run(self) -> None:
        """Triage, meeting, handling, transfers, audits: all of it."""
        office = Office(self.stage)
        self._triage(office)
        self._meeting(office, [i for i in self.items if i.case.ending is Ending.STUDIED])
        self._handle(office)
        self._below()
        for item in self._with(*ASSIGNED):
            self.audit(item)

    def _with(self, *endings: Ending) -> Iterable[Item]:
        return (item for item in self.items if item.case.ending in endings)

    def _triage(self, office: Office) -> None:
        for number, item in enumerate(self.items, start=1):
            if item.case.ending is Ending.WAITING:
                continue
            if item.case.ending in ASSIGNED:
                item.routed = office.assign(item.report_id, number)
            else:
                item.routed = office.route(item.report_id)
            self.ways[item.routed.way] += 1
            self.told("triage 研判分流", number)

    def _meeting(self, office: Office, items: list[Item]) -> None:
        if not items:
            return
        office.study({item.report_id: _decision(item.case) for item in items})
        for item in items:
            match _decision(item.case):
                case "RETAIN_NO_SUBSTANCE":
                    office.act(item.report_id, "retention", {"kind": "NO_SUBSTANCE"})
                case "ACCEPT_MOVE":
                    item.routed = office.move(item.report_id)
                    self._conclude(item, "TALK_OR_INQUIRY")
                case _:
                    office.out_of_scope(item.report_id, item.case.channel)
            self.told("study 集体研判", len(items))

    def _handle(self, office: Office) -> None:
        for item in self._with(*MOVED):
            handler = self._signed(item)
            match item.case.ending:
                case Ending.CONCLUDED:
                    handler.dispose(item.report_id, "PRELIMINARY_VERIFICATION")
                    handler.verify(item.report_id)
                    handler.conclude(item.report_id, **FINDING)
                case Ending.TALKED:
                    handler.dispose(item.report_id, "TALK_OR_INQUIRY")
                    handler.verify(item.report_id)
                    handler.conclude(item.report_id, substantiation="UNFOUNDED", outcome="NONE")
                case Ending.CLOSED:
                    handler.dispose(item.report_id, "CLOSED")
                    handler.conclude(item.report_id)
                case Ending.HELD:
                    handler.dispose(item.report_id, "HELD")
                    handler.hold(item.report_id)
                case _:
                    self._send_back(office, handler, item)
            self.told("handling 办理", 1)

    def _send_back(self, office: Office, handler: Handler, item: Item) -> None:
        handler.send_back(item.report_id)
        office.act(item.report_id, "rescreening", job="clerk-1")
        item.routed = office.route(item.report_id)
        self._conclude(item, "CLOSED")

    def _conclude(self, item: Item, disposal: str) -> None:
        handler = self._signed(item)
        handler.dispose(item.report_id, disposal)
        if disposal != "CLOSED":
            handler.verify(item.report_id)
        handler.conclude(item.report_id)

    def _signed(self, item: Item, organ: str | None = None) -> Handler:
        assert item.routed is not None
        assert item.routed.target is not None
        handler = Handler(self.stage, organ or item.routed.target.partition("-")[0], item.routed.target)
        handler.sign(item.report_id)
        return handler

    def _below(self) -> None:
        """What was transferred: signed for below, registered there anew, routed and concluded there."""
        items = list(self._with(Ending.TRANSFERRED))
        for item in items:
            assert item.routed is not None
            assert item.routed.target is not None
            above = Office(self.stage).part(item.report_id)
            desk = self.stage.desk("clerk-1", item.routed.target)
            path = f"/referral/v1/reports/{item.report_id}/transfer/signature"
            desk.post(path, version=above["version"])
            self.told("signatures below 下级签收", 1)
        for item in items:
            assert item.routed is not None
            below = Office(self.stage, str(item.routed.target))
            item.routed = below.route(item.report_id)
            self._conclude(item, "TALK_OR_INQUIRY")
            self.told("handling below 下级办理", 1)

    def audit(self, item: Item) -> None:
        """An assigned case through its four rounds."""
        assert item.routed is not None
        case = Assigned(self.stage, item.report_id, str(item.routed.target))
        case.in_full(with_a_return=item.case.ending is Ending.ASSIGNED_TWICE)
        self.told("audit 四轮审核", 1)


def _decision(case: Case) -> str:
    """What the meeting decides: by nature, and out of scope by the channel."""
    if case.nature == "N4":
        return "OOS_FORWARD" if case.channel == "LETTER" else "OOS_ADVISE"
    return DECISIONS[case.nature]
