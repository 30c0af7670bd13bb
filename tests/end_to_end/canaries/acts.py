"""The acts that the demo's day leaves out, so that every field of every API is used once."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from deploy.local.demo.audit import BODY, Assigned
from deploy.local.demo.cases import SEEDED, own_level
from deploy.local.demo.entry import EntryDesk, party_body
from deploy.local.demo.routing import Office, today
from deploy.local.demo.stage import PROVINCE, Stage
from deploy.local.demo.visits import Reception
from deploy.local.desk import Desk
from services.chassis.security.tokens import load_private, mint

REPORTS, SESSIONS, VISITS = "/intake/v1/reports", "/reception/v1/sessions", "/reception/v1/visits"
IDENTITIES = "/vault/v1/identities"
CHANNELS = ("LETTER", "VISIT", "PHONE", "NETWORK")
WHO = {"name": "东郭晓（虚构）"}
CONTENT = {"text": "具体问题（虚构）", "allegations": [{"what": "具体事项（虚构）"}]}
BACK = {"decision": "RETURN", "reasons": ["X1"]}


def entry_body(channel: str) -> dict[str, Any]:
    """A report of a named person on a party of the province's own level."""
    return {
        "superior_level": False,
        "arrival": {"received_on": today().isoformat(), "channel": channel},
        "reporter": {"name_status": "SIGNED_UNVERIFIED", "identity": WHO},
        "content": CONTENT,
        "classification": {"nature": "N1", "violations": ["V3-08"], "primary_violation": "V3-08"},
        "parties": [party_body(own_level())],
    }


