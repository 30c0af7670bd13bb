"""Who may come to the vault: the two services that keep identities, and nobody else."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends

from services.chassis.audit import AuditTrail
from services.chassis.database import Pool, Subject, transaction
from services.chassis.problems import forbidden
from services.chassis.security.permissions import needs

KEEPERS = frozenset({"service-intake", "service-reception"})
May = Annotated[Subject, Depends(needs("keep-identity"))]


def keeper_of(pool: Pool) -> Callable[[Subject], Awaitable[Subject]]:
    """A dependency of a route: the service that keeps, or 403, which is audited."""

    async def keeper(subject: May) -> Subject:
        if subject.kind == "service" and subject.id in KEEPERS:
            return subject
        async with transaction(pool, subject) as connection:
            trail = AuditTrail(connection, subject.id, subject.organ)
            await trail.note("access-denied", "permission", "keep-identity", kind=subject.kind)
        raise forbidden()

    return keeper
