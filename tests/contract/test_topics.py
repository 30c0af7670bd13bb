"""topics.yaml against the AsyncAPI files, and the routes of each service against both."""

import importlib
from collections.abc import Mapping
from typing import Any

import pytest

from tests.contract.catalogue import SPEAKERS, events, exists, heard, parts, said, spoken, topics

HEARERS = ("intake", "referral", "review", "reception", "analytics")
COMPACTED = {"petition.referral.directory.v1", "petition.intake.exclusions.v1"}
POINTS_AT_A_PERSON = {"leader_seat", "is_unit_head", "signed_by_seat", "officers", "excluded_seats", "state"}


def routes_of(service: str) -> Mapping[str, Any]:
    """What the service's consumer hears."""
    return dict(importlib.import_module(f"services.{service}.adapters.stream").ROUTES)


def test_names_keys_and_settings_of_topics_are_ours() -> None:
    for name, row in topics().items():
        words = name.split(".")
        assert words[0] == "petition"
        assert words[1] == row["owner"]
        assert words[3] == "v1"
        assert "_" not in name
        assert row["partitions"] == 12
        assert row["retention_days"] == "unlimited"
        assert row["owner"] not in row["readers"]
        assert row["names_people"] in {"none", "by_code"}
    assert {name for name, row in topics().items() if row["compacted"]} == COMPACTED


def test_a_topic_whose_codes_point_at_a_person_says_so() -> None:
    for service in SPEAKERS:
        for topic, kind in spoken(service).sends:
            words = {
                word for _, part in parts(events()[kind].schema) if isinstance(part, Mapping) for word in part
            }
            assert not words & POINTS_AT_A_PERSON or topics()[topic]["names_people"] == "by_code", kind


@pytest.mark.parametrize("service", SPEAKERS)
def test_a_service_writes_its_own_topics_and_reads_those_it_is_listed_for(service: str) -> None:
    may_read = {name for name, row in topics().items() if service in row["readers"]}
    own = {name for name, row in topics().items() if row["owner"] == service}

    assert {topic for topic, _ in spoken(service).sends} == own
    assert {topic for topic, _ in spoken(service).receives} == may_read


@pytest.mark.parametrize("service", SPEAKERS)
def test_a_type_is_heard_on_the_topic_on_which_it_is_said(service: str) -> None:
    sent = {pair for speaker in SPEAKERS for pair in spoken(speaker).sends}

    assert spoken(service).receives <= sent


@pytest.mark.parametrize("service", HEARERS)
def test_the_routes_of_a_service_are_what_its_map_says(service: str) -> None:
    if exists(service):
        assert set(routes_of(service)) == heard(service)


@pytest.mark.parametrize("service", HEARERS)
def test_a_reader_can_read_every_example_of_what_it_hears(service: str) -> None:
    if exists(service):
        for kind, route in routes_of(service).items():
            for example in events()[kind].examples.values():
                route.model.model_validate(example)


def test_the_vault_says_nothing_yet() -> None:
    assert said("vault") == heard("vault") == frozenset()
