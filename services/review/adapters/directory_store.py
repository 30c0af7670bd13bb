"""The local copy of the directory: every state heard, by the day from which it holds."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import orjson

from services.chassis.security.offices import HeldSeat
from services.review.application.ports import Entry
from services.review.domain.directory import BEGINNING, Directory, Organ, Seat, Unit
from services.review.domain.values import OfficerId

PUT_ENTRY = """
    INSERT INTO business.directory_entry (kind, entry_id, effective_on, organ, unit, person, ups, state)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb)
    ON CONFLICT (kind, entry_id, effective_on)
    DO UPDATE SET organ = excluded.organ, unit = excluded.unit, person = excluded.person, ups = excluded.ups,
                  state = excluded.state
"""
SELECT_OFFICES = """
    SELECT DISTINCT ON (entry_id) kind, entry_id, organ, unit, person, ups, state::text AS state
      FROM business.directory_entry
     WHERE kind = 'SEAT' AND effective_on <= $3
       AND entry_id = ANY ($2::text[] || ARRAY(
               SELECT entry_id FROM business.directory_entry WHERE kind = 'SEAT' AND person = $1))
     ORDER BY entry_id, effective_on DESC
"""
SELECT_ENTRIES = """
    SELECT DISTINCT ON (kind, entry_id) kind, entry_id, organ, unit, person, ups, state::text AS state
      FROM business.directory_entry
     WHERE effective_on <= $1 AND (kind IN ('ORGAN', 'UNIT') OR (kind = 'SEAT' AND organ = ANY ($2::text[])))
     ORDER BY kind, entry_id, effective_on DESC
"""


class PostgresEntries:
    """The directory seen through one open transaction."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def on(self, day: date, organs: Sequence[str]) -> Directory:
        """Organs and units as they stood on ``day``, and the seats of these organs."""
        rows = await self._connection.fetch(SELECT_ENTRIES, day, list(organs))
        made = [(row["kind"], _entry_of(row)) for row in rows]
        return Directory(
            day,
            organs={entry.id: entry for _, entry in made if isinstance(entry, Organ)},
            units={entry.id: entry for _, entry in made if isinstance(entry, Unit)},
            seats={entry.id: entry for _, entry in made if isinstance(entry, Seat)},
        )

    async def offices_of(self, person: str, seats: Iterable[str], day: date) -> list[HeldSeat]:
        """The seats of these ids, and those the person holds or ever held, as they stood on ``day``."""
        rows = await self._connection.fetch(SELECT_OFFICES, person, sorted(seats), day)
        found = [entry for entry in map(_entry_of, rows) if isinstance(entry, Seat)]
        return [HeldSeat(s.id, s.organ, s.person, s.valid_from, s.valid_to) for s in found]

    async def put(self, entry: Entry) -> None:
        """Keep one state of an entry."""
        state = entry.state
        ups = [state.get(up) for up in ("superior", "parent", "organ") if entry.kind in {"ORGAN", "UNIT"}]
        await self._connection.execute(
            PUT_ENTRY,
            entry.kind,
            entry.id,
            entry.effective_on,
            state.get("organ"),
            state.get("unit") if entry.kind == "SEAT" else None,
            state.get("person"),
            [up for up in ups if isinstance(up, str)],
            orjson.dumps(dict(state)).decode(),
        )


def _entry_of(row: Any) -> Organ | Unit | Seat:
    state = orjson.loads(row["state"])
    alike = {
        "id": row["entry_id"],
        "ups": tuple(row["ups"]),
        "valid_from": _day(state, "valid_from") or BEGINNING,
        "valid_to": _day(state, "valid_to"),
        "successors": tuple(state.get("successors") or ()),
    }
    match row["kind"]:
        case "ORGAN":
            departments = state.get("departments") or {}
            return Organ(
                **alike,
                deciding_body=frozenset(state.get("deciding_body") or ()),
                chief_seat=state.get("chief_seat"),
                trial=departments.get("trial"),
                petition=departments.get("petition"),
            )
        case "UNIT":
            return Unit(**alike, kind=state.get("kind", ""), organ=row["organ"])
        case _:
            person = None if row["person"] is None else OfficerId(row["person"])
            return Seat(
                **alike, organ=row["organ"] or "", person=person, post=state.get("post", ""), unit=row["unit"]
            )


def _day(state: Mapping[str, Any], name: str) -> date | None:
    given = state.get(name)
    return None if given is None else date.fromisoformat(given)
