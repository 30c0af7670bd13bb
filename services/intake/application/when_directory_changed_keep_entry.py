"""Reaction: the directory changed; intake keeps its own copy, by which excluded sets are computed."""

from collections.abc import Mapping
from datetime import date

from services.intake.application.ports import Unit


async def when_directory_changed_keep_entry(
    kind: str, id_: str, organ: str | None, state: Mapping[str, object], effective_on: date, unit: Unit
) -> None:
    """Keep the version; ``sweep_exclusions`` follows with every report it may concern."""
    await unit.entries.put(kind, id_, organ, state, effective_on)
