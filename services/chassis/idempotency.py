"""The same request asked twice: one effect, and the same answer byte for byte.

What is kept of a body is a keyed digest. The claim of a key is the first row of the caller's
transaction, so a parallel twin waits for it and then reads the answer.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import orjson

from services.chassis.database import Connection, Subject
from services.chassis.failpoints import crash_point

CLAIM_KEY = """
    INSERT INTO mechanism.idempotency (subject, key, body_hmac, status, answer)
    VALUES ($1, $2, $3, 0, '')
    ON CONFLICT DO NOTHING
"""
SELECT_ANSWER = """
    SELECT body_hmac, status, answer, headers FROM mechanism.idempotency WHERE subject = $1 AND key = $2
"""
KEEP_ANSWER = """
    UPDATE mechanism.idempotency SET status = $3, answer = $4, headers = $5::jsonb
     WHERE subject = $1 AND key = $2
"""


class KeyReused(Exception):
    """The key was given before with another body."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it is kept: it may hold ids, codes and numbers, never a text or a name."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


async def once(
    connection: Connection,
    secret: bytes,
    subject: Subject,
    key: str,
    body: bytes,
    work: Callable[[], Awaitable[Answer]],
    about: str = "",
) -> Answer:
    """Do ``work`` once for a subject's key; later the kept answer, without doing anything.

    ``about`` (method and path) belongs to the body, so that a key is not carried to another operation.
    ``secret`` has 32 bytes. Raises KeyReused, and what ``work`` raises: then nothing was claimed.
    """
    digest = _digest(secret, about, body)
    if await connection.execute(CLAIM_KEY, subject.id, key, digest) != "INSERT 0 1":
        kept = await connection.fetchrow(SELECT_ANSWER, subject.id, key)
        if kept is None or not hmac.compare_digest(kept["body_hmac"], digest):
            raise KeyReused
        return Answer(kept["status"], kept["answer"], orjson.loads(kept["headers"]))
    await crash_point("idempotency.claimed_not_done")
    answer = await work()
    await connection.execute(
        KEEP_ANSWER,
        subject.id,
        key,
        answer.status,
        answer.body,
        orjson.dumps(dict(answer.headers)).decode(),
    )
    return answer


@dataclass(frozen=True, slots=True)
class Once:
    """One request under its key, to be looked up before anything is asked of others, and done once."""

    secret: bytes
    subject: Subject
    key: str
    body: bytes
    about: str = ""

    async def kept(self, connection: Connection) -> Answer | None:
        """The answer that was kept for this very request, by reading alone; None when there is none.

        A key that was given with another body has none either: ``once`` refuses that in its turn.
        """
        kept = await connection.fetchrow(SELECT_ANSWER, self.subject.id, self.key)
        digest = _digest(self.secret, self.about, self.body)
        if kept is None or not hmac.compare_digest(kept["body_hmac"], digest):
            return None
        return Answer(kept["status"], kept["answer"], orjson.loads(kept["headers"]))

    async def once(self, connection: Connection, work: Callable[[], Awaitable[Answer]]) -> Answer:
        """Do ``work`` as the function ``once`` does it."""
        return await once(connection, self.secret, self.subject, self.key, self.body, work, self.about)


def _digest(secret: bytes, about: str, body: bytes) -> bytes:
    return hmac.digest(secret, about.encode() + b"\0" + body, hashlib.sha256)
