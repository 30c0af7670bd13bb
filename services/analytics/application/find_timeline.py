"""Query: the facts of one report, in their order and in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.analytics.application.ports import Reading, TimelineFact
from services.analytics.domain.errors import ReportUnknown
from services.analytics.domain.facts import in_order


@dataclass(frozen=True, slots=True)
class FindTimeline:
    """Which report, and who asks."""

    report_id: UUID
    asker: str
    organ: str
    seats: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Detail:
    """One code of a fact in words; ``value`` is the code or the day as it was told."""

    field: str
    zh: str
    value: str
    value_zh: str


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One fact: when it was said (UTC), the local day it counts on, what it is called, its codes."""

    at: datetime
    on: date
    type: str
    zh: str
    organ: str
    details: tuple[Detail, ...]


@dataclass(frozen=True, slots=True)
class TimelineWords:
    """Words for types, fields and codes; a field that is not here is not shown."""

    types: Mapping[str, str]
    fields: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]


async def find_timeline(
    query: FindTimeline, reading: Reading, words: TimelineWords
) -> tuple[TimelineEntry, ...]:
    """The entries, oldest first. Raises ReportUnknown, also for whoever belongs to the reported side."""
    facts = await reading.timeline(query.report_id)
    if not facts:
        raise ReportUnknown
    side = await reading.reported_side(query.report_id)
    asker = await reading.asker(query.asker, query.organ, query.seats, side.organ)
    if side.named_in(fact.data for fact in facts).holds(asker):
        raise ReportUnknown
    return tuple(_entry(fact, words) for fact in in_order(facts))


def _entry(fact: TimelineFact, words: TimelineWords) -> TimelineEntry:
    details = tuple(
        Detail(name, zh, str(value), words.codes.get(name, {}).get(str(value), str(value)))
        for name, zh in words.fields.items()
        for value in _values(fact.data.get(name))
    )
    zh = words.types.get(fact.type, fact.type)
    return TimelineEntry(fact.said_at, fact.day, fact.type, zh, fact.organ, details)


def _values(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]
