"""Local accounts: made from lines of JSON, checked so that a wrong name looks like a wrong password."""

import asyncio
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
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9:._-]{0,63}$")]
HASHER = PasswordHasher(time_cost=3, memory_cost=32_768, parallelism=1)
NOBODY = HASHER.hash("nobody has this password")
"""What a name without an account is checked against, so that it takes the same time."""
MOST_FAILURES, FORGOTTEN_AFTER_SECONDS, MOST_NAMES = 5, 300.0, 10_000


class NewAccount(BaseModel):
    """One line of the verb ``accounts``; whoever has the login already is replaced and logged out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    login: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
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
    """Failures by name, kept in memory and forgotten after five minutes; names nobody has count too."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._failures: dict[str, tuple[int, float]] = {}

    def closed(self, login: str) -> bool:
        """Whether the name failed too often of late."""
        times, last = self._failures.get(login, (0, 0.0))
        return times >= MOST_FAILURES and self._now() - last < FORGOTTEN_AFTER_SECONDS

    def failed(self, login: str) -> None:
        """Count a failure; one after the time to forget is the first again."""
        times, last = self._failures.get(login, (0, 0.0))
        fresh = self._now() - last >= FORGOTTEN_AFTER_SECONDS
        if len(self._failures) >= MOST_NAMES:
            self._failures.clear()
        self._failures[login] = (1 if fresh else times + 1, self._now())

    def passed(self, login: str) -> None:
        """Forget the failures of a name."""
        self._failures.pop(login, None)


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts of this installation; ``workers`` bounds how many passwords are checked at once."""

    pool: Pool
    throttle: Throttle
    workers: asyncio.Semaphore

    async def check(self, login: str, password: str) -> Account | None:
        """The account these belong to; None for a wrong name, a wrong password, or too many failures.

        All three take the time of one argon2 check.
        """
        async with transaction(self.pool, SELF) as connection:
            row = await connection.fetchrow(SELECT_ACCOUNT, login)
        closed = self.throttle.closed(login)
        kept = NOBODY if row is None or closed else row["password_hash"]
        async with self.workers:
            right = await asyncio.to_thread(_matches, kept, password)
        if row is None or closed or not right:
            self.throttle.failed(login)
            return None
        self.throttle.passed(login)
        return account_of(row)


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
