"""What every route shares: who acts, one transaction, one answer for a key, denials in the trail."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from fastapi import Request, Response

from services.chassis.calendar import local_day
from services.chassis.database import Connection, Subject
from services.chassis.failpoints import crash_point
from services.chassis.http import idempotency_key, if_match
from services.chassis.idempotency import Answer, once
from services.chassis.problems import unavailable
from services.chassis.security.offices import ask_office
from services.reception.adapters.http_answers import changed, response
from services.reception.adapters.http_models import FormGiven, Identity
from services.reception.adapters.identity_keeper import IdentityKeeper
from services.reception.adapters.work import PostgresUnit, Works
from services.reception.application.confirm_identities import VaultAway
from services.reception.application.desk import note_denial
from services.reception.application.pass_gate import pass_gate
from services.reception.application.ports import Act, Actor
from services.reception.domain.errors import ActorRecused, VisitUnknown

SELECT_ORGAN = "SELECT business.organ_of($1)"
Work = Callable[[PostgresUnit, Act], Awaitable[Answer]]
GateLook = Callable[[PostgresUnit, Act], Awaitable[None]]
VisitAct = Callable[[int, Act, PostgresUnit], Awaitable[int]]
"""Takes the version seen and returns the new one."""


@dataclass(frozen=True, slots=True)
class Counter:
    """The counter at which requests are taken; ``now`` gives the instant, ``secret`` keys the digests."""

    works: Works
    keeper: IdentityKeeper
    secret: bytes
    now: Callable[[], datetime]

    def act(self, subject: Subject) -> Act:
        """Who acts, and when."""
        at = self.now()
        return Act(Actor(subject.id, subject.organ, subject.seats), at, local_day(at))

    async def write(
        self, request: Request, subject: Subject, work: Work, gate: GateLook | None = None
    ) -> Response:
        """Do a write once for its key, in one transaction; ``gate`` looks before the key is claimed."""
        key, body, act = idempotency_key(request), await request.body(), self.act(subject)
        version = request.headers.get("if-match", "")
        about = f"{request.method} {request.url.path} {version}"
        async with self.begin(request, subject) as (unit, connection):
            if gate is not None:
                await gate(unit, act)
            answer = await once(connection, self.secret, subject, key, body, lambda: work(unit, act), about)
        return response(answer)

    async def act_on(
        self,
        request: Request,
        subject: Subject,
        visit_id: UUID,
        do: VisitAct,
        gate: GateLook | None = None,
    ) -> Response:
        """One act on one visit, of which the caller saw the version in ``If-Match``."""
        version = if_match(request)

        async def work(unit: PostgresUnit, act: Act) -> Answer:
            return changed(await do(version, act, unit), visit_id=str(visit_id))

        return await self.write(request, subject, work, gate)

    @asynccontextmanager
    async def begin(
        self, request: Request, subject: Subject
    ) -> AsyncIterator[tuple[PostgresUnit, Connection]]:
        """A transaction; when it refuses a recused person, that stands in the trail.

        Whose office has fallen is answered 401, here and not at the door: no statement goes before the gate.
        """
        try:
            async with self.works.begin(subject) as (unit, connection):
                seats = await unit.entries.offices_of(subject.id, subject.seats)
                ask_office(subject, seats, local_day(self.now()))
                yield unit, connection
        except (ActorRecused, VisitUnknown) as reason:
            async with self.works.begin(subject) as (unit, _):
                await note_denial(unit, str(request.path_params.get("visit_id", "-")), reason)
            raise

    async def take_in(
        self,
        request: Request,
        subject: Subject,
        form: FormGiven,
        work: Callable[[tuple[UUID, ...], PostgresUnit, Act], Awaitable[Answer]],
    ) -> Response:
        """Write a visit's form: the gate looks before the vault hears of anybody and a key is claimed."""
        idempotency_key(request)

        async def gate(unit: PostgresUnit, act: Act) -> None:
            await pass_gate(form.meant(), len(form.visitors), act, unit)

        refs: tuple[UUID, ...] = ()
        if form.visitors:
            async with self.begin(request, subject) as (unit, _):
                await gate(unit, self.act(subject))
            try:
                refs = await self.keeper.keep(_plain(form.visitors))
            except VaultAway:
                raise unavailable() from None
            await crash_point("visit.identity_kept_not_written")
        return await self.write(request, subject, lambda unit, act: work(refs, unit, act), gate)

    async def organ_of(self, visit_id: UUID, service: Subject) -> Subject:
        """The service, acting for the organ of a signed visit. Raises VisitUnknown."""
        async with self.works.begin(service) as (_, connection):
            organ = await connection.fetchval(SELECT_ORGAN, visit_id)
        if organ is None:
            raise VisitUnknown
        return replace(service, organ=organ)


def _plain(visitors: Sequence[Identity]) -> list[dict[str, object]]:
    return [visitor.model_dump(exclude_none=True) for visitor in visitors]
