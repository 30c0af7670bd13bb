"""Routes of visits up to the room: the gate, booking, the door, sorting; and what is read of them."""

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Query, Request, Response

from services.chassis.database import Subject
from services.chassis.idempotency import Answer
from services.chassis.security.permissions import needs
from services.reception.adapters.http_answers import (
    created,
    cursor,
    handoff,
    place,
    record_view,
    shown,
    visit_view,
)
from services.reception.adapters.http_desk import Counter
from services.reception.adapters.http_models import (
    BookingAsked,
    GateAsked,
    PointsPassed,
    RecusalGiven,
    SortGiven,
    StaffGiven,
    WalkInGiven,
)
from services.reception.adapters.work import PostgresUnit
from services.reception.application.book_visit import BookVisit, book_visit, cancel_booking
from services.reception.application.find_visit import fetch_record, find_visit, list_visits, read_papers
from services.reception.application.guide_visit import (
    declare_recusal,
    leave_visit,
    redirect_visit,
    replace_staff,
    sort_visit,
    tick_points,
)
from services.reception.application.ports import Act, Page
from services.reception.application.register_visit import ReceiveWalkIn, receive_walk_in, register_visit

Limit = Annotated[int, Query(ge=1, le=200)]


def add_gate(routes: APIRouter) -> None:
    """The question that comes first."""

    @routes.post("/gate")
    async def ask(body: GateAsked, _: Annotated[Subject, Depends(needs("ask-gate"))]) -> Response:
        return handoff() if body.superior_level else shown({"superior_level": False})


def add_bookings(routes: APIRouter, counter: Counter) -> None:
    """Slots booked and given back, walk-ins: each asks the gate before its key and before any statement."""

    @routes.post("/sessions/{session_id}/bookings", status_code=201)
    async def book(
        request: Request,
        session_id: UUID,
        body: BookingAsked,
        who: Annotated[Subject, Depends(needs("book-visit"))],
    ) -> Response:
        if body.superior_level:
            return handoff()

        async def work(refs: tuple[UUID, ...], unit: PostgresUnit, act: Act) -> Answer:
            command = BookVisit(uuid4(), session_id, body.slot, body.meant(refs))
            slot = await book_visit(command, act, unit)
            starts_at = slot.starts_at.isoformat()
            return created(visit_id=str(command.visit_id), slot=slot.number, starts_at=starts_at, version=1)

        return await counter.take_in(request, who, body, work)

    @routes.post("/visits/{visit_id}/cancel")
    async def cancel(
        request: Request, visit_id: UUID, who: Annotated[Subject, Depends(needs("book-visit"))]
    ) -> Response:
        async def work(unit: PostgresUnit, act: Act) -> Answer:
            await cancel_booking(visit_id, act, unit)
            return Answer(200, b'{"cancelled":true}')

        return await counter.write(request, who, work)

    @routes.post("/walk-ins", status_code=201)
    async def walk_in(
        request: Request, body: WalkInGiven, who: Annotated[Subject, Depends(needs("register-visit"))]
    ) -> Response:
        if body.superior_level:
            return handoff()

        async def work(refs: tuple[UUID, ...], unit: PostgresUnit, act: Act) -> Answer:
            command = ReceiveWalkIn(uuid4(), body.staff.meant(), body.meant(refs))
            version = await receive_walk_in(command, act, unit)
            return created(visit_id=str(command.visit_id), version=version)

        return await counter.take_in(request, who, body, work)


