"""The directory and its history; read once into memory and then only what was added."""

import bisect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import orjson

from services.chassis.security.offices import HeldSeat
from services.referral.adapters import directory_states as states
from services.referral.application.ports import Entry
from services.referral.domain.directory import Directory, Organ, Person, Seat, Unit
from services.referral.domain.errors import EntryMalformed, EntryOutOfOrder

LOCK_WRITERS = "SELECT pg_advisory_xact_lock(hashtext('directory'))"
SELECT_ENTRY = """
    SELECT kind, organ, synthetic, state, staff_name, effective_on, version
      FROM business.directory_entry
     WHERE id = $1
"""
PUT_ENTRY = """
    INSERT INTO business.directory_entry
           (id, kind, organ, synthetic, state, staff_name, effective_on, version)
    VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7, $8)
    ON CONFLICT (id) DO UPDATE
       SET organ = excluded.organ, synthetic = excluded.synthetic, state = excluded.state,
           staff_name = excluded.staff_name, effective_on = excluded.effective_on, version = excluded.version
"""
INSERT_VERSION = """
    INSERT INTO business.directory_version (id, kind, version, state, effective_on, at)
    VALUES ($1, $2, $3, $4::jsonb, $5, $6)
"""
SELECT_POSITION = "SELECT coalesce(max(position), 0) FROM business.directory_version"
SELECT_NEWER = """
    SELECT position, id, kind, state, effective_on
      FROM business.directory_version
     WHERE position > $1
     ORDER BY position
"""
SELECT_ORGANS = "SELECT id, organ FROM business.directory_entry WHERE id = ANY ($1::text[])"
SELECT_LIST = """
    SELECT id, kind, organ, synthetic, state, staff_name, effective_on
      FROM business.directory_entry
     WHERE ($1::text IS NULL OR kind = $1) AND ($2::text IS NULL OR organ = $2) AND id > $3
     ORDER BY id
     LIMIT $4
"""
Thing = Organ | Unit | Seat | Person
READERS: Mapping[str, Callable[[str, Mapping[str, Any]], Thing]] = {
    "ORGAN": states.organ,
    "UNIT": states.unit,
    "SEAT": states.seat,
    "PERSON": states.person,
}
MOST_DIRECTORIES = 256


@dataclass(slots=True)
class DirectoryHistory:
    """Every state of every entry, shared by the transactions of one process.

    Writers follow each other under one lock, so that positions become visible in their order. One
    ``Directory`` serves all days between two boundaries, days on which something begins or ends.
    """

    position: int = 0
    versions: dict[str, list[tuple[date, Thing]]] = field(default_factory=dict)
    boundaries: list[date] = field(default_factory=list)
    made: dict[int, Directory] = field(default_factory=dict)

    async def on(self, connection: Any, day: date) -> Directory:
        """Everything as it stood on ``day``, after reading what was added meanwhile."""
        if await connection.fetchval(SELECT_POSITION) != self.position:
            self._take(await connection.fetch(SELECT_NEWER, self.position))
        between = bisect.bisect_right(self.boundaries, day)
        directory = self.made.get(between)
        if directory is None:
            if len(self.made) >= MOST_DIRECTORIES:
                self.made.clear()
            directory = self.made[between] = self._as_of(day)
        return replace(directory, day=day)

    def _take(self, rows: list[Any]) -> None:
        for row in (row for row in rows if row["position"] > self.position):
            thing = READERS[row["kind"]](row["id"], orjson.loads(row["state"]))
            self.versions.setdefault(row["id"], []).append((row["effective_on"], thing))
            self.position = row["position"]
        found = {
            day for history in self.versions.values() for state in history for day in _boundaries(*state)
        }
        self.boundaries = sorted(found)
        self.made.clear()

    def _as_of(self, day: date) -> Directory:
        directory = Directory(day, {}, {}, {}, {})
        organs: dict[str, Organ] = {}
        units: dict[str, Unit] = {}
        seats: dict[str, Seat] = {}
        persons: dict[str, Person] = {}
        for id_, history in self.versions.items():
            match _standing(history, day):
                case Organ() as organ:
                    organs[id_] = organ
                case Unit() as unit:
                    units[id_] = unit
                case Seat() as seat:
                    seats[id_] = seat
                case Person() as person:
                    persons[id_] = person
        return replace(directory, organs=organs, units=units, seats=seats, persons=persons)


