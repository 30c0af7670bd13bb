"""The history of states, which only grows."""

from datetime import datetime
from uuid import UUID

from services.chassis.database import Connection

INSERT_TRANSITION = """
    INSERT INTO business.transition (entity, entity_id, organ, from_state, to_state, detail, actor, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
Passage = tuple[str | None, str, str | None]
"""From state, to state, and a code or seat that tells more."""


async def note_transition(
    connection: Connection,
    entity: str,
    entity_id: UUID,
    organ: str,
    passage: Passage,
    actor: str,
    at: datetime,
) -> None:
    """Add one passage of a session or a visit."""
    await connection.execute(INSERT_TRANSITION, entity, entity_id, organ, *passage, actor, at)
