"""A TCP proxy that plays a bad network: delays, silent links, connections cut in the middle.

A Kafka client leaves the address it was given for the one the broker advertises, so a broker under this
proxy needs a listener that is advertised at the proxy's port.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

HARD_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER on, zero seconds: closing sends RST instead of waiting for the other side."""


class Proxy:
    """Stands between clients and ``host:port``; faults hold until ``mend``."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._links: set[asyncio.StreamWriter] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self._delay, self._cut, self._left = 0.0, False, -1
        self.port = 0
        self.passed = 0

    def delay(self, seconds: float) -> None:
        """Hold every piece back for ``seconds``."""
        self._delay = seconds

    def stall(self) -> None:
        """Keep connections open and pass nothing: a half-open link."""
        self._flows.clear()

    def cut(self) -> None:
        """Reset every connection, and each new one at once."""
        self._cut = True
        for writer in list(self._links):
            _reset(writer)

    def cut_after(self, count: int) -> None:
        """Reset every connection once ``count`` more bytes have come back from the server."""
        self._left = count

    def mend(self) -> None:
        """A good network again."""
        self._delay, self._cut, self._left = 0.0, False, -1
        self._flows.set()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._cut:
            _reset(writer)
            return
        try:
            there, back = await asyncio.open_connection(*self._target)
        except OSError:
            _reset(writer)
            return
        self._links |= {writer, back}
        try:
            await asyncio.gather(self._pass(reader, back), self._pass(there, writer, answers=True))
        except OSError:
            pass
        finally:
            for end in (writer, back):
                self._links.discard(end)
                end.close()

    async def _pass(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, answers: bool = False
    ) -> None:
        while piece := await source.read(65536):
            if self._delay:
                await asyncio.sleep(self._delay)
            await self._flows.wait()
            if answers and self._left >= 0:
                piece = piece[: self._left]
                self._left -= len(piece)
            sink.write(piece)
            await sink.drain()
            self.passed += len(piece)
            if self._left == 0:
                self.cut()
        with contextlib.suppress(OSError):
            sink.write_eof()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Proxy"]:
        """Listen on a free port of loopback for as long as the block lasts."""
        server = await asyncio.start_server(self._meet, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.mend()
            self.cut()


def _reset(writer: asyncio.StreamWriter) -> None:
    there = writer.get_extra_info("socket")
    if there is not None:
        with contextlib.suppress(OSError):
            there.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, HARD_CLOSE)
    writer.transport.abort()
