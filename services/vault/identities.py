"""The identities kept: written sealed, confirmed, erased; nothing here reads one back."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import orjson

from services.chassis.audit import AuditTrail
from services.chassis.database import Connection
from services.chassis.security.sealing import Sealer

TABLE, COLUMN = "business.identity", "sealed"
INSERT_IDENTITIES = """
    INSERT INTO business.identity (reporter_ref, keeper, state, sealed)
    SELECT reporter_ref, $2, 'PENDING', sealed
      FROM unnest($1::uuid[], $3::bytea[]) AS kept (reporter_ref, sealed)
"""
SELECT_STATE = "SELECT state FROM business.identity WHERE reporter_ref = $1 FOR UPDATE"
SELECT_PENDING = """
    SELECT reporter_ref
      FROM business.identity
     WHERE state = 'PENDING' AND kept_at <= now() - $1::interval
     ORDER BY kept_at
     LIMIT $2
"""
CONFIRM = """
    UPDATE business.identity SET state = 'CONFIRMED', confirmed_at = now()
     WHERE reporter_ref = $1
"""
ERASE = """
    UPDATE business.identity SET state = 'ERASED', erased_at = now(), sealed = NULL
     WHERE reporter_ref = $1
"""
MOST_PENDING = 1000


class IdentityUnknown(Exception):
    """No such reference, or another keeper's."""


class IdentityErased(Exception):
    """It was erased; a report that names it has lost its reporter."""


class IdentityConfirmed(Exception):
    """A report names it; only what is pending may be erased."""


class Identities:
    """The identities of one keeper, seen through one open transaction in which it acts."""

    def __init__(self, connection: Connection, sealer: Sealer, trail: AuditTrail, keeper: str) -> None:
        self._connection, self._sealer, self._trail, self._keeper = connection, sealer, trail, keeper

    async def keep(self, identities: Sequence[Mapping[str, str]]) -> list[UUID]:
        """Keep identities under fresh references, pending; the references come in the same order.

        Each is sealed whole under a key of its own, padded, so that its length does not tell which fields
        it has.
        """
        references = [uuid4() for _ in identities]
        sealed = [
            self._sealer.seal(
                orjson.dumps(dict(who)).decode(), table=TABLE, column=COLUMN, row=str(reference)
            )
            for who, reference in zip(identities, references, strict=True)
        ]
        await self._connection.execute(INSERT_IDENTITIES, references, self._keeper, sealed)
        for reference in references:
            await self._trail.note("identity-kept", "identity", str(reference))
        return references

    async def confirm(self, reference: UUID) -> None:
        """A committed report names it. Raises IdentityUnknown, IdentityErased."""
        match await self._state(reference):
            case "ERASED":
                raise IdentityErased
            case "PENDING":
                await self._connection.execute(CONFIRM, reference)
                await self._trail.note("identity-confirmed", "identity", str(reference))

    async def pending(self, older_than: timedelta) -> list[UUID]:
        """The oldest references that nobody confirmed for that long, at most a thousand."""
        rows = await self._connection.fetch(SELECT_PENDING, older_than, MOST_PENDING)
        return [row["reporter_ref"] for row in rows]

    async def erase(self, reference: UUID) -> None:
        """Destroy what is sealed together with its key; the reference stays and leads nowhere.

        A second time nothing happens. Raises IdentityUnknown, IdentityConfirmed.
        """
        match await self._state(reference):
            case "CONFIRMED":
                raise IdentityConfirmed
            case "PENDING":
                await self._connection.execute(ERASE, reference)
                await self._trail.note("identity-erased", "identity", str(reference))

    async def _state(self, reference: UUID) -> str:
        state = await self._connection.fetchval(SELECT_STATE, reference)
        if state is None:
            raise IdentityUnknown
        return str(state)
