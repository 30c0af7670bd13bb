"""Reaction: an entry of the directory changed, its whole state is kept."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.reception.application.ports import Unit


@dataclass(frozen=True, slots=True)
class EntryChanged:
    """The whole state of one entry."""

    kind: str
    id: str
    synthetic: bool
    state: Mapping[str, object]


async def when_directory_changed_keep_entry(fact: EntryChanged, unit: Unit) -> None:
    """Keep it; the topic is compacted, the last state holds."""
    await unit.entries.put(fact.id, fact.kind, fact.state, synthetic=fact.synthetic)
