"""The audit trail: who did what to which thing, in the transaction that did it; ids and codes only."""

from dataclasses import dataclass

import orjson

from services.chassis.database import Connection

INSERT_RECORD = """
    INSERT INTO mechanism.audit_event (subject, organ, action, entity, entity_id, codes)
    VALUES ($1, $2, $3, $4, $5, $6::jsonb)
"""
LONGEST_CODE = 200
Code = str | int | bool | None | list[str]


class CodeTooLong(Exception):
    """What should be a code is a text; the trail holds no content."""


@dataclass(frozen=True, slots=True)
class AuditTrail:
    """The trail of one transaction, in which ``subject_id`` acts for ``organ``."""

    connection: Connection
    subject_id: str
    organ: str | None = None

    async def note(self, action: str, entity: str, entity_id: str, **codes: Code) -> None:
        """Add one record; it stands when the transaction commits, and nobody can change it.

        Raises CodeTooLong for a value above 200 characters.
        """
        texts = [text for value in codes.values() for text in (value if isinstance(value, list) else [value])]
        if any(isinstance(text, str) and len(text) > LONGEST_CODE for text in texts):
            raise CodeTooLong(action)
        await self.connection.execute(
            INSERT_RECORD,
            self.subject_id,
            self.organ,
            action,
            entity,
            entity_id,
            orjson.dumps(codes).decode(),
        )