def _standing(history: list[tuple[date, Thing]], day: date) -> Thing:
    """The last state that took effect by ``day``; before the first one, the first."""
    standing = history[0][1]
    for effective_on, thing in history:
        if effective_on <= day:
            standing = thing
    return standing


def _boundaries(effective_on: date, thing: Thing) -> list[date]:
    spans = [(m.valid_from, m.valid_to) for m in thing.units] if isinstance(thing, Person) else []
    if not isinstance(thing, Person):
        spans = [(thing.valid_from, thing.valid_to)]
    ends = [ends + timedelta(days=1) for _, ends in spans if ends is not None and ends < date.max]
    return [effective_on, *(begins for begins, _ in spans), *ends]


class PostgresEntries:
    """The directory seen through one open transaction."""

    def __init__(self, connection: Any, history: DirectoryHistory) -> None:
        self._connection = connection
        self._history = history

    async def on(self, day: date) -> Directory:
        """Everything as it stood on ``day``."""
        return await self._history.on(self._connection, day)

    async def offices_of(self, person: str, seats: Iterable[str], day: date) -> list[HeldSeat]:
        """The seats of these ids, and those that the person's own entry names, as they stood on ``day``."""
        directory = await self.on(day)
        known = directory.persons.get(person)
        named = {*seats, *(known.seats if known is not None else ())}
        found = [directory.seats[id_] for id_ in sorted(named) if id_ in directory.seats]
        return [HeldSeat(s.id, s.organ, s.person, s.valid_from, s.valid_to) for s in found]

    async def organs_of(self, ids: Iterable[str]) -> dict[str, str | None]:
        """The organ each of these entries belongs to now; one that is not on file is not in it."""
        rows = await self._connection.fetch(SELECT_ORGANS, sorted(ids))
        return {row["id"]: row["organ"] for row in rows}

    async def put(self, entry: Entry, at: datetime) -> bool:
        """Add a state under the writers' lock; its days never go back."""
        await self._connection.execute(LOCK_WRITERS)
        held = await self._connection.fetchrow(SELECT_ENTRY, entry.id)
        state = orjson.dumps(dict(entry.state), option=orjson.OPT_SORT_KEYS).decode()
        version = 1
        if held is not None:
            if held["kind"] != entry.kind:
                raise EntryMalformed
            same = orjson.loads(held["state"]) == dict(entry.state) and held["synthetic"] == entry.synthetic
            named = entry.staff_name is None or entry.staff_name == held["staff_name"]
            if same and named and held["organ"] == entry.organ:
                return False
            if entry.effective_on < held["effective_on"]:
                raise EntryOutOfOrder
            version = held["version"] + 1
        name = entry.staff_name or (held["staff_name"] if held is not None else None)
        await self._connection.execute(
            PUT_ENTRY,
            entry.id,
            entry.kind,
            entry.organ,
            entry.synthetic,
            state,
            name,
            entry.effective_on,
            version,
        )
        await self._connection.execute(
            INSERT_VERSION, entry.id, entry.kind, version, state, entry.effective_on, at
        )
        return True

    async def listed(self, kind: str | None, organ: str | None, after: str, limit: int) -> list[Entry]:
        """Entries as they are now, in the order of their ids."""
        rows = await self._connection.fetch(SELECT_LIST, kind, organ, after, limit)
        return [
            Entry(
                row["kind"],
                row["id"],
                row["organ"],
                row["synthetic"],
                orjson.loads(row["state"]),
                row["effective_on"],
                row["staff_name"],
            )
            for row in rows
        ]
