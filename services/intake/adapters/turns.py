"""One request at a time for each idempotency key: twins of a write wait here, without a connection.

Twins in another process wait in the database, where the claim of the key is the first row of a write.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from services.chassis.problems import unavailable

LONGEST_WAIT_SECONDS = 4.0


class Turns:
    """The keys that are being worked on in this process; one that nobody waits for is forgotten."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, subject: str, key: str) -> AsyncIterator[None]:
        """Hold the key of a subject; answers 503 when its turn does not come within four seconds."""
        lock = self._locks.setdefault((subject, key), asyncio.Lock())
        try:
            async with asyncio.timeout(LONGEST_WAIT_SECONDS):
                await lock.acquire()
        except TimeoutError:
            raise unavailable() from None
        try:
            yield
        finally:
            lock.release()
