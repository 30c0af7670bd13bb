"""Officers as the local command plays them, and the tokens that name them."""

from dataclasses import dataclass

from deploy.local.home import Home
from deploy.local.keys import STAFF_KID, staff_key
from services.chassis.security.tokens import LONGEST_SECONDS, mint

AUDIENCES = ("intake", "referral", "review", "reception", "analytics", "console")
"""Whom a token of staff is good for; the vault answers services only."""


@dataclass(frozen=True, slots=True)
class Officer:
    """One officer: a person of the directory, the organ, the roles in kebab case and the seats held."""

    person: str
    organ: str
    roles: tuple[str, ...]
    seats: tuple[str, ...] = ()


def token_of(home: Home, officer: Officer, seconds: int = LONGEST_SECONDS) -> str:
    """A token of this officer, signed with the local key. Raises ValueError beyond 15 minutes."""
    return mint(
        staff_key(home),
        STAFF_KID,
        sub=officer.person,
        organ=officer.organ,
        roles=officer.roles,
        seats=officer.seats,
        aud=AUDIENCES,
        seconds=seconds,
    )
