"""What tests of the figures share."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.analytics.adapters.consumed_events import OfReport
from services.analytics.adapters.reference_files import read_codes
from services.analytics.adapters.vocabulary import MODELS
from services.analytics.domain.codes import Codes
from services.analytics.domain.facts import ReportFact, Told, in_order
from services.analytics.domain.report import Figures, fold_all
from tests.support.installation import REFERENCE
from tests.support.random_lives import Spoken

TOPICS = {"intake": "petition.intake.reports.v1", "referral": "petition.referral.reports.v1"}


@pytest.fixture(scope="session")
def codes() -> Codes:
    return read_codes(REFERENCE)


def meaning(kind: str, body: Mapping[str, Any], on: date = date(2026, 3, 2)) -> ReportFact:
    """A fact as the fold gets it, from the body on the wire."""
    model = MODELS[kind].model_validate(body)
    assert isinstance(model, OfReport)
    return model.meaning(on)


def told(spoken: Iterable[Spoken], start: datetime = datetime(2026, 3, 2, tzinfo=UTC)) -> list[Told]:
    """Facts of one report as they were said, an hour apart."""
    sequences: dict[str, int] = {}
    found = []
    for hours, (kind, body) in enumerate(spoken):
        topic = TOPICS.get(kind.partition(".")[0], "petition.review.cases.v1")
        sequences[topic] = sequences.get(topic, 0) + 1
        at = start + timedelta(hours=hours)
        fact = meaning(kind, body, at.date())
        found.append(Told(topic, str(body["report_id"]), sequences[topic], at, fact))
    return found


def figures(spoken: Iterable[Spoken]) -> Figures:
    """What is known of a report after these facts."""
    return fold_all(one.fact for one in in_order(told(spoken)))
