"""What every service kept of what it said, as the records that went to the broker."""

from collections.abc import AsyncIterator

import asyncpg

from deploy.local.processes import WITH_KAFKA, Installation
from services.chassis.facts import headers_of
from services.chassis.stored_record import StoredRecord

SELECT_SAID = """
    SELECT event_id, topic, key, subject, sequence, type, said_at, causation_id, data
      FROM mechanism.outbox_archive
     ORDER BY position
"""
ROWS_A_FETCH = 1000


async def archived(here: Installation) -> AsyncIterator[bytes]:
    """One packed record a line, service after service; places in the log are not known here and are 0."""
    for service in WITH_KAFKA:
        connection = await asyncpg.connect(here.dsn(service, "worker"))
        try:
            async with connection.transaction(readonly=True):
                async for row in connection.cursor(SELECT_SAID, prefetch=ROWS_A_FETCH):
                    yield packed(service, row) + b"\n"
        finally:
            await connection.close()


def packed(service: str, row: asyncpg.Record) -> bytes:
    """A row of the archive as the record that was sent."""
    headers = headers_of(
        row["event_id"],
        row["type"],
        f"/{service}",
        row["subject"],
        row["sequence"],
        row["said_at"],
        row["causation_id"],
    )
    return StoredRecord(row["topic"], 0, 0, row["key"].encode(), row["data"], tuple(headers)).pack()
