"""Local accounts: made from lines of JSON, checked so that a wrong name looks like a wrong password."""

import asyncio
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.chassis.database import Connection, Pool, Subject, transaction

SELF = Subject("console", "")
"""Who acts where nobody is logged in yet."""
SELECT_ACCOUNT = """
    SELECT login, password_hash, person, organ, roles, seats, name FROM business.account WHERE login = $1
"""
PUT_ACCOUNT = """
    INSERT INTO business.account (login, password_hash, person, organ, roles, seats, name)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (login)
    DO UPDATE SET password_hash = excluded.password_hash, person = excluded.person, organ = excluded.organ,
                  roles = excluded.roles, seats = excluded.seats, name = excluded.name, changed_at = now()
"""
END_SESSIONS = "DELETE FROM business.session WHERE login = $1"
LOGIN = r"^[a-z0-9][a-z0-9._-]{0,63}$"
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9:._-]{0,63}$")]
HASHER = PasswordHasher(time_cost=3, memory_cost=32_768, parallelism=1)
NOBODY = HASHER.hash("nobody has this password")
"""What a name without an account is checked against, so that it takes the same time."""
MOST_FAILURES, FORGOTTEN_AFTER_SECONDS, MOST_NAMES = 5, 300.0, 10_000
MOST_WAITING = 32
"""How many logins may wait for a check; at a tenth of a second each, nobody waits longer than a page may."""


class CheckersBusy(Exception):
    """More logins at once than can be checked soon; nothing was checked, nothing counts as failed."""


class NewAccount(BaseModel):
    """One line of the verb ``accounts``; whoever has the login already is replaced and logged out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    login: Annotated[str, StringConstraints(pattern=LOGIN)]
    password: Annotated[str, StringConstraints(min_length=8, max_length=200)]
    person: Id
    organ: Id
    roles: list[Id] = Field(min_length=1)
    seats: list[Id] = Field(default_factory=list)
    name_zh: Annotated[str, StringConstraints(min_length=1, max_length=100)]


@dataclass(frozen=True, slots=True)
class Account:
    """Who is logged in; the ids are the directory's."""

    login: str
    person: str
    organ: str
    roles: frozenset[str]
    seats: tuple[str, ...]
    name: str

    def subject(self) -> Subject:
        """The account as one who acts."""
        return Subject(self.person, self.organ, self.roles, frozenset(self.seats))


class Throttle:
    """Attempts by name, kept in memory and forgotten after five minutes; names nobody has count too.

    An attempt counts from its beginning until it passes, so that many at once are not more than many
    one after another.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._attempts: dict[str, tuple[int, float]] = {}

    def begin(self, login: str) -> bool:
        """Count an attempt; False when the name was tried too often of late without passing."""
        times, last = self._attempts.get(login, (0, 0.0))
        if self._now() - last >= FORGOTTEN_AFTER_SECONDS:
            times = 0
        if len(self._attempts) >= MOST_NAMES:
            self._attempts.clear()
        self._attempts[login] = (times + 1, self._now())
        return times < MOST_FAILURES

    def passed(self, login: str) -> None:
        """Forget the attempts of a name."""
        self._attempts.pop(login, None)


@dataclass(slots=True)
class Checkers:
    """Those who check passwords: ``workers`` at once, and a short queue before them."""

    workers: asyncio.Semaphore
    waiting: int = 0

    def refuse_when_busy(self) -> None:
        """Raises CheckersBusy when the queue is full."""
        if self.waiting >= MOST_WAITING:
            raise CheckersBusy

    async def matches(self, kept: str, password: str) -> bool:
        """Whether the password is the one kept."""
        self.waiting += 1
        try:
            async with self.workers:
                return await asyncio.to_thread(_matches, kept, password)
        finally:
            self.waiting -= 1


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts of this installation; ``checkers`` bound how many passwords are checked at once."""

    pool: Pool
    throttle: Throttle
    checkers: Checkers

    async def check(self, login: str, password: str) -> Account | None:
        """The account these belong to; None for a wrong name, a wrong password, or too many failures.

        All three take the time of one argon2 check. Raises CheckersBusy.
        """
        row = await self._find(login) if re.fullmatch(LOGIN, login) else None
        self.checkers.refuse_when_busy()
        is_open = self.throttle.begin(login)
        kept = str(row["password_hash"]) if row is not None and is_open else NOBODY
        right = await self.checkers.matches(kept, password)
        if row is None or not is_open or not right:
            return None
        self.throttle.passed(login)
        return account_of(row)

    async def _find(self, login: str) -> dict[str, object] | None:
        async with transaction(self.pool, SELF) as connection:
            row: dict[str, object] | None = await connection.fetchrow(SELECT_ACCOUNT, login)
        return row


async def put_accounts(connection: Connection, given: Iterable[NewAccount]) -> int:
    """Make or replace accounts inside the caller's transaction; returns how many."""
    done = 0
    for account in given:
        await connection.execute(
            PUT_ACCOUNT, account.login, HASHER.hash(account.password), account.person, account.organ,
            sorted(account.roles), sorted(account.seats), account.name_zh,
        )  # fmt: skip
        await connection.execute(END_SESSIONS, account.login)
        done += 1
    return done


def account_of(row: dict[str, object]) -> Account:
    """The account in a row of ``business.account``."""
    return Account(
        str(row["login"]),
        str(row["person"]),
        str(row["organ"]),
        frozenset(row["roles"]),  # type: ignore[call-overload]  # a column of texts
        tuple(row["seats"]),  # type: ignore[arg-type]  # a column of texts
        str(row["name"]),
    )


def _matches(kept: str, password: str) -> bool:
    try:
        return HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
