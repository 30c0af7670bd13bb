"""Health on a port of its own: alive, started, ready, and the metrics; nothing of it is for the public."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.chassis.consumer import Consumer
from services.chassis.database import Pool
from services.chassis.migrate import at_head
from services.chassis.security.sealing import SealBroken, Sealer

Check = Callable[[], Awaitable[bool]]
CHECK_SECONDS = 2.0
WRITE_PROBE = """
    SELECT current_setting('transaction_read_only') = 'off' AS writes,
           pg_logical_emit_message(true, 'probe', '') AS at
"""
"""A row of the write-ahead log that must reach the disk: fails on a standby and on a full disk."""


@dataclass(slots=True)
class Health:
    """What a process says of itself; ``checks`` are asked at every look at readiness."""

    checks: Mapping[str, Check]
    started: bool = field(default=False)
    draining: bool = field(default=False)

    async def failing(self) -> list[str]:
        """The names of what is not in order now; a check that raises or takes 2 s is not."""
        names = list(self.checks)
        passed = await asyncio.gather(*(_passes(self.checks[name]) for name in names))
        own = ["starting"] * (not self.started) + ["draining"] * self.draining
        return own + [name for name, good in zip(names, passed, strict=True) if not good]


async def _passes(check: Check) -> bool:
    try:
        return await asyncio.wait_for(check(), CHECK_SECONDS)
    except Exception:
        return False


def operations_app(health: Health) -> Starlette:
    """``/livez`` (the loop turns), ``/startupz``, ``/readyz`` and ``/metrics``."""

    async def livez(_: Request) -> Response:
        return JSONResponse({"alive": True})

    async def startupz(_: Request) -> Response:
        return JSONResponse({"started": health.started}, 200 if health.started else 503)

    async def readyz(_: Request) -> Response:
        failing = await health.failing()
        return JSONResponse({"ready": not failing, "failing": failing}, 503 if failing else 200)

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    ways = {"/livez": livez, "/startupz": startupz, "/readyz": readyz, "/metrics": metrics}
    return Starlette(routes=[Route(path, way) for path, way in ways.items()])


def database_check(pool: Pool, service: str) -> Check:
    """Migrations stand at their head, and a write reaches the disk."""

    async def check() -> bool:
        async with pool.acquire(timeout=CHECK_SECONDS) as connection:
            probe = await connection.fetchrow(WRITE_PROBE)
            return bool(probe and probe["writes"]) and await at_head(connection, service)

    return check


def key_check(sealer: Sealer) -> Check:
    """What is sealed now can be opened."""

    async def check() -> bool:
        try:
            sealed = sealer.seal("probe", table="probe", column="probe", row="probe")
            return sealer.open(sealed, table="probe", column="probe", row="probe") == "probe"
        except (SealBroken, KeyError):
            return False

    return check


def consumer_check(consumer: Consumer[Any]) -> Check:
    """The consumer has been given its partitions and did not stop for a person to look."""

    async def check() -> bool:
        return consumer.assigned and consumer.stopped is None

    return check
