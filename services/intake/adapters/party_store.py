"""The party register: names sealed, found by a keyed index over their folded form, links with history."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from services.chassis.database import Connection
from services.chassis.security.sealing import Sealer
from services.intake.adapters.name_folding import fold
from services.intake.adapters.sealed import open_name, seal_name
from services.intake.domain.elements import ReportedParty
from services.intake.domain.errors import LinkUnknown, PartyUnknown
from services.intake.domain.values import PartyType

SELECT_BY_ID = """
    SELECT p.party_id, p.party_type, p.unit
      FROM business.party p
     WHERE p.party_id = ANY ($1::uuid[])
"""
SELECT_BY_NAME = """
    SELECT n.blind, p.party_type, p.unit, p.party_id
      FROM business.party_name n
      JOIN business.party p USING (party_id)
     WHERE n.organ = $1 AND n.blind = ANY ($2::bytea[])
     ORDER BY p.entered_at DESC, p.party_id
"""
SELECT_BY_UNIT = """
    SELECT unit, party_id FROM business.party
     WHERE organ = $1 AND party_type = 'ORGANISATION' AND unit = ANY ($2::text[])
     ORDER BY entered_at DESC, party_id
"""
LOCK_NAMES = """
    SELECT pg_advisory_xact_lock(hashtextextended(named, 7))
      FROM (SELECT DISTINCT named FROM unnest($1::text[]) AS named ORDER BY named) AS sorted
"""
SELECT_LINKS = """
    SELECT party_id, kind, entry_id
      FROM business.party_link
     WHERE party_id = ANY ($1::uuid[]) AND until IS NULL
     ORDER BY entry_id
"""
SELECT_NAME = """
    SELECT name_id, name FROM business.party_name WHERE party_id = $1 AND NOT is_alias
     ORDER BY entered_at LIMIT 1
