"""The review service over HTTP: request → command → response."""

import base64
import binascii
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Protocol
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response

from services.chassis.audit import AuditTrail
from services.chassis.calendar import local_day
from services.chassis.database import Pool, Subject, transaction
from services.chassis.http import Number, Problem, idempotency_key, if_match
from services.chassis.idempotency import Answer, once
from services.chassis.security.permissions import needs
from services.review.adapters.http_models import (
    Acceptance,
    Back,
    CaseOut,
    FirstPass,
    FourthBack,
    LineOut,
    ListOut,
    Moved,
    PeopleIn,
    ReadingIn,
    ResultIn,
    SecondPass,
    Signature,
    TextOut,
    ThirdBack,
    ThirdPass,
)
from services.review.adapters.refusals import UNSEATED
from services.review.adapters.work import PostgresUnit, Workshop
from services.review.application.decide_round import DecideRound, decide_round
from services.review.application.find_case import ReadPaper, find_case, list_cases, read_paper
from services.review.application.ports import About, Actor, CaseLine
from services.review.application.register_people import RegisterPeople, register_people
from services.review.application.submit_result import SubmitResult, submit_result
from services.review.application.take_round import TakeRound, release_round, take_round
from services.review.application.withdraw_result import withdraw_result
from services.review.domain.audit import AssignedCase
from services.review.domain.values import CaseId, Desk, OfficerId, State
from services.review.domain.verdicts import Verdict

Act = Callable[[About, PostgresUnit], Awaitable[AssignedCase]]
FirstVerdict = FirstPass | Back
SecondVerdict = SecondPass | Back
ThirdVerdict = ThirdPass | ThirdBack
ChiefVerdict = Signature | Back
FourthVerdict = Acceptance | FourthBack


class Spoken(Protocol):
    """A body that says a verdict."""

    def verdict(self) -> Verdict:
        """The verdict in the domain's shape."""


@dataclass(frozen=True, slots=True)
class Counter:
    """What the routes need: a pool, the workshop, the secret of idempotency, the setting."""

    pool: Pool
    workshop: Workshop
    secret: bytes
    missing_docs_resume: bool = False

    async def act(self, request: Request, subject: Subject, case_id: UUID, act: Act) -> Response:
        """Do one act on a case once per key, at the version the actor saw; who was refused is noted."""
        key, version, body = idempotency_key(request), if_match(request), await request.body()
        at = self.workshop.now()
        actor = Actor(OfficerId(subject.id), subject.organ)
        about = About(actor, CaseId(case_id), version, at, local_day(at))
        where = f"{request.method} {request.url.path} {version}"
        try:
            async with transaction(self.pool, subject) as connection:
                unit = await self.workshop.unit_of(connection, subject)

                async def work() -> Answer:
                    return _moved(await act(about, unit))

                answer = await once(connection, self.secret, subject, key, body, work, where)
        except UNSEATED as refused:
            await self._note_refusal(subject, case_id, type(refused).__name__)
            raise
        return Response(answer.body, answer.status, dict(answer.headers), "application/json")

    async def rule(
        self, request: Request, subject: Subject, case_id: UUID, desk: Desk, said: Spoken
    ) -> Response:
        """Give the verdict of a desk."""
        verdict = said.verdict()

        async def act(about: About, unit: PostgresUnit) -> AssignedCase:
            command = DecideRound(about, desk, verdict, self.missing_docs_resume)
            return await decide_round(command, unit)

        return await self.act(request, subject, case_id, act)

    async def _note_refusal(self, subject: Subject, case_id: UUID, rule: str) -> None:
        async with transaction(self.pool, subject) as connection:
            trail = AuditTrail(connection, subject.id, subject.organ)
            await trail.note("act-refused", "case", str(case_id), rule=rule)


def _moved(case: AssignedCase) -> Answer:
    moved = Moved(case_id=case.id, state=case.state, version=case.version, submission=case.submission)
    return Answer(200, moved.model_dump_json().encode(), {"ETag": f'"{case.version}"'})


def router(counter: Counter) -> APIRouter:
    """All routes of the service."""
    routes = APIRouter(prefix="/review/v1/assigned-cases")
    _reading(routes, counter)
    _lower_organ(routes, counter)
    for desk in Desk:
        if desk is not Desk.CHIEF:
            _taking(routes, counter, desk)
    _verdicts(routes, counter)
    return routes


