"""What every route shares: who acts, one transaction, one answer for a key, denials in the trail."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import Request, Response

from services.chassis.calendar import local_day
from services.chassis.database import Subject
from services.chassis.http import idempotency_key, if_match
from services.chassis.idempotency import Answer, once
from services.chassis.security.offices import ask_office
from services.referral.adapters.http_answers import moved, response
from services.referral.adapters.work import PostgresUnit, Works
from services.referral.application.find_report import Reader
from services.referral.application.ports import About, Actor
from services.referral.domain.errors import ReferralUnknown
from services.referral.domain.referral import Referral

OFFICE = frozenset({"petition-clerk", "petition-head", "deputy-in-charge", "chief", "committee-member"})
"""Roles that see all parts of their organ; others see what lies with their own unit."""


@dataclass(frozen=True, slots=True)
class Counter:
    """The counter at which requests are taken; ``now`` gives the instant, ``secret`` keys the digests."""

    works: Works
    secret: bytes
    now: Callable[[], datetime]

    async def write(
        self, request: Request, subject: Subject, work: Callable[[PostgresUnit], Awaitable[Answer]]
    ) -> Response:
        """Do a write once for its key, in one transaction."""
        key, body = idempotency_key(request), await request.body()
        about = " ".join((request.method, request.url.path, *request.headers.getlist("if-match")))
        try:
            async with self._begin(subject) as unit:
                answer = await once(
                    unit.connection, self.secret, subject, key, body, lambda: work(unit), about
                )
        except ReferralUnknown:
            await self._note_denial(subject, request)
            raise
        return response(answer)

    async def act(
        self,
        request: Request,
        subject: Subject,
        report_id: UUID,
        act: Callable[[About, PostgresUnit], Awaitable[Referral]],
    ) -> Response:
        """One act on one report, of which the caller saw the version in ``If-Match``."""
        about = self.about(subject, report_id, if_match(request))

        async def work(unit: PostgresUnit) -> Answer:
            return moved(await act(about, unit))

        return await self.write(request, subject, work)

    async def read(
        self, request: Request, subject: Subject, query: Callable[[Reader, PostgresUnit], Awaitable[Response]]
    ) -> Response:
        """Answer a query; the record of access stands before the answer leaves."""
        try:
            async with self._begin(subject) as unit:
                answer = await query(self.reader(subject), unit)
        except ReferralUnknown:
            await self._note_denial(subject, request)
            raise
        return answer

    async def _note_denial(self, subject: Subject, request: Request) -> None:
        named = request.path_params.get("report_id")
        async with self.works.begin(subject) as unit:
            await unit.audit.note("denied", "referral", "-" if named is None else str(named))

    @asynccontextmanager
    async def _begin(self, subject: Subject) -> AsyncIterator[PostgresUnit]:
        """A transaction of one whose office stands; else 401."""
        today = local_day(self.now())
        async with self.works.begin(subject) as unit:
            ask_office(subject, await unit.entries.offices_of(subject.id, subject.seats, today), today)
            yield unit

    def about(self, subject: Subject, report_id: UUID, version: int) -> About:
        """The report an act is about, and when the act is."""
        at = self.now()
        return About(actor_of(subject), report_id, version, at, local_day(at))

    def reader(self, subject: Subject) -> Reader:
        """Who reads."""
        return Reader(actor_of(subject), bool(subject.roles & OFFICE), local_day(self.now()))


def actor_of(subject: Subject) -> Actor:
    """The subject as the application knows it."""
    return Actor(subject.id, subject.organ, subject.seats)
