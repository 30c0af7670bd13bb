"""The directory as reception keeps it: whole states by id, read as one value."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import orjson

from services.chassis.database import Connection
from services.chassis.security.offices import HeldSeat
from services.reception.domain.directory import (
    BEGINNING,
    Directory,
    Membership,
    Organ,
    Person,
    Seat,
    Unit,
)
from services.reception.domain.values import Post

UPSERT_ENTRY = """
    INSERT INTO business.directory_entry (id, kind, synthetic, state)
    VALUES ($1, $2, $3, $4::jsonb)
    ON CONFLICT (id) DO UPDATE
       SET kind = excluded.kind, synthetic = excluded.synthetic, state = excluded.state
"""
SELECT_OFFICES = """
    SELECT id, state FROM business.directory_entry
     WHERE kind = 'SEAT'
       AND id = ANY ($2::text[] || ARRAY(
               SELECT jsonb_array_elements_text(state -> 'seats') FROM business.directory_entry
                WHERE id = $1 AND kind = 'PERSON' AND jsonb_typeof(state -> 'seats') = 'array'))
"""
SELECT_ENTRIES = "SELECT id, kind, synthetic, state FROM business.directory_entry"


class PostgresEntries:
    """The entries of the directory, seen through one open transaction, read once in it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._days: dict[date, Directory] = {}
        self._read: list[tuple[str, str, bool, Mapping[str, Any]]] | None = None

    async def on(self, day: date) -> Directory:
        """All entries, to be judged by a day."""
        if day not in self._days:
            self._days[day] = await self._on(day)
        return self._days[day]

    async def _on(self, day: date) -> Directory:
        if self._read is None:
            rows = await self._connection.fetch(SELECT_ENTRIES)
            self._read = [(r["id"], r["kind"], r["synthetic"], orjson.loads(r["state"])) for r in rows]
        organs, units, seats, persons = {}, {}, {}, {}
        for id_, kind, synthetic, state in self._read:
            match kind:
                case "ORGAN":
                    organs[id_] = _organ(id_, synthetic, state)
                case "UNIT":
                    units[id_] = _unit(id_, state)
                case "SEAT":
                    seats[id_] = _seat(id_, state)
                case _:
                    persons[id_] = _person(id_, state)
        return Directory(day, organs, units, seats, persons)

    async def offices_of(self, person: str, seats: Iterable[str]) -> list[HeldSeat]:
        """The seats of these ids, and those that the person's own entry names."""
        rows = await self._connection.fetch(SELECT_OFFICES, person, sorted(seats))
        found = [_seat(row["id"], orjson.loads(row["state"])) for row in rows]
        return [HeldSeat(s.id, s.organ, s.person, s.valid_from, s.valid_to) for s in found]

    async def put(self, id_: str, kind: str, state: Mapping[str, object], *, synthetic: bool) -> None:
        """Keep the whole state of an entry."""
        self._read = None
        self._days.clear()
        await self._connection.execute(UPSERT_ENTRY, id_, kind, synthetic, orjson.dumps(state).decode())


def _span(state: Mapping[str, Any]) -> dict[str, Any]:
    first, last = state.get("valid_from"), state.get("valid_to")
    return {
        "valid_from": date.fromisoformat(first) if first else BEGINNING,
        "valid_to": date.fromisoformat(last) if last else None,
    }


def _organ(id_: str, synthetic: bool, state: Mapping[str, Any]) -> Organ:
    return Organ(
        id_,
        state["level"],
        state.get("superior"),
        state.get("chief_seat"),
        tuple(state.get("deciding_body") or ()),
        state.get("authority"),
        synthetic,
        **_span(state),
        successors=tuple(state.get("successors") or ()),
    )


def _unit(id_: str, state: Mapping[str, Any]) -> Unit:
    return Unit(
        id_,
        state.get("organ"),
        state.get("parent"),
        state.get("head"),
        state.get("authority"),
        **_span(state),
        successors=tuple(state.get("successors") or ()),
    )


def _seat(id_: str, state: Mapping[str, Any]) -> Seat:
    return Seat(
        id_, state["organ"], state.get("person"), Post(state["post"]), state.get("unit"), **_span(state)
    )


def _person(id_: str, state: Mapping[str, Any]) -> Person:
    places = state.get("units") or ()
    units = tuple(Membership(p["unit"], bool(p.get("is_head")), **_span(p)) for p in places)
    return Person(id_, units, state.get("authority") or "UNKNOWN")
