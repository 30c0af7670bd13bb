"""The way from one service to another, which a test may cut."""

import httpx
from fastapi import FastAPI


class Link(httpx.AsyncBaseTransport):
    """A way into an app; ``cut`` closes it, ``calls`` counts what was sent over it."""

    def __init__(self, app: FastAPI) -> None:
        self._through = httpx.ASGITransport(app)
        self.cut, self.calls = False, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request through, or fail as a cut way does."""
        self.calls += 1
        if self.cut:
            raise httpx.ConnectError("cut")
        return await self._through.handle_async_request(request)
