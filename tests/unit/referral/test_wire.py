"""What is said fits its contract, what is heard reads every example, and states of entries read back."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args
from uuid import UUID, uuid4

import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # ships no types

from services.referral.adapters import directory_states as states
from services.referral.adapters.part_rows import matter_json, matter_of, study_json, study_of
from services.referral.adapters.published_events import DIRECTORY, REPORTS, publish
from services.referral.adapters.stream import ROUTES, TOPICS
from services.referral.domain import events
from services.referral.domain.errors import EntryMalformed
from services.referral.domain.events import Event, ReportEvent
from services.referral.domain.referral import Study, Target
from services.referral.domain.values import Disposal, Ground, StudyDecision, Way
from tests.support.referral_offices import offices
from tests.unit.referral.provinces import NOW, REPORT, TODAY, matter, person

CONTRACTS = Path(__file__).resolve().parents[3] / "contracts"
COUNTY = {"level": "COUNTY", "region": "520102", "areas": ["520102"], "name": "虚构"}
ABOUT = (REPORT, "p", True)
SAID: list[Event] = [
    events.ReportQueuedForStudy(*ABOUT, ("COMPLEX",)),
    events.ReportStudied(*ABOUT, uuid4(), StudyDecision.ASSIGN, ("COMPLEX",)),
    events.ReportAccepted(*ABOUT, "TRIAGE"),
    events.ReportMoved(*ABOUT, Way.ROOM, "p", "p-room", None, NOW, None),
    events.ReportTransferred(*ABOUT, "a"),
    events.TransferSignedFor(REPORT, "a", True, "p", TODAY),
    events.ReportAssigned(*ABOUT, "a", Ground.A2, ("T_LIVELIHOOD",), TODAY, ("P-1",)),
    events.ReportReturned(*ABOUT, "HANDLER", "NO_SUBSTANCE"),
    events.ReportRetained(*ABOUT, "NO_SUBSTANCE", uuid4()),
    events.ReportRetained(*ABOUT, "REPEAT", None),
    events.ReportAdvised(*ABOUT, ("O2",)),
    events.ReportForwarded(*ABOUT, "labour"),
    events.AppealRouted(*ABOUT, "p-appeals"),
    events.SuggestionFiled(*ABOUT, "p-office"),
    events.DisposalDecided(*ABOUT, Disposal.HELD),
    events.ReportConcluded(*ABOUT, TODAY, "TRUE", "EDUCATION", 1),
    events.ReportConcluded(*ABOUT, TODAY, None, None, None),
    events.SuperiorLevelSuspected(*ABOUT),
    events.RoutingWithdrawn(*ABOUT, "EXCLUDED"),
    *(
        events.DirectoryChanged(
            e["kind"], e["id"], None, True, TODAY, states.full_state(e["kind"], e["id"], e["state"])
        )
        for e in offices()
    ),
]


def schema(kind: str) -> dict[str, Any]:
    service, name, version = kind.split(".")
    file = CONTRACTS / "events" / service / name / f"{version}.schema.json"
    return dict(json.loads(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("event", SAID, ids=lambda event: type(event).__name__)
def test_every_fact_fits_its_contract(event: Event) -> None:
    fact = publish(event)

    data = json.loads(json.dumps(dict(fact.data)))
    Draft202012Validator(schema(fact.type), format_checker=Draft202012Validator.FORMAT_CHECKER).validate(data)
    assert set(data) <= set(schema(fact.type)["properties"])


def test_every_event_is_said_here_and_is_what_the_map_says() -> None:
    map_ = yaml.safe_load((CONTRACTS / "asyncapi" / "referral.yaml").read_text(encoding="utf-8"))
    sent = {
        message["$ref"].rpartition("/")[2]
        for operation in map_["operations"].values()
        if operation["action"] == "send"
        for message in operation["messages"]
    }

    assert {type(event) for event in SAID} == {*get_args(ReportEvent), events.DirectoryChanged}
    assert {publish(event).type for event in SAID} == {f"referral.{name}.v1" for name in sent}


def test_a_report_s_facts_are_keyed_by_it_and_an_entry_s_by_itself() -> None:
    report, entry = publish(SAID[0]), publish(SAID[-1])

    assert (report.topic, report.key, report.subject) == (REPORTS, str(REPORT), str(REPORT))
    assert (entry.topic, entry.key, entry.compacted) == (DIRECTORY, entry.subject, True)


@pytest.mark.parametrize("kind", sorted(ROUTES))
def test_every_example_of_what_is_heard_can_be_read(kind: str) -> None:
    service, name, _ = kind.split(".")
    examples = sorted((CONTRACTS / "events" / service / name / "examples").glob("*.json"))

    assert examples
    for example in examples:
        ROUTES[kind].model.model_validate(json.loads(example.read_text(encoding="utf-8")))


def test_the_topics_heard_are_those_of_the_map() -> None:
    map_ = yaml.safe_load((CONTRACTS / "asyncapi" / "referral.yaml").read_text(encoding="utf-8"))
    heard = {
        map_["channels"][operation["channel"]["$ref"].rpartition("/")[2]]["address"]
        for operation in map_["operations"].values()
        if operation["action"] == "receive"
    }

    assert set(TOPICS) == heard


def test_a_matter_and_a_study_read_back_as_they_were_written() -> None:
    given = matter(parties=(person(), person(unit="host", is_unit_head=True)), themes=("T_RURAL",))
    study = Study(("OOS",), UUID(int=3), StudyDecision.TRANSFER, Target(Way.LOCAL, "a"), 1)

    assert matter_of(json.loads(matter_json(given)), given.received_on) == given
    assert study_of(json.loads(study_json(study) or "")) == study


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (
            "ORGAN",
            {"level": "COUNTY", "region": "520102", "areas": ["520102"], "name": "虚构", "superior": "x"},
        ),
        ("ORGAN", COUNTY | {"region": "52"}),
        ("ORGAN", COUNTY | {"areas": ["5"]}),
        ("UNIT", {"kind": "HOST_UNIT", "name": "虚构", "successors": ["x"]}),
        ("UNIT", {"kind": "HOST_UNIT", "name": "虚构", "valid_from": "2026-01-02", "valid_to": "2026-01-01"}),
        ("UNIT", {"kind": "HOST_UNIT", "name": "虚构", "nickname": "no such member"}),
        ("SEAT", {"organ": "520000", "post": "CHAIR"}),
        ("PERSON", {"name": "a name has no place in a state"}),
        ("THING", {}),
    ],
)
def test_a_state_that_contradicts_itself_is_refused(kind: str, state: dict[str, Any]) -> None:
    with pytest.raises(EntryMalformed):
        states.full_state(kind, "x", state)


def test_an_instant_is_said_in_utc() -> None:
    moved = events.ReportMoved(*ABOUT, Way.ROOM, "p", "r", None, datetime(2026, 3, 2, 2, 0, tzinfo=UTC), None)

    assert publish(moved).data["case_management_notified_at"] == "2026-03-02T02:00:00Z"