"""
INSERT_PARTY = """
    INSERT INTO business.party (party_id, organ, party_type, unit, entered_by, entered_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT DO NOTHING
"""
INSERT_NAME = """
    INSERT INTO business.party_name (name_id, party_id, organ, blind, name, is_alias, entered_by, entered_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT DO NOTHING
"""
INSERT_LINK = """
    INSERT INTO business.party_link (party_id, organ, kind, entry_id, since, by)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT DO NOTHING
"""
END_LINK = """
    UPDATE business.party_link SET until = $4, until_by = $5
     WHERE party_id = $1 AND kind = $2 AND entry_id = $3 AND until IS NULL
"""
SELECT_REPORTS = """
    SELECT report_id FROM business.report_party WHERE party_id = $1 ORDER BY report_id
"""
SELECT_ORGAN = "SELECT organ FROM business.party WHERE party_id = $1"
Key = tuple[bytes, str, str | None]
"""What makes two parties the same: blind name (empty for an organisation of the directory), type and unit."""


class PostgresParties:
    """The register, seen through one open transaction; a party is seen only through a report that is seen."""

    def __init__(self, connection: Connection, sealer: Sealer) -> None:
        self._connection, self._sealer = connection, sealer

    def blind(self, name: str) -> bytes:
        """The keyed index of a name in its folded form."""
        return self._sealer.blind(fold(name), "party-name")

    async def match_many(self, parties: Sequence[ReportedParty], organ: str) -> list[ReportedParty]:
        """Each with the id and links of the register, if it knows the party; reads only."""
        known = await self._known(parties, organ)
        matched = []
        for party in parties:
            key = self._key(party)
            id_ = party.party if key is None else known.setdefault(key, party.party)
            matched.append(replace(party, party=id_))
        links = await self._links([p.party for p in matched])
        return [_linked(party, links) for party in matched]

    async def _known(self, parties: Sequence[ReportedParty], organ: str) -> dict[Key, UUID]:
        given = {p.party for p in parties if p.from_register}
        if given:
            rows = await self._connection.fetch(SELECT_BY_ID, list(given))
            if {row["party_id"] for row in rows} != given:
                raise PartyUnknown
        keys = [key for key in map(self._key, parties) if key is not None]
        if not keys:
            return {}
        await self._connection.execute(LOCK_NAMES, [f"{organ} {key[0].hex()} {key[2]}" for key in keys])
        named = await self._connection.fetch(SELECT_BY_NAME, organ, [key[0] for key in keys if key[0]])
        found: dict[Key, UUID] = {(r["blind"], r["party_type"], r["unit"]): r["party_id"] for r in named}
        units = await self._connection.fetch(SELECT_BY_UNIT, organ, [key[2] for key in keys if not key[0]])
        found.update({(b"", PartyType.ORGANISATION, r["unit"]): r["party_id"] for r in units})
        return found

    def _key(self, party: ReportedParty) -> Key | None:
        """By what the party is found; None when only a person can say who it is."""
        if party.from_register or party.namesake:
            return None
        unit = party.unit or next(iter(party.units), None)
        if party.party_type is PartyType.ORGANISATION and unit is not None:
            return b"", party.party_type.value, unit
        if not fold(party.name) or (unit is None and party.party_type is PartyType.PERSON):
            return None
        return self.blind(party.name), party.party_type.value, unit

    async def _links(self, ids: Sequence[UUID]) -> dict[UUID, dict[str, list[str]]]:
        links: dict[UUID, dict[str, list[str]]] = {}
        for row in await self._connection.fetch(SELECT_LINKS, list(set(ids))):
            links.setdefault(row["party_id"], {}).setdefault(row["kind"], []).append(row["entry_id"])
        return links

    async def enter_many(self, parties: Sequence[ReportedParty], organ: str, at: datetime, by: str) -> None:
        """Enter those the register does not know, with their names sealed, and every link not there yet."""
        run = self._connection.executemany
        first = {party.party: party for party in reversed(parties)}
        await run(
            INSERT_PARTY,
            [
                (p.party, organ, p.party_type.value, p.unit or next(iter(p.units), None), by, at)
                for p in first.values()
            ],
        )
        names = [(p.party, p.name) for p in first.values() if fold(p.name)]
        await run(INSERT_NAME, [self._name_row(id_, organ, name, False, by, at) for id_, name in names])
        links = [
            (p.party, organ, kind, entry, at, by)
            for p in first.values()
            for kind, entries in (("PERSON", p.persons), ("UNIT", p.units))
            for entry in entries
        ]
        await run(INSERT_LINK, links)

    def _name_row(
        self, party_id: UUID, organ: str, name: str, is_alias: bool, by: str, at: datetime
    ) -> tuple[Any, ...]:
        name_id = uuid4()
        sealed = seal_name(self._sealer, name, name_id)
        return name_id, party_id, organ, self.blind(name), sealed, is_alias, by, at

    async def get(self, party_id: UUID) -> ReportedParty:
        """A party as the register knows it. Raises PartyUnknown."""
        row = await self._connection.fetchrow(SELECT_BY_ID, [party_id])
        if row is None:
            raise PartyUnknown
        named = await self._connection.fetchrow(SELECT_NAME, party_id)
        name = "" if named is None else open_name(self._sealer, named["name"], named["name_id"])
        party = ReportedParty(party_id, PartyType(row["party_type"]), name=name, unit=row["unit"])
        return _linked(party, await self._links([party_id]))

    async def link(self, party_id: UUID, kind: str, entry_id: str, by: str, at: datetime) -> None:
        """Link a party to a directory person or unit; a second time nothing happens."""
        organ = await self._connection.fetchval(SELECT_ORGAN, party_id)
        await self._connection.execute(INSERT_LINK, party_id, organ, kind, entry_id, at, by)

    async def unlink(self, party_id: UUID, kind: str, entry_id: str, by: str, at: datetime) -> None:
        """End a link; its history stays. Raises LinkUnknown."""
        if await self._connection.execute(END_LINK, party_id, kind, entry_id, at, by) != "UPDATE 1":
            raise LinkUnknown

    async def add_alias(self, party_id: UUID, alias: str, by: str, at: datetime) -> None:
        """Another name of the same party, sealed and indexed."""
        organ = await self._connection.fetchval(SELECT_ORGAN, party_id)
        await self._connection.execute(INSERT_NAME, *self._name_row(party_id, organ, alias, True, by, at))

    async def reports_of(self, party_id: UUID) -> list[UUID]:
        """The reports that name the party, as far as they are seen."""
        return [row["report_id"] for row in await self._connection.fetch(SELECT_REPORTS, party_id)]


def _linked(party: ReportedParty, links: dict[UUID, dict[str, list[str]]]) -> ReportedParty:
    known = links.get(party.party, {})
    return replace(
        party,
        persons=tuple(sorted({*party.persons, *known.get("PERSON", ())})),
        units=tuple(sorted({*party.units, *known.get("UNIT", ())})),
    )
