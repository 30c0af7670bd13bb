"""Small questions to a port: does it listen, does an HTTP probe answer 200."""

import asyncio
import contextlib


async def listens(port: int) -> bool:
    """Whether something accepts connections on loopback."""
    try:
        async with asyncio.timeout(2):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


async def answers(port: int, path: str = "/readyz", within_seconds: float = 5.0) -> bool:
    """Whether ``GET path`` is answered with 200."""
    try:
        async with asyncio.timeout(within_seconds):
            return await _status(port, path) == 200
    except (OSError, TimeoutError, ValueError, IndexError):
        return False


async def _status(port: int, path: str) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        return int((await reader.readline()).split()[1])
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