@dataclass(slots=True)
class Acts:
    """One round of further acts on a stage that the organisation is loaded on."""

    stage: Stage
    read: list[str] = field(default_factory=list)
    """Texts as those who may read them got them."""

    def all(self) -> None:
        """Everything below, one after another."""
        entry = EntryDesk(self.stage)
        for channel in CHANNELS:
            self._enter_by(channel)
        self._read_and_correct(entry)
        self._change_a_session()
        self._talk()
        self._refuse_a_transfer(entry)
        self._audit_with_every_return(entry)
        self._vault()

    def _enter_by(self, channel: str) -> None:
        """A named report by a channel, its elements put anew, a party and an alias added."""
        clerk, body = self.stage.desk("clerk-1"), entry_body(channel)
        report_id = str(clerk.post(REPORTS, body)["report_id"])
        path = f"{REPORTS}/{report_id}"
        elements = {n: part for n, part in body.items() if n not in {"superior_level", "parties"}}
        clerk.put(f"{path}/elements", elements, version=self._version(report_id))
        clerk.post(f"{path}/parties", party_body(own_level()), version=self._version(report_id))
        party = clerk.get(path)["parties"][-1]["party"]
        alias = {"alias": "别名（虚构）"}
        clerk.post(f"{path}/parties/{party}/aliases", alias, version=self._version(report_id))
        self.read.append(str(clerk.read(f"{path}/content", "核对录入内容")))

    def _read_and_correct(self, entry: EntryDesk) -> None:
        """A correction of a confirmed report that another approves."""
        report_id = entry.enter(SEEDED[3])
        path = f"{REPORTS}/{report_id}/corrections"
        body = {
            "reason_code": "WRONG_CATEGORY",
            "content": CONTENT,
            "classification": {"nature": "N1", "violations": ["V5-01"], "primary_violation": "V5-01"},
        }
        asked = entry.clerk.post(path, body, version=self._version(report_id))
        entry.head.post(f"{path}/{asked['correction_id']}/approval", version=self._version(report_id))

    def _change_a_session(self) -> None:
        """A session in another room."""
        reception = Reception(self.stage)
        session = reception.session_on_a_free_day(today() + timedelta(days=21))
        change = {"staff": reception.staff, "place": "另一接待室（虚构）"}
        self.stage.desk("head-1").post(f"{SESSIONS}/{session}/change", change, version=2)

    def _talk(self) -> None:
        """A walk-in by two people that ends in an answer with a promise, and a leader's opinion."""
        reception = Reception(self.stage)
        clerk, leader = reception.clerk, reception.leader
        roads = {"party_type": "ORGANISATION", "unit": f"{PROVINCE}-host-roads"}
        form = {
            "superior_level": False,
            "persons": 2,
            "name_status": "SIGNED_UNVERIFIED",
            "visitors": [WHO, WHO],
            "matter": "请求说明（虚构）",
            "parties": [roads],
            "staff": reception.staff,
        }
        visit = str(clerk.post("/reception/v1/walk-ins", form)["visit_id"])
        told = {"party_type": "ORGANISATION", "name": "某单位（虚构）", "authority": "PROVINCIAL"}
        record = {"superior_level": False, "title": "题", **CONTENT, "parties": [told]}
        promise = {
            "text": "承诺（虚构）",
            "due_on": today().isoformat(),
            "owner_seat": f"{PROVINCE}-seat-head-1",
        }
        steps: tuple[tuple[Desk, str, Any], ...] = (
            (clerk, "points", {"points": ["PT04"]}),
            (clerk, "sort", {"superior_level": False, "sort": "IN_SCOPE"}),
            (leader, "brief", None),
            (leader, "begin", None),
            (clerk, "interview-record", record),
            (clerk, "points", {"points": ["PT10"]}),
            (clerk, "confirm-record", None),
            (leader, "answer", {"text": "答复（虚构）", "promises": [promise]}),
            (clerk, "points", {"points": ["PT14"]}),
            (leader, "sign-off", {"opinion": "意见（虚构）"}),
        )
        for desk, step, body in steps:
            version = clerk.get(f"{VISITS}/{visit}")["version"]
            write = desk.put if step == "interview-record" else desk.post
            write(f"{VISITS}/{visit}/{step}", body, version=version)
        self.read.append(str(clerk.get(f"{VISITS}/{visit}/papers")))

    def _refuse_a_transfer(self, entry: EntryDesk) -> None:
        """What was sent below comes back with reasons."""
        report_id = entry.enter(SEEDED[2])
        routed, part = Office(self.stage).route(report_id), Office(self.stage).part(report_id)
        path = f"/referral/v1/reports/{report_id}/transfer/refusal"
        body = {"reason_code": "NOT_OUR_MATTER", "reasons": "不属本级管辖（虚构）"}
        self.stage.desk("head-1", str(routed.target)).post(path, body, version=part["version"])

    def _audit_with_every_return(self, entry: EntryDesk) -> None:
        """An assigned case that every desk sends back once, each with a note, and then accepts."""
        report_id = entry.enter(SEEDED[0])
        routed = Office(self.stage).assign(report_id, 77)
        case = Assigned(self.stage, report_id, str(routed.target))
        case.prepare()
        minutes = {"text": "会议记录（虚构）", "present": [f"{case.organ}-{job}" for job in BODY]}
        due = (today() + timedelta(days=60)).isoformat()
        fourth = {**BACK, "kind": "SUPPLEMENT_CHECK", "new_due_on": due}
        desks = (
            ("rounds/R1", "handler-1", BACK, case.organ, case.first),
            ("rounds/R2", "trial-1", BACK, case.organ, case.second),
            ("rounds/R3", "member-1", {**BACK, "minutes": minutes}, case.organ, case.third),
            ("chief", "chief", BACK, case.organ, case.chief),
            ("rounds/R4", "superior-1", fourth, case.above, case.fourth),
        )
        for number, (desk, job, verdict, organ, _) in enumerate(desks):
            case.submit()
            for *_, passing in desks[:number]:
                passing()
            if desk != "chief":
                case.act(f"audit/{desk}/taking", job, organ=organ)
            case.act(f"audit/{desk}/decision", job, verdict, organ)
        case.in_full()

    def _vault(self) -> None:
        """Identities kept one by one and in a batch, as intake's own processes ask for it."""
        key = self.stage.here.home.keys / "service-intake.pem"
        kid = "service-intake"
        token = mint(load_private(key), kid, sub=kid, organ="", roles=["service"], seats=[], aud=["vault"],
                     kind="service")  # fmt: skip
        for path, body in ((IDENTITIES, WHO), (f"{IDENTITIES}/batch", {"identities": [WHO, WHO]})):
            url = self.stage.here.ports.url("vault") + path
            answer = self.stage.client.post(url, json=body, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 201, answer.text

    def _version(self, report_id: str) -> int:
        return int(self.stage.desk("clerk-1").get(f"{REPORTS}/{report_id}")["version"])
