"""Intake's copy of the directory: every version of an entry, and the seats as row security needs them."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

import orjson

from services.chassis.database import Connection
from services.chassis.security.offices import HeldSeat
from services.intake.domain.directory import (
    BEGINNING,
    Departments,
    Directory,
    Membership,
    Organ,
    Person,
    Seat,
    Unit,
)
from services.intake.domain.values import Authority, Level, Post, UnitKind

SELECT_ON = """
    SELECT DISTINCT ON (kind, entry_id) kind, entry_id, organ, state
      FROM business.directory_entry
     ORDER BY kind, entry_id, effective_on <= $1 DESC,
              CASE WHEN effective_on <= $1 THEN effective_on END DESC, effective_on
"""
PUT_ENTRY = """
    INSERT INTO business.directory_entry (kind, entry_id, effective_on, organ, state)
    VALUES ($1, $2, $3, $4, $5::jsonb)
    ON CONFLICT (kind, entry_id, effective_on) DO UPDATE SET state = excluded.state, organ = excluded.organ
"""
PUT_SEAT = """
    INSERT INTO business.seat (seat_id, organ, person, unit, valid_from, valid_to)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (seat_id) DO UPDATE
       SET organ = excluded.organ, person = excluded.person, unit = excluded.unit,
           valid_from = excluded.valid_from, valid_to = excluded.valid_to
"""
SELECT_OFFICES = """
    SELECT seat_id AS id, organ, person, valid_from, valid_to
      FROM business.seat
     WHERE seat_id = ANY ($2::text[]) OR person = $1
