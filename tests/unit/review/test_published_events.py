"""What review says fits its contracts, and it hears what its map says it hears."""

import json
from pathlib import Path

import jsonschema  # type: ignore[import-untyped] # ships no types
import pytest
import yaml

from services.review.adapters.published_events import publish
from services.review.adapters.stream import COMPACTED, ROUTES, TOPICS
from services.review.domain.events import (
    CaseAccepted,
    CaseOpened,
    CaseWithdrawn,
    ChiefSigned,
    Event,
    ResultReturned,
    ResultSubmitted,
    ResultWithdrawn,
    RoundPassed,
)
from services.review.domain.values import Cause, Desk, Due, Ground, Reason, ReturnKind, State
from tests.support.review_cases import NEW_DEADLINE, RESULT, TODAY, case_at

CONTRACTS = Path(__file__).parents[3] / "contracts"
MATTER = case_at(State.SUPPLEMENTING).matter
EVENTS: list[Event] = [
    CaseOpened(MATTER, Ground.A1, (), TODAY, Due(NEW_DEADLINE, True)),
    ResultSubmitted(MATTER, 1, TODAY),
    ResultWithdrawn(MATTER, 1),
    RoundPassed(MATTER, 1, Desk.R3),
    ResultReturned(MATTER, 1, Desk.R1, (Reason.FACTS_UNCLEAR,), State.SUPPLEMENTING, None, None),
    ResultReturned(
        MATTER, 2, Desk.R4, tuple(Reason), State.SUPPLEMENTING, ReturnKind.MISSING_DOCS, NEW_DEADLINE
    ),
    ChiefSigned(MATTER, 1),
    CaseAccepted(MATTER, 1, TODAY, RESULT),
    CaseWithdrawn(MATTER, Cause.FROZEN),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_every_fact_fits_its_schema(event: Event) -> None:
    fact = publish(event)
    service, name, version = fact.type.split(".")
    schema = json.loads((CONTRACTS / "events" / service / name / f"{version}.schema.json").read_text())

    jsonschema.validate(json.loads(json.dumps(dict(fact.data))), schema)
    assert (fact.key, fact.subject) == (str(MATTER.report_id), str(MATTER.case_id))


def test_every_type_of_the_map_is_said_and_heard() -> None:
    told = yaml.safe_load((CONTRACTS / "asyncapi" / "review.yaml").read_text())["operations"].values()
    messages: dict[str, set[str]] = {"send": set(), "receive": set()}
    for operation in told:
        channel = operation["channel"]["$ref"].rpartition("/")[2].partition("-")[0]
        messages[operation["action"]] |= {
            f"{channel}.{message['$ref'].rpartition('/')[2]}.v1" for message in operation["messages"]
        }

    assert messages["send"] == {publish(event).type for event in EVENTS}
    assert messages["receive"] == set(ROUTES)


def test_every_example_of_a_heard_contract_is_read() -> None:
    for type_, route in ROUTES.items():
        service, name, _ = type_.split(".")
        for example in (CONTRACTS / "events" / service / name / "examples").glob("*.json"):
            route.model.model_validate(json.loads(example.read_text()))


def test_compacted_topics_are_among_those_heard() -> None:
    assert set(TOPICS) >= COMPACTED
