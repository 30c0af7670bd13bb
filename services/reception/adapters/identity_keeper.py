"""The vault as reception's keeper calls it, and which references our visits name."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.chassis.calling import Caller, CallFailed
from services.chassis.database import Connection, Pool, transaction
from services.chassis.failpoints import crash_point
from services.reception.application.confirm_identities import IdentityGone, VaultAway

IDENTITIES = "/vault/v1/identities"
SELECT_UNCONFIRMED = """
    SELECT reporter_ref FROM business.visitor WHERE confirmed_at IS NULL ORDER BY reporter_ref LIMIT 200
"""
MARK_CONFIRMED = "UPDATE business.visitor SET confirmed_at = now() WHERE reporter_ref = $1"
SELECT_NAMED = "SELECT reporter_ref FROM business.visitor WHERE reporter_ref = ANY ($1::uuid[])"


class IdentityKeeper:
    """Calls the vault; whatever goes wrong there is VaultAway, and nothing of an identity is kept here."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def keep(self, identities: Sequence[Mapping[str, object]]) -> tuple[UUID, ...]:
        """Keep who comes; returns the references in order. Raises VaultAway."""
        if not identities:
            return ()
        try:
            kept = await self._caller.post(f"{IDENTITIES}/batch", {"identities": list(identities)})
        except CallFailed as failed:
            raise VaultAway from failed
        return tuple(UUID(ref) for ref in kept["reporter_refs"])

    async def confirm(self, ref: UUID) -> None:
        """Say that a visit names the identity."""
        try:
            await self._caller.post(f"{IDENTITIES}/{ref}/confirm")
        except CallFailed as failed:
            raise (IdentityGone if failed.status in {404, 409} else VaultAway) from failed

    async def pending(self, older_than_seconds: int) -> list[UUID]:
        """References that nobody confirmed."""
        try:
            found = await self._caller.get(f"{IDENTITIES}/pending?older_than_seconds={older_than_seconds}")
        except CallFailed as failed:
            raise VaultAway from failed
        return [UUID(ref) for ref in found["refs"]]

    async def erase(self, ref: UUID) -> None:
        """Destroy an identity that nothing names; nothing when it is gone."""
        try:
            await self._caller.delete(f"{IDENTITIES}/{ref}")
        except CallFailed as failed:
            if failed.status != 404:
                raise VaultAway from failed


class NamedIdentities:
    """The references our visits name, each look a transaction of its own, as the worker."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def unconfirmed(self) -> list[UUID]:
        """Named, and not confirmed to the vault yet."""
        return await self._refs(SELECT_UNCONFIRMED)

    async def mark_confirmed(self, ref: UUID) -> None:
        """The vault knows."""
        await crash_point("visit.identity_confirmed_not_marked")
        async with transaction(self._pool) as connection:
            await connection.execute(MARK_CONFIRMED, ref)

    async def named_of(self, refs: Sequence[UUID]) -> frozenset[UUID]:
        """Those of ``refs`` that a visit names."""
        return frozenset(await self._refs(SELECT_NAMED, list(refs)))

    async def _refs(self, query: str, *arguments: object) -> list[UUID]:
        connection: Connection
        async with transaction(self._pool) as connection:
            return [row["reporter_ref"] for row in await connection.fetch(query, *arguments)]