def _reading(routes: APIRouter, counter: Counter) -> None:
    Reader = Annotated[Subject, Depends(needs("see-cases"))]
    PaperReader = Annotated[Subject, Depends(needs("read-papers"))]

    @routes.get("")
    async def list_(
        subject: Reader,
        state: Annotated[list[State] | None, Query()] = None,
        cursor: str | None = None,
        limit: Annotated[Number, Query(ge=1, le=200)] = 50,
    ) -> ListOut:
        after = None if cursor is None else _opened(cursor)
        async with counter.workshop.begin(counter.pool, subject) as unit:
            lines = await list_cases(state or [], after, limit + 1, unit)
        more = lines[limit - 1] if len(lines) > limit else None
        return ListOut(cases=[LineOut.of(line) for line in lines[:limit]], next_cursor=more and _cursor(more))

    @routes.get("/{case_id}")
    async def show(subject: Reader, case_id: UUID, response: Response) -> CaseOut:
        async with counter.workshop.begin(counter.pool, subject) as unit:
            page = await find_case(CaseId(case_id), unit)
        response.headers["ETag"] = f'"{page.case.version}"'
        return CaseOut.of(page)

    @routes.post("/{case_id}/papers/{paper_id}/readings")
    async def read(subject: PaperReader, case_id: UUID, paper_id: UUID, why: ReadingIn) -> TextOut:
        async with counter.workshop.begin(counter.pool, subject) as unit:
            text = await read_paper(ReadPaper(CaseId(case_id), paper_id, why.reason_code), unit)
        return TextOut(text=text)


def _lower_organ(routes: APIRouter, counter: Counter) -> None:
    Registrar = Annotated[Subject, Depends(needs("register-people"))]
    Submitter = Annotated[Subject, Depends(needs("submit-result"))]

    @routes.post("/{case_id}/people", response_model=Moved)
    async def register(request: Request, subject: Registrar, case_id: UUID, given: PeopleIn) -> Response:
        async def act(about: About, unit: PostgresUnit) -> AssignedCase:
            return await register_people(RegisterPeople(about, given.people()), unit)

        return await counter.act(request, subject, case_id, act)

    @routes.post("/{case_id}/audit/submissions", response_model=Moved)
    async def submit(request: Request, subject: Submitter, case_id: UUID, given: ResultIn) -> Response:
        async def act(about: About, unit: PostgresUnit) -> AssignedCase:
            return await submit_result(SubmitResult(about, given.result(), given.text), unit)

        return await counter.act(request, subject, case_id, act)

    @routes.post("/{case_id}/audit/withdrawal", response_model=Moved)
    async def withdraw(request: Request, subject: Submitter, case_id: UUID) -> Response:
        return await counter.act(request, subject, case_id, withdraw_result)


def _taking(routes: APIRouter, counter: Counter, desk: Desk) -> None:
    Reviewer = Annotated[Subject, Depends(needs(f"audit-{desk.lower()}"))]
    path = f"/{{case_id}}/audit/rounds/{desk}"

    @routes.post(f"{path}/taking", response_model=Moved, name=f"take_{desk.lower()}")
    async def take(request: Request, subject: Reviewer, case_id: UUID) -> Response:
        async def act(about: About, unit: PostgresUnit) -> AssignedCase:
            return await take_round(TakeRound(about, desk), unit)

        return await counter.act(request, subject, case_id, act)

    @routes.post(f"{path}/release", response_model=Moved, name=f"release_{desk.lower()}")
    async def release(request: Request, subject: Reviewer, case_id: UUID) -> Response:
        async def act(about: About, unit: PostgresUnit) -> AssignedCase:
            return await release_round(TakeRound(about, desk), unit)

        return await counter.act(request, subject, case_id, act)


def _verdicts(routes: APIRouter, counter: Counter) -> None:
    """One route a desk, so that each takes only what its round may say."""

    def desk_route(desk: Desk, spoken: Any) -> None:
        Reviewer = Annotated[Subject, Depends(needs(f"audit-{desk.lower()}"))]
        where = "chief" if desk is Desk.CHIEF else f"rounds/{desk}"

        async def decide(request: Request, subject: Subject, case_id: UUID, said: Spoken) -> Response:
            return await counter.rule(request, subject, case_id, desk, said)

        decide.__annotations__ |= {"subject": Reviewer, "said": spoken}
        routes.post(
            f"/{{case_id}}/audit/{where}/decision", response_model=Moved, name=f"decide_{desk.lower()}"
        )(decide)

    desk_route(Desk.R1, FirstVerdict)
    desk_route(Desk.R2, SecondVerdict)
    desk_route(Desk.R3, ThirdVerdict)
    desk_route(Desk.CHIEF, ChiefVerdict)
    desk_route(Desk.R4, FourthVerdict)


def _cursor(line: CaseLine) -> str:
    place = orjson.dumps([line.opened_at.isoformat(), str(line.case_id)])
    return base64.urlsafe_b64encode(place).decode().rstrip("=")


def _opened(cursor: str) -> tuple[datetime, UUID]:
    """Where a cursor points; answers 422 to one we never gave."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        opened_at, case_id = orjson.loads(raw)
        found = datetime.fromisoformat(opened_at)
        if found.tzinfo is None:
            raise ValueError
        return found.astimezone(UTC), UUID(case_id)
    except (binascii.Error, ValueError, TypeError, AttributeError, OverflowError) as forged:
        raise Problem(422, "cursor-unknown", "分页标记无效", "No such cursor") from forged
