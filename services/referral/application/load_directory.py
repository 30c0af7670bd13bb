"""Use case: the directory is loaded or changed, and told to all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.referral.application.ports import Actor, Entry, Unit
from services.referral.domain.events import DirectoryChanged


@dataclass(frozen=True, slots=True)
class LoadDirectory:
    """Whole states of entries; all are kept, or none."""

    actor: Actor
    entries: Sequence[Entry]
    at: datetime


async def load_directory(command: LoadDirectory, unit: Unit) -> int:
    """Keep what is new and tell it; returns how many entries changed.

    The names of staff stay here. Raises EntryMalformed, EntryOutOfOrder.
    """
    changed = [entry for entry in command.entries if await unit.entries.put(entry, command.at)]
    await unit.outbox.add(
        [DirectoryChanged(e.kind, e.id, e.organ, e.synthetic, e.effective_on, e.state) for e in changed]
    )
    await unit.audit.note("load-directory", "directory", command.actor.organ, entries=len(changed))
    return len(changed)
