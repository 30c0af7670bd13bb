"""What every route shares: who acts, one transaction, one answer for a key, denials in the trail."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from fastapi import Request, Response

from services.chassis.calendar import local_day
from services.chassis.calling import Caller, CallFailed
from services.chassis.database import Pool, Subject
from services.chassis.failpoints import crash_point
from services.chassis.http import idempotency_key, if_match
from services.chassis.idempotency import Answer, Once
from services.chassis.problems import unavailable
from services.chassis.strict_json import unprocessable
from services.intake.adapters.http_answers import handoff, moved, response
from services.intake.adapters.http_models import ReporterGiven
from services.intake.adapters.turns import Turns
from services.intake.adapters.work import PostgresUnit, Tools, begin
from services.intake.application.desk import About
from services.intake.application.ports import Actor, Moment
from services.intake.domain.errors import (
    CorrectionUnknown,
    PartyUnknown,
    ReportUnknown,
    SuperiorLevelParty,
    VisitUnknown,
)
from services.intake.domain.values import NameStatus

NOT_THERE = (ReportUnknown, PartyUnknown, CorrectionUnknown, VisitUnknown)
"""What is not there or not theirs to act on: every attempt is on the trail."""
Work = Callable[[PostgresUnit, UUID | None], Awaitable[Answer]]
"""What a write does in its transaction; the reference is that of the reporter whom the vault was told of."""
Judgement = Callable[[PostgresUnit], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Gated:
    """What the gate asks of a write by reading alone, and what is done when it finds superior level.

    Without ``freeze`` the write is refused and that is all.
    """

    judge: Judgement
    freeze: Judgement | None = None


@dataclass(frozen=True, slots=True)
class Counter:
    """The counter at which requests are taken; ``now`` gives the instant, ``secret`` keys the digests."""

    pool: Pool
    tools: Tools
    secret: bytes
    vault: Caller
    now: Callable[[], datetime]
    turns: Turns = field(default_factory=Turns)

    def moment(self) -> Moment:
        """The instant and the local day."""
        at = self.now()
        return Moment(at, local_day(at))

    def about(self, subject: Subject, report_id: UUID, version: int | None) -> About:
        """The report an act is about, and when the act is."""
        return About(actor_of(subject), report_id, version, self.moment())

    async def write(
        self,
        request: Request,
        subject: Subject,
        work: Work,
        gate: Gated | None = None,
        reporter: ReporterGiven | None = None,
    ) -> Response:
        """Do a write once for its key, in one transaction, with the reference of whom ``reporter`` names.

        A write that was done gets its answer again, and nobody is asked; else the gate judges, and only then
        the vault is told and the key claimed. What the gate finds of superior level leaves neither.
        """
        asked = await self._asked(request, subject)
        try:
            async with self.turns.turn(subject.id, asked.key):
                answer = None if gate is None else await self._judged(asked, subject, gate)
                if answer is None:
                    ref = None if reporter is None else await self.keep_identity(reporter)
                    answer = await self._done(asked, subject, lambda unit: work(unit, ref))
        except SuperiorLevelParty:
            if gate is None or gate.freeze is None:
                raise
            return await self._freeze(request, subject, gate.freeze)
        except NOT_THERE:
            await self._note_denial(subject, request)
            raise
        await crash_point("intake.committed_not_answered")
        return response(answer)

    async def _asked(self, request: Request, subject: Subject) -> Once:
        """What a key stands for: operation, the version to match, and the body."""
        about = " ".join((request.method, request.url.path, *request.headers.getlist("if-match")))
        return Once(self.secret, subject, idempotency_key(request), await request.body(), about)

    async def _judged(self, asked: Once, subject: Subject, gate: Gated) -> Answer | None:
        """The answer that was kept; None when there is none and the gate lets the write through."""
        async with begin(self.pool, self.tools, subject) as unit:
            answer = await asked.kept(unit.connection)
            if answer is None:
                await gate.judge(unit)
        return answer

    async def _done(
        self, asked: Once, subject: Subject, work: Callable[[PostgresUnit], Awaitable[Answer]]
    ) -> Answer:
        async with begin(self.pool, self.tools, subject) as unit:
            answer = await asked.once(unit.connection, lambda: work(unit))
            await crash_point("intake.kept_not_committed")
        return answer

    async def _freeze(self, request: Request, subject: Subject, freeze: Judgement) -> Response:
        """Freeze what the gate found, without a key, and say what to do with the paper."""
        try:
            async with begin(self.pool, self.tools, subject) as unit:
                await freeze(unit)
        except ReportUnknown:
            await self._note_denial(subject, request)
            raise
        return handoff()

    async def act(
        self,
        request: Request,
        subject: Subject,
        report_id: UUID,
        act: Callable[[About, PostgresUnit], Awaitable[int]],
    ) -> Response:
        """One act on one report, of which the caller saw the version in ``If-Match``."""
        about = self.about(subject, report_id, if_match(request))

        async def work(unit: PostgresUnit, _: UUID | None) -> Answer:
            return moved(report_id, await act(about, unit))

        return await self.write(request, subject, work)

    async def read(
        self, request: Request, subject: Subject, query: Callable[[PostgresUnit], Awaitable[Response]]
    ) -> Response:
        """Answer a query; the record of access is committed before the answer leaves."""
        try:
            async with begin(self.pool, self.tools, subject) as unit:
                answer = await query(unit)
        except ReportUnknown:
            await self._note_denial(subject, request)
            raise
        return answer

    async def keep_identity(self, reporter: ReporterGiven) -> UUID | None:
        """Give the vault who reported, before anything names him; answers 422 or 503.

        What no report comes to name is erased there after a day.
        """
        said = {} if reporter.identity is None else reporter.identity.said()
        if reporter.name_status is NameStatus.ANONYMOUS and said:
            raise unprocessable("anonymous-has-no-identity")
        if not said:
            return None
        try:
            kept = await self.vault.post("/vault/v1/identities", said)
        except CallFailed as away:
            raise unavailable() from away
        return UUID(kept["reporter_ref"])

    async def _note_denial(self, subject: Subject, request: Request) -> None:
        named = request.path_params.get("report_id")
        async with begin(self.pool, self.tools, subject) as unit:
            await unit.audit.note("denied", "report", "-" if named is None else str(named))


def actor_of(subject: Subject) -> Actor:
    """The subject as the application knows it."""
    return Actor(subject.id, subject.organ, subject.seats)
