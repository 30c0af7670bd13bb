"""referral.directory-changed: the local copy of the directory follows."""

from services.review.application.ports import Entry, Unit


async def when_directory_changed_keep_entry(entry: Entry, unit: Unit) -> None:
    """Keep the state of an entry from its day on; earlier states stay for what happened then."""
    await unit.entries.put(entry)