def add_guiding(routes: APIRouter, counter: Counter) -> None:
    """From the door to the room."""

    @routes.post("/visits/{visit_id}/register")
    async def register(
        request: Request, visit_id: UUID, who: Annotated[Subject, Depends(needs("register-visit"))]
    ) -> Response:
        return await counter.act_on(
            request, who, visit_id, lambda version, act, unit: register_visit(visit_id, version, act, unit)
        )

    @routes.post("/visits/{visit_id}/points")
    async def tick(
        request: Request,
        visit_id: UUID,
        body: PointsPassed,
        who: Annotated[Subject, Depends(needs("guide-visit"))],
    ) -> Response:
        points = frozenset(body.points)
        return await counter.act_on(
            request,
            who,
            visit_id,
            lambda version, act, unit: tick_points(visit_id, version, points, act, unit),
        )

    @routes.post("/visits/{visit_id}/sort")
    async def sort(
        request: Request,
        visit_id: UUID,
        body: SortGiven,
        who: Annotated[Subject, Depends(needs("guide-visit"))],
    ) -> Response:
        if body.superior_level:
            return await redirected(request, who, visit_id)
        return await counter.act_on(
            request,
            who,
            visit_id,
            lambda version, act, unit: sort_visit(visit_id, version, body.sort, act, unit),
        )

    async def redirected(request: Request, who: Subject, visit_id: UUID) -> Response:
        async with counter.begin(request, who) as (unit, _):
            await redirect_visit(visit_id, counter.act(who), unit)
        return handoff()

    @routes.post("/visits/{visit_id}/redirect")
    async def redirect(
        request: Request, visit_id: UUID, who: Annotated[Subject, Depends(needs("guide-visit"))]
    ) -> Response:
        return await redirected(request, who, visit_id)

    @routes.post("/visits/{visit_id}/leave")
    async def leave(
        request: Request, visit_id: UUID, who: Annotated[Subject, Depends(needs("guide-visit"))]
    ) -> Response:
        return await counter.act_on(
            request, who, visit_id, lambda version, act, unit: leave_visit(visit_id, version, act, unit)
        )


def add_recusal(routes: APIRouter, counter: Counter) -> None:
    """Who steps back, and who takes over."""

    @routes.post("/visits/{visit_id}/recusals")
    async def recuse(
        request: Request,
        visit_id: UUID,
        body: RecusalGiven,
        who: Annotated[Subject, Depends(needs("declare-recusal"))],
    ) -> Response:
        async def work(unit: PostgresUnit, act: Act) -> Answer:
            await declare_recusal(visit_id, body.officer, act, unit)
            return Answer(204)

        return await counter.write(request, who, work)

    @routes.post("/visits/{visit_id}/staff")
    async def staff(
        request: Request,
        visit_id: UUID,
        body: StaffGiven,
        who: Annotated[Subject, Depends(needs("plan-session"))],
    ) -> Response:
        return await counter.act_on(
            request,
            who,
            visit_id,
            lambda version, act, unit: replace_staff(visit_id, version, body.meant(), act, unit),
        )


def add_reading(routes: APIRouter, counter: Counter) -> None:
    """What is read of visits, each read of content with its record first."""

    @routes.get("/visits")
    async def listed(
        request: Request,
        who: Annotated[Subject, Depends(needs("see-visits"))],
        limit: Limit = 50,
        after: str | None = None,
    ) -> Response:
        page = Page(place(after), limit)
        async with counter.begin(request, who) as (unit, _):
            found, last = await list_visits(page, counter.act(who), unit)
        more = None if last is None else cursor(*last)
        return shown({"visits": [visit_view(visit) for visit in found], "next": more})

    @routes.get("/visits/{visit_id}")
    async def one(
        request: Request, visit_id: UUID, who: Annotated[Subject, Depends(needs("see-visits"))]
    ) -> Response:
        async with counter.begin(request, who) as (unit, _):
            visit = await find_visit(visit_id, counter.act(who), unit)
        return shown(visit_view(visit), visit.version)

    @routes.get("/visits/{visit_id}/papers")
    async def papers(
        request: Request, visit_id: UUID, who: Annotated[Subject, Depends(needs("read-record"))]
    ) -> Response:
        async with counter.begin(request, who) as (unit, _):
            found = await read_papers(visit_id, counter.act(who), unit)
        return shown(found)

    @routes.get("/visits/{visit_id}/record")
    async def record(
        request: Request, visit_id: UUID, who: Annotated[Subject, Depends(needs("fetch-record"))]
    ) -> Response:
        acting = await counter.organ_of(visit_id, who)
        async with counter.begin(request, acting) as (unit, _):
            fetched = await fetch_record(visit_id, unit)
        return shown(record_view(fetched))
