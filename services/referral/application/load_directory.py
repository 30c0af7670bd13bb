"""Use case: the directory is loaded or changed, and told to all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.referral.application.ports import Actor, Entry, Unit
from services.referral.domain.directory import Organ, Seat
from services.referral.domain.directory import Unit as DirectoryUnit
from services.referral.domain.errors import EntryElsewhere
from services.referral.domain.events import DirectoryChanged
from services.referral.domain.keeping import Keeper, Thing


@dataclass(frozen=True, slots=True)
class LoadDirectory:
    """Whole states of entries, each with the thing it stands for; all are kept, or none."""

    actor: Actor
    entries: Sequence[tuple[Entry, Thing]]
    at: datetime
    day: date


async def load_directory(command: LoadDirectory, unit: Unit) -> int:
    """Keep what is new and tell it; returns how many entries changed.

    The names of staff stay here. Raises EntryElsewhere, EntryMalformed, EntryOutOfOrder.
    """
    await _refuse_what_is_elsewhere(command, unit)
    changed = [entry for entry, _ in command.entries if await unit.entries.put(entry, command.at)]
    await unit.outbox.add(
        [DirectoryChanged(e.kind, e.id, e.organ, e.synthetic, e.effective_on, e.state) for e in changed]
    )
    await unit.audit.note("load-directory", "directory", command.actor.organ, entries=len(changed))
    return len(changed)


async def _refuse_what_is_elsewhere(command: LoadDirectory, unit: Unit) -> None:
    """Entries of one request may build on each other: each is looked at with those before it on file."""
    directory = await unit.entries.on(command.day)
    kept = await unit.entries.organs_of([entry.id for entry, _ in command.entries])
    organs, units, seats = dict(directory.organs), dict(directory.units), dict(directory.seats)
    on_file = replace(directory, organs=organs, units=units, seats=seats)
    keeper = Keeper(command.actor.organ, on_file)
    for entry, thing in command.entries:
        if not keeper.may_write(thing, entry.organ, kept.get(entry.id)):
            raise EntryElsewhere
        kept[entry.id] = entry.organ
        if isinstance(thing, Organ):
            organs[thing.id] = thing
        elif isinstance(thing, DirectoryUnit):
            units[thing.id] = thing
        elif isinstance(thing, Seat):
            seats[thing.id] = thing
