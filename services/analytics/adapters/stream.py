"""What analytics hears: contract → model → one reaction for them all, a whole batch at a time."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import orjson

from services.analytics.adapters import consumed_events as heard_as
from services.analytics.adapters import consumed_surroundings as around
from services.analytics.adapters.vocabulary import MODELS
from services.analytics.adapters.work import PostgresUnit
from services.analytics.application.ports import EntryRow, ExclusionRow, FactRow, SessionRow, VisitRow
from services.analytics.application.when_facts_heard_count_them import (
    FactsHeard,
    Heard,
    when_facts_heard_count_them,
)
from services.analytics.domain.facts import Told
from services.chassis.calendar import local_day
from services.chassis.delivery import Route
from services.chassis.facts import Heard as HeardFact

NAME = "petition.analytics"
DIRECTORY, EXCLUSIONS = "petition.referral.directory.v1", "petition.intake.exclusions.v1"
TOPICS = (
    "petition.intake.reports.v1",
    EXCLUSIONS,
    DIRECTORY,
    "petition.referral.reports.v1",
    "petition.review.cases.v1",
    "petition.reception.sessions.v1",
    "petition.reception.visits.v1",
)
COMPACTED = (DIRECTORY, EXCLUSIONS)
VISIT_STATES: Mapping[str, str] = MappingProxyType(
    {
        "reception.visit-booked.v1": "BOOKED",
        "reception.visit-registered.v1": "REGISTERED",
        "reception.visit-signed-off.v1": "SIGNED_OFF",
    }
)


def row_of(model: Any, fact: HeardFact) -> Heard:
    """The row a fact becomes; what is none of the surroundings is a fact about a report."""
    surrounding = SURROUNDINGS.get(type(model))
    return report_row(model, fact) if surrounding is None else surrounding(model, fact)


def entry_row(model: around.DirectoryChanged, fact: HeardFact) -> EntryRow:
    """The whole state of an entry of the directory."""
    state = orjson.dumps(dict(model.state)).decode()
    return EntryRow(model.id, model.kind, model.organ, fact.sequence, state)


def exclusion_row(model: around.ExclusionChanged, fact: HeardFact) -> ExclusionRow:
    """The whole excluded set of a report."""
    units, seats, officers = model.excluded_units, model.excluded_seats, model.excluded_officers
    return ExclusionRow(model.report_id, model.organ, fact.sequence, units, seats, officers)


def visit_row(model: around.VisitTold, fact: HeardFact) -> VisitRow:
    """What a fact says of a visit."""
    return VisitRow(
        model.visit_id,
        model.organ,
        VISIT_STATES[fact.type],
        model.session_id,
        model.form,
        model.persons,
        model.received_on,
    )


def session_row(model: around.SessionTold, _: HeardFact) -> SessionRow:
    """A session as a fact says."""
    state = model.change or "PUBLISHED"
    return SessionRow(model.session_id, model.organ, model.held_on, model.form, state)


SURROUNDINGS: Mapping[type, Callable[[Any, HeardFact], Heard]] = MappingProxyType(
    {
        around.ExclusionChanged: exclusion_row,
        around.DirectoryChanged: entry_row,
        around.VisitTold: visit_row,
        around.SessionTold: session_row,
    }
)


def report_row(model: heard_as.OfReport, fact: HeardFact) -> FactRow:
    """A fact about a report, with what it means to the fold."""
    meaning = model.meaning(local_day(fact.time))
    told = Told(fact.topic, fact.subject, fact.sequence, fact.time, meaning)
    return FactRow(
        fact.event_id, model.report_id, model.organ, fact.type, meaning.on, fact.raw.decode(), told
    )


async def count_batch(heard: Sequence[tuple[Any, HeardFact]], unit: PostgresUnit) -> None:
    """Count every fact of a batch."""
    await when_facts_heard_count_them(FactsHeard([row_of(model, fact) for model, fact in heard]), unit)


async def count_one(model: Any, fact: HeardFact, unit: PostgresUnit) -> None:
    """Count one fact that came alone."""
    await count_batch([(model, fact)], unit)


ROUTES: Mapping[str, Route[PostgresUnit]] = MappingProxyType(
    {kind: Route(model, count_one) for kind, model in MODELS.items()}
)
