"""Routes of rosters, leaves and sessions."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Query, Request, Response

from services.chassis.calendar import local_day
from services.chassis.database import Subject
from services.chassis.http import if_match
from services.chassis.idempotency import Answer
from services.chassis.security.permissions import needs
from services.reception.adapters.http_answers import changed, created, cursor, place, session_view, shown
from services.reception.adapters.http_desk import Counter
from services.reception.adapters.http_models import LeaveGiven, RosterGiven, SessionChange, SessionGiven
from services.reception.adapters.work import PostgresUnit
from services.reception.application.plan_roster import (
    DraftRoster,
    RecordLeave,
    approve_roster,
    draft_roster,
    record_leave,
)
from services.reception.application.plan_session import (
    ChangeSession,
    PlanSession,
    cancel_session,
    change_session,
    list_sessions,
    plan_session,
    publish_session,
    run_session,
)
from services.reception.application.ports import Act, Page
from services.reception.domain.errors import SlotsMalformed
from services.reception.domain.session import SessionStep

Limit = Annotated[int, Query(ge=1, le=200)]


def add_rosters(routes: APIRouter, counter: Counter) -> None:
    """Rosters and leaves."""

    @routes.post("/rosters", status_code=201)
    async def draft(
        request: Request, body: RosterGiven, who: Annotated[Subject, Depends(needs("draft-roster"))]
    ) -> Response:
        async def work(unit: PostgresUnit, act: Act) -> Answer:
            days = tuple(day.meant() for day in body.days)
            command = DraftRoster(uuid4(), body.year, body.quarter, days)
            await draft_roster(command, act, unit)
            return created(roster_id=str(command.roster_id))

        return await counter.write(request, who, work)

    @routes.post("/rosters/{roster_id}/approve")
    async def approve(
        request: Request, roster_id: UUID, who: Annotated[Subject, Depends(needs("approve-roster"))]
    ) -> Response:
        async def work(unit: PostgresUnit, act: Act) -> Answer:
            await approve_roster(roster_id, act, unit)
            return Answer(204)

        return await counter.write(request, who, work)

    @routes.post("/leaves", status_code=201)
    async def leave(
        request: Request, body: LeaveGiven, who: Annotated[Subject, Depends(needs("record-leave"))]
    ) -> Response:
        async def work(unit: PostgresUnit, act: Act) -> Answer:
            command = RecordLeave(uuid4(), body.leader_seat, body.first_on, body.last_on)
            await record_leave(command, act, unit)
            return created(leave_id=str(command.leave_id))

        return await counter.write(request, who, work)


def add_sessions(routes: APIRouter, counter: Counter) -> None:
    """Sessions planned and listed."""

    @routes.post("/sessions", status_code=201)
    async def plan(
        request: Request, body: SessionGiven, who: Annotated[Subject, Depends(needs("plan-session"))]
    ) -> Response:
        if {local_day(body.opens_at), local_day(body.closes_at)} != {body.held_on}:
            raise SlotsMalformed

        async def work(unit: PostgresUnit, act: Act) -> Answer:
            command = PlanSession(
                uuid4(),
                body.held_on,
                body.opens_at,
                body.closes_at,
                body.slot_minutes,
                body.place,
                body.form,
                body.staff.meant(),
            )
            await plan_session(command, act, unit)
            return created(session_id=str(command.session_id), version=1)

        return await counter.write(request, who, work)

    @routes.get("/sessions")
    async def listed(
        request: Request,
        who: Annotated[Subject, Depends(needs("see-sessions"))],
        limit: Limit = 50,
        after: str | None = None,
    ) -> Response:
        page = Page(place(after), limit)
        async with counter.begin(request, who) as (unit, _):
            found = await list_sessions(page, counter.act(who), unit)
        more = cursor(found[-1][0].held_on, found[-1][0].id) if len(found) == limit else None
        return shown({"sessions": [session_view(s, free) for s, free in found], "next": more})


def add_session_acts(routes: APIRouter, counter: Counter) -> None:
    """A session published, changed, cancelled."""

    @routes.post("/sessions/{session_id}/publish")
    async def publish(
        request: Request, session_id: UUID, who: Annotated[Subject, Depends(needs("publish-session"))]
    ) -> Response:
        version = if_match(request)

        async def work(unit: PostgresUnit, act: Act) -> Answer:
            return changed(await publish_session(session_id, version, act, unit), session_id=str(session_id))

        return await counter.write(request, who, work)

    @routes.post("/sessions/{session_id}/change")
    async def change(
        request: Request,
        session_id: UUID,
        body: SessionChange,
        who: Annotated[Subject, Depends(needs("publish-session"))],
    ) -> Response:
        command = ChangeSession(session_id, if_match(request), body.staff.meant(), body.place)

        async def work(unit: PostgresUnit, act: Act) -> Answer:
            return changed(await change_session(command, act, unit), session_id=str(session_id))

        return await counter.write(request, who, work)

    @routes.post("/sessions/{session_id}/cancel")
    async def cancel(
        request: Request, session_id: UUID, who: Annotated[Subject, Depends(needs("publish-session"))]
    ) -> Response:
        version = if_match(request)

        async def work(unit: PostgresUnit, act: Act) -> Answer:
            return changed(await cancel_session(session_id, version, act, unit), session_id=str(session_id))

        return await counter.write(request, who, work)


def add_session_runs(routes: APIRouter, counter: Counter) -> None:
    """A session opened on its day, and closed."""

    def runs(step: SessionStep) -> Callable[..., Awaitable[Response]]:
        async def run(
            request: Request, session_id: UUID, who: Annotated[Subject, Depends(needs("run-session"))]
        ) -> Response:
            version = if_match(request)

            async def work(unit: PostgresUnit, act: Act) -> Answer:
                saved = await run_session(session_id, version, step, act, unit)
                return changed(saved, session_id=str(session_id))

            return await counter.write(request, who, work)

        return run

    for step in (SessionStep.OPEN, SessionStep.CLOSE):
        verb = step.lower()
        routes.post(f"/sessions/{{session_id}}/{verb}", name=verb)(runs(step))
