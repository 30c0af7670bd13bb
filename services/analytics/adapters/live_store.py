"""Live windows in the database: the changed rows of a moment in one statement, the old ones gone."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from services.analytics.adapters.live_tables import LiveRow
from services.analytics.domain.live import KEPT_SECONDS
from services.chassis.database import Pool, transaction

UPSERT = """
    INSERT INTO business.live_window (grain, starts_at, organ, dimension, code, partition, count)
    SELECT grain, starts_at, organ, dimension, code, partition, count
      FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::int[], $7::int[])
           AS changed (grain, starts_at, organ, dimension, code, partition, count)
     ORDER BY grain, starts_at, organ, dimension, code, partition
    ON CONFLICT (grain, starts_at, organ, dimension, code, partition) DO UPDATE SET count = excluded.count
"""
DELETE_OLD = "DELETE FROM business.live_window WHERE grain = $1 AND starts_at < $2"


async def save_windows(pool: Pool, rows: Sequence[LiveRow]) -> None:
    """Write windows as they stand; writing one again changes nothing."""
    async with transaction(pool) as connection:
        await connection.execute(
            UPSERT,
            [row.grain for row in rows],
            [datetime.fromtimestamp(row.starts_at_seconds, UTC) for row in rows],
            [row.organ for row in rows],
            [row.dimension for row in rows],
            [row.code for row in rows],
            [row.partition for row in rows],
            [row.count for row in rows],
        )


async def drop_old_windows(pool: Pool, now: datetime) -> None:
    """Drop what the tables no longer keep."""
    async with transaction(pool) as connection:
        for grain, seconds in KEPT_SECONDS.items():
            await connection.execute(DELETE_OLD, grain, now - timedelta(seconds=2 * seconds))
