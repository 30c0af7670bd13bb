"""Why content was read: one sealed row a reading, written before the answer leaves."""

from uuid import UUID, uuid4

from services.chassis.database import Connection
from services.chassis.security.sealing import Sealer
from services.intake.application.desk import About

INSERT_READING = """
    INSERT INTO business.content_reading (reading_id, report_id, organ, officer, reason, at)
    VALUES ($1, $2, $3, $4, $5, $6)
"""


async def keep_reading(connection: Connection, sealer: Sealer, about: About, reason: str) -> UUID:
    """Keep the reason sealed; returns the reading's id for the trail."""
    reading = uuid4()
    sealed = sealer.seal(reason, table="content_reading", column="reason", row=str(reading))
    actor = about.actor
    await connection.execute(
        INSERT_READING, reading, about.report_id, actor.organ, actor.id, sealed, about.moment.at
    )
    return reading
