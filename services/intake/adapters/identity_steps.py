"""Worker step: tells the vault which references stand, and has erased what no report came to name.

Two databases cannot commit together: the vault keeps an identity first, as pending; the report that names
it commits second; this step confirms it, with retry. What is pending for a day and named by no report is
erased. Source: services' ownership, vault.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from services.chassis.calling import Caller, CallFailed
from services.chassis.database import Pool, is_world_fault
from services.chassis.failpoints import crash_point
from services.intake.adapters.work import Tools, begin_as_worker

LOG = logging.getLogger(__name__)
MOST_AT_ONCE = 512
SIDE_BY_SIDE = 16
GONE = frozenset({404, 409})
"""Unknown there, or erased."""
ERASE_EVERY_SECONDS = 3600.0
LONGEST_PAUSE_SECONDS = 30.0


@dataclass(slots=True)
class IdentityWorker:
    """Keeps the vault's references and the reports in step."""

    pool: Pool
    tools: Tools
    vault: Caller
    now: Callable[[], datetime]
    every_seconds: float
    grace_seconds: int

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; a vault or a database that is away is waited out."""
        pause, erased_at = self.every_seconds, -ERASE_EVERY_SECONDS
        loop = asyncio.get_running_loop()
        while not stop.is_set():
            try:
                busy = await self.confirm()
                if loop.time() - erased_at >= ERASE_EVERY_SECONDS:
                    await self.erase()
                    erased_at = loop.time()
                pause = self.every_seconds
            except (
                CallFailed,
                asyncpg.PostgresError,
                asyncpg.InterfaceError,
                OSError,
                TimeoutError,
            ) as fault:
                if not isinstance(fault, CallFailed) and not is_world_fault(fault):
                    raise
                LOG.warning("identities-wait", extra={"cause": type(fault).__name__})
                busy, pause = False, min(pause * 2, LONGEST_PAUSE_SECONDS)
            if not busy:
                await _wait(stop, pause)

    async def confirm(self) -> bool:
        """Confirm some references, oldest first; whether there were any. Raises CallFailed."""
        async with begin_as_worker(self.pool, self.tools) as unit:
            references = await unit.identities.unconfirmed(MOST_AT_ONCE)
        await self._confirm(references)
        return bool(references)

    async def _confirm(self, references: Sequence[UUID]) -> None:
        """Tell the vault of each, some side by side; what it took is noted even when another call failed."""
        for start in range(0, len(references), SIDE_BY_SIDE):
            some = references[start : start + SIDE_BY_SIDE]
            told = await asyncio.gather(*map(self._tell, some), return_exceptions=True)
            await crash_point("intake.identities_confirmed_not_noted")
            taken = [reference for reference, fault in zip(some, told, strict=True) if fault is None]
            async with begin_as_worker(self.pool, self.tools) as unit:
                await unit.identities.confirmed(taken, self.now())
            for fault in told:
                if fault is not None:
                    raise fault

    async def _tell(self, reference: UUID) -> None:
        """One call; an identity that is not there any more is said aloud and does not hold up the others."""
        try:
            await self.vault.post(f"/vault/v1/identities/{reference}/confirm")
        except CallFailed as refused:
            if refused.status not in GONE:
                raise
            LOG.error("identity-gone", extra={"cause": "confirmed-too-late"})

    async def erase(self) -> int:
        """Erase what is pending past the grace and in no report; returns how many. Raises CallFailed.

        The vault names the oldest thousand at a time; each is gone from there when its turn is over.
        """
        path, erased = f"/vault/v1/identities/pending?older_than_seconds={self.grace_seconds}", 0
        while pending := [UUID(ref) for ref in (await self.vault.get(path))["refs"]]:
            async with begin_as_worker(self.pool, self.tools) as unit:
                named = await unit.identities.named(pending)
            await self._confirm([reference for reference in pending if reference in named])
            for reference in pending:
                if reference not in named:
                    await self.vault.delete(f"/vault/v1/identities/{reference}")
                    erased += 1
        return erased


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