"""
SELECT_HEARD = "SELECT heard FROM business.exclusion_round"
MARK_HEARD = "UPDATE business.exclusion_round SET heard = heard + 1"
MOST_DAYS = 32


class DirectoryMemory:
    """The directories of some days as last loaded, good for as long as no change is heard.

    For readers alone: a transaction that writes entries must not fill it, since it may be rolled back.
    """

    def __init__(self) -> None:
        self._heard, self._days = -1, dict[date, Directory]()

    def of(self, heard: int) -> dict[date, Directory]:
        """The days known after ``heard`` changes; empty when there were others since."""
        if heard != self._heard or len(self._days) >= MOST_DAYS:
            self._heard, self._days = heard, {}
        return self._days


class PostgresEntries:
    """The directory, seen through one open transaction; ``memory`` is shared by those that only read it."""

    def __init__(self, connection: Connection, memory: DirectoryMemory | None = None) -> None:
        self._connection, self._memory = connection, memory
        self._days: dict[date, Directory] = {}

    async def on(self, day: date) -> Directory:
        """Everything as it stood on ``day``; an entry told later stands with its first version."""
        if day not in self._days:
            self._days[day] = await self._recall(day)
        return self._days[day]

    async def _recall(self, day: date) -> Directory:
        if self._memory is None:
            return await self._load(day)
        # Counted before loading, so that what is heard in between is loaded again by the next reader.
        known = self._memory.of(await self._connection.fetchval(SELECT_HEARD))
        if day not in known:
            known[day] = await self._load(day)
        return known[day]

    async def _load(self, day: date) -> Directory:
        rows = await self._connection.fetch(SELECT_ON, day)
        return _directory(day, [(r["kind"], orjson.loads(r["state"])) for r in rows])

    async def offices_of(self, person: str, seats: Collection[str]) -> list[HeldSeat]:
        """The seats of these ids, and those of the person."""
        rows = await self._connection.fetch(SELECT_OFFICES, person, sorted(seats))
        return [HeldSeat(**dict(row)) for row in rows]

    async def put(
        self, kind: str, id_: str, organ: str | None, state: Mapping[str, object], effective_on: date
    ) -> None:
        """Keep a version of an entry, and note that excluded sets are due to be computed anew.

        Raises KeyError, ValueError or TypeError for a state that could not be read again: one entry that is
        no entry must not take the directory from everybody.
        """
        whole = {**state, "id": id_}
        READ[kind](whole)
        await self._connection.execute(
            PUT_ENTRY, kind, id_, effective_on, organ, orjson.dumps(whole).decode()
        )
        if kind == "SEAT":
            seat = _seat(whole)
            await self._connection.execute(
                PUT_SEAT, seat.id, seat.organ, seat.person, seat.unit, seat.valid_from, seat.valid_to
            )
        await self._connection.execute(MARK_HEARD)
        self._days.clear()


def _directory(day: date, entries: list[tuple[str, dict[str, Any]]]) -> Directory:
    of = {kind: [state for k, state in entries if k == kind] for kind in ("ORGAN", "UNIT", "SEAT", "PERSON")}
    return Directory(
        day=day,
        organs={state["id"]: _organ(state) for state in of["ORGAN"]},
        units={state["id"]: _unit(state) for state in of["UNIT"]},
        seats={state["id"]: _seat(state) for state in of["SEAT"]},
        persons={state["id"]: _person(state) for state in of["PERSON"]},
    )


def _span(state: Mapping[str, Any]) -> tuple[date, date | None]:
    begun, ended = state.get("valid_from"), state.get("valid_to")
    return (
        BEGINNING if begun is None else date.fromisoformat(begun),
        None if ended is None else date.fromisoformat(ended),
    )


def _authority(state: Mapping[str, Any]) -> Authority | None:
    return None if state.get("authority") is None else Authority(state["authority"])


def _organ(state: Mapping[str, Any]) -> Organ:
    begun, ended = _span(state)
    departments = state.get("departments") or {}
    return Organ(
        id=state["id"],
        level=Level(state["level"]),
        superior=state.get("superior"),
        region=state["region"],
        areas=tuple(state.get("areas") or ()),
        name=state.get("name") or "",
        deciding_body=tuple(state.get("deciding_body") or ()),
        chief_seat=state.get("chief_seat"),
        departments=Departments(**{name: departments.get(name) for name in Departments.__slots__}),
        appeals_unit=state.get("appeals_unit"),
        suggestions_unit=state.get("suggestions_unit"),
        authority=_authority(state),
        synthetic=bool(state.get("synthetic", False)),
        valid_from=begun,
        valid_to=ended,
        successors=tuple(state.get("successors") or ()),
    )


def _unit(state: Mapping[str, Any]) -> Unit:
    begun, ended = _span(state)
    return Unit(
        id=state["id"],
        kind=UnitKind(state["kind"]),
        region=state.get("region"),
        organ=state.get("organ"),
        parent=state.get("parent"),
        name=state.get("name") or "",
        authority=_authority(state),
        head=state.get("head"),
        stationed_team=state.get("stationed_team"),
        line_target=state.get("line_target"),
        valid_from=begun,
        valid_to=ended,
        successors=tuple(state.get("successors") or ()),
    )


def _seat(state: Mapping[str, Any]) -> Seat:
    begun, ended = _span(state)
    return Seat(
        id=state["id"],
        organ=state["organ"],
        person=state.get("person"),
        post=Post(state["post"]),
        unit=state.get("unit"),
        valid_from=begun,
        valid_to=ended,
    )


def _person(state: Mapping[str, Any]) -> Person:
    return Person(
        id=state["id"],
        units=tuple(_membership(row) for row in state.get("units") or ()),
        seats=tuple(state.get("seats") or ()),
        authority=_authority(state) or Authority.UNKNOWN,
    )


def _membership(row: Mapping[str, Any]) -> Membership:
    begun, ended = _span(row)
    return Membership(row["unit"], bool(row.get("is_head", False)), begun, ended)


READ: Mapping[str, Callable[[Mapping[str, Any]], Organ | Unit | Seat | Person]] = MappingProxyType(
    {"ORGAN": _organ, "UNIT": _unit, "SEAT": _seat, "PERSON": _person}
)
"""How the state of each kind of entry is read."""
