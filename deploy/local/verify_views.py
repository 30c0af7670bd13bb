"""Reads the oracle views of every service into one place, so that they can be judged together."""

import asyncio
from collections.abc import Mapping
from typing import Any

import asyncpg

from deploy.local.oracle import Row, Views

VIEWS = (
    "report", "import_row", "buffer", "tombstone", "routing", "exclusion", "transition", "outbox",
    "inbox", "consumer", "applied", "position", "waiting", "dead_letter", "disclosure", "booking",
    "audit_decision",
)  # fmt: skip
"""All views of schema ``oracle``; a service ships those that apply to it."""

SELECT_VIEWS = "SELECT viewname FROM pg_views WHERE schemaname = 'oracle'"
SELECT_BUSY = """
    SELECT (SELECT count(*) FROM oracle.outbox WHERE published_at IS NULL)
         + (SELECT count(*) FROM oracle.waiting) AS busy,
           (SELECT coalesce(sum(next_offset), 0) FROM oracle.position) AS position
"""


async def read_views(dsns: Mapping[str, str]) -> Views:
    """Every view of every service; ``dsns`` maps a service to the address of its oracle role."""
    found: dict[tuple[str, str], tuple[Row, ...]] = {}
    for service, dsn in dsns.items():
        connection = await asyncpg.connect(dsn)
        try:
            shipped = {row["viewname"] for row in await connection.fetch(SELECT_VIEWS)}
            for view in shipped & set(VIEWS):
                rows: list[Any] = await connection.fetch(f'SELECT * FROM oracle."{view}"')
                found[service, view] = tuple(rows)
        finally:
            await connection.close()
    return Views(found)


async def drained(dsns: Mapping[str, str], within_seconds: float = 120.0) -> bool:
    """Wait until no outbox holds a fact and no consumer moves; False when the time is over.

    The platform counts as drained when five looks in a row, 0.3 s apart, find nothing unsent,
    nothing waiting and every position where it was.
    """
    connections = {service: await asyncpg.connect(dsn) for service, dsn in dsns.items()}
    loop = asyncio.get_running_loop()
    deadline, still, before = loop.time() + within_seconds, 0, None
    try:
        while loop.time() < deadline:
            looks = {s: await c.fetchrow(SELECT_BUSY) for s, c in connections.items()}
            now = {s: row["position"] for s, row in looks.items() if row}
            quiet = now == before and not any(row["busy"] for row in looks.values() if row)
            still, before = (still + 1 if quiet else 0), now
            if still >= 5:
                return True
            await asyncio.sleep(0.3)
        return False
    finally:
        for connection in connections.values():
            await connection.close()
