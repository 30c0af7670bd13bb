"""Sessions: a random id in a cookie, its digest in the database, gone after half an hour of silence."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.chassis.database import Pool, transaction
from services.console.accounts import SELF, Account, account_of

BEGIN = "INSERT INTO business.session (id_digest, login, begun_at, seen_at) VALUES ($1, $2, $3, $3)"
TOUCH = """
      WITH touched AS (
           UPDATE business.session SET seen_at = $2
            WHERE id_digest = $1 AND seen_at > $3 AND begun_at > $4
        RETURNING login)
    SELECT a.login, a.person, a.organ, a.roles, a.seats, a.name
      FROM touched JOIN business.account a USING (login)
"""
FIND = """
    SELECT a.login, a.person, a.organ, a.roles, a.seats, a.name
      FROM business.session s JOIN business.account a USING (login)
     WHERE s.id_digest = $1 AND s.seen_at > $2 AND s.begun_at > $3
"""
END = "DELETE FROM business.session WHERE id_digest = $1"
SWEEP = "DELETE FROM business.session WHERE seen_at <= $1 OR begun_at <= $2"
LONGEST = timedelta(hours=12)
"""However busy, a session ends with the day's work."""


@dataclass(frozen=True, slots=True)
class Session:
    """Who is logged in, and the token every form of this session carries."""

    account: Account
    form_token: str


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions on file; ``secret`` has 32 bytes, ``now`` gives the instant with a zone."""

    pool: Pool
    secret: bytes
    now: Callable[[], datetime]
    idle: timedelta

    async def begin(self, account: Account) -> str:
        """Begin a session; returns the id for the cookie. Those that ended by themselves are swept."""
        fresh, at = secrets.token_urlsafe(32), self.now()
        async with transaction(self.pool, SELF) as connection:
            await connection.execute(SWEEP, at - self.idle, at - LONGEST)
            await connection.execute(BEGIN, _digest(fresh), account.login, at)
        return fresh

    async def find(self, id_: str, *, touch: bool = True) -> Session | None:
        """The session of a cookie; ``touch`` when a person asked, so that pages that refresh do not count."""
        at = self.now()
        limits = at - self.idle, at - LONGEST
        async with transaction(self.pool, SELF) as connection:
            if touch:
                row = await connection.fetchrow(TOUCH, _digest(id_), at, *limits)
            else:
                row = await connection.fetchrow(FIND, _digest(id_), *limits)
        return None if row is None else Session(account_of(row), self.token_for(id_))

    async def end(self, id_: str) -> None:
        """Log out."""
        async with transaction(self.pool, SELF) as connection:
            await connection.execute(END, _digest(id_))

    def belongs(self, id_: str, form_token: str) -> bool:
        """Whether a form was made for this session."""
        return hmac.compare_digest(self.token_for(id_).encode(), form_token.encode())

    def token_for(self, id_: str) -> str:
        """The token of the forms made for this id."""
        return hmac.new(self.secret, id_.encode(), hashlib.sha256).hexdigest()


def _digest(id_: str) -> bytes:
    return hashlib.sha256(id_.encode()).digest()
