"""Who may do what: roles by permission from a service's ``rules/roles.yaml``, asked at every route.

The table gives functions; which objects an officer sees is decided by the queries and row security.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from fastapi import FastAPI, Request
from starlette.types import Scope

from services.chassis.audit import AuditTrail
from services.chassis.database import Pool, Subject, transaction
from services.chassis.metrics import ACCESS_DENIED
from services.chassis.problems import forbidden, unauthenticated
from services.chassis.security.tokens import TokenRefused, Verifier

LOG = logging.getLogger(__name__)


class PermissionsMalformed(Exception):
    """``roles.yaml`` is no table of permissions; stops the start."""


@dataclass(frozen=True, slots=True)
class Permissions:
    """The roles that hold each permission."""

    roles: Mapping[str, frozenset[str]]

    @classmethod
    def read(cls, file: Path) -> "Permissions":
        """Read ``{permission: [roles]}``, on top or below ``permissions``. Raises PermissionsMalformed."""
        table = yaml.safe_load(file.read_text(encoding="utf-8"))
        if isinstance(table, dict) and isinstance(table.get("permissions"), dict):
            table = table["permissions"]
        if not isinstance(table, dict) or not all(isinstance(names, list) for names in table.values()):
            raise PermissionsMalformed(file.name)
        return cls({str(name): frozenset(map(str, names)) for name, names in table.items()})

    def allows(self, subject: Subject, permission: str) -> bool:
        """Whether one of the subject's roles holds the permission; one that is in no table, nobody."""
        return bool(self.roles.get(permission, frozenset()) & subject.roles)


@dataclass(frozen=True, slots=True)
class Guard:
    """What an app needs to know who asks and what that one may do."""

    verifier: Verifier
    permissions: Permissions | None
    pool: Pool | None


def authenticated(
    app: FastAPI,
    verifier: Verifier,
    permissions: Permissions | None = None,
    pool: Pool | None = None,
) -> None:
    """Let ``app`` ask who comes; denials are noted in the trail of ``pool``."""
    app.state.guard = Guard(verifier, permissions, pool)


def recognise(scope: Scope) -> None:
    """Before a byte of the body is read: who sends it; answers 401 when the one token there names nobody.

    Asks nothing of an app that is not ``authenticated``. Source: guarantees 2.8.
    """
    guard: Guard | None = getattr(scope["app"].state, "guard", None)
    if guard is None:
        return
    given = [value for name, value in scope["headers"] if name == b"authorization"]
    try:
        subject = guard.verifier.subject(given[0].decode("latin-1") if len(given) == 1 else None)
    except TokenRefused as refused:
        ACCESS_DENIED.labels("token").inc()
        LOG.info("token-refused", extra={"cause": str(refused)})
        raise unauthenticated() from None
    scope.setdefault("state", {})["subject"] = subject


async def who(request: Request) -> Subject:
    """Who asks; answers 401 when the token names nobody, always the same."""
    if not hasattr(request.state, "subject"):
        recognise(request.scope)
    subject: Subject = request.state.subject
    return subject


def needs(permission: str) -> Callable[[Request], Awaitable[Subject]]:
    """A dependency of a route: the subject that holds ``permission``, or 403, which is audited."""

    async def allowed(request: Request) -> Subject:
        subject = await who(request)
        guard: Guard = request.app.state.guard
        if guard.permissions is None or not guard.permissions.allows(subject, permission):
            await _note_denial(guard, subject, permission)
            raise forbidden()
        return subject

    allowed.permission = permission  # type: ignore[attr-defined]  # a test lists what guards each route
    return allowed


async def _note_denial(guard: Guard, subject: Subject, permission: str) -> None:
    ACCESS_DENIED.labels("permission").inc()
    if guard.pool is None:
        return
    async with transaction(guard.pool, subject) as connection:
        await AuditTrail(connection, subject.id, subject.organ).note(
            "access-denied", "permission", permission, kind=subject.kind
        )
