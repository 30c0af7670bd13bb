"""A step of the worker: the vault learns which identities our visits name, and loses those nobody names."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

ABANDONED_SECONDS = 24 * 3600


class VaultAway(Exception):
    """The vault did not answer; the step comes back later."""


class IdentityGone(Exception):
    """The vault has it no more, though a visit names it: a person must look, the others go on."""


class Keeper(Protocol):
    """The vault as its keeper sees it; every call may raise VaultAway."""

    async def confirm(self, ref: UUID) -> None:
        """Say that a visit names the identity. Raises IdentityGone."""

    async def pending(self, older_than_seconds: int) -> list[UUID]:
        """References that nobody confirmed."""

    async def erase(self, ref: UUID) -> None:
        """Destroy an identity that nothing names; nothing when it is gone."""


class Named(Protocol):
    """Which references our visits name."""

    async def unconfirmed(self) -> list[UUID]:
        """Named, and not confirmed to the vault yet."""

    async def mark_confirmed(self, ref: UUID) -> None:
        """The vault knows."""

    async def named_of(self, refs: Sequence[UUID]) -> frozenset[UUID]:
        """Those of ``refs`` that a visit names."""


async def confirm_identities(named: Named, keeper: Keeper) -> tuple[int, int]:
    """Confirm what our visits name, then erase what is a day old and named by none.

    Returns how many were done, and how many are gone though a visit names them.

    Each call can be made again: a crash between two of them leaves only work for the next time.
    """
    done = gone = 0
    for ref in await named.unconfirmed():
        try:
            await keeper.confirm(ref)
        except IdentityGone:
            gone += 1
            continue
        await named.mark_confirmed(ref)
        done += 1
    old = await keeper.pending(ABANDONED_SECONDS)
    for ref in set(old) - await named.named_of(old):
        await keeper.erase(ref)
        done += 1
    return done, gone
