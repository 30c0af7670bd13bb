"""What reception says fits its schemas; what it hears it can read; its rules stand on known sources."""

from datetime import date
from uuid import UUID

import pytest
import yaml

from services.reception.adapters.post_phrases import PostPhrases
from services.reception.adapters.published_events import publish
from services.reception.adapters.rule_files import OWN
from services.reception.domain.events import (
    Event,
    SessionChanged,
    SessionPublished,
    VisitBooked,
    VisitRegistered,
    VisitSignedOff,
)
from services.reception.domain.values import Form
from tests.contract.catalogue import events, reference, said, topics
from tests.contract.test_events import refusals
from tests.contract.test_reference import MARKS, cited

ID, DAY = UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7"), date(2026, 3, 20)
SAID: list[Event] = [
    SessionPublished(ID, "520100", True, DAY, Form.RECEIVE, "seat-1"),
    SessionChanged(ID, "520100", True, DAY, Form.INVITE, "seat-1", "CANCELLED"),
    VisitBooked(ID, "520100", True, ID, DAY),
    VisitRegistered(ID, "520100", True, Form.DUTY, 2, DAY),
    VisitSignedOff(ID, "520100", True, DAY, Form.DUTY, 2, "seat-1"),
]


@pytest.mark.parametrize("event", SAID, ids=lambda event: type(event).__name__)
def test_what_is_said_fits_its_schema_and_topic(event: Event) -> None:
    fact = publish(event)

    assert refusals(events()[fact.type].schema, dict(fact.data)) == []
    assert topics()[fact.topic]["owner"] == "reception"
    assert fact.key == fact.subject == str(ID)


def test_everything_reception_may_say_is_said() -> None:
    assert {publish(event).type for event in SAID} == said("reception")


def test_every_point_cites_a_known_source() -> None:
    table = yaml.safe_load((OWN / "stages.yaml").read_text(encoding="utf-8"))
    points = [row for stage in table["stages"] for row in stage["points"]]

    assert len(table["stages"]) == 11
    assert len(points) == 18
    assert {mark for row in points for mark in cited(row["source"])} <= MARKS


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("反映市委书记", {"PROVINCIAL"}),
        ("反映市 委 書 記", {"PROVINCIAL"}),
        ("反映市\u200b委书记", {"PROVINCIAL"}),
        ("写信给市长信箱", set()),
        ("小区长期停电", set()),
        ("省长和县长", {"CENTRAL", "PREFECTURE"}),
    ],
)
def test_a_post_is_found_however_it_is_written(text: str, found: set[str]) -> None:
    posts = reference("superior_posts")

    assert PostPhrases(posts["posts"], posts["harmless"]).levels_in(text) == found
