"""Waiting for what must come, with a deadline and no fixed pauses in tests."""

import asyncio
from collections.abc import Awaitable, Callable


async def eventually(holds: Callable[[], Awaitable[bool]], within_seconds: float = 20.0) -> None:
    """Return as soon as ``holds`` says so; raises AssertionError when the deadline passes first."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within_seconds
    while not await holds():
        assert loop.time() < deadline, "what must come did not come"
        await asyncio.sleep(0.02)
