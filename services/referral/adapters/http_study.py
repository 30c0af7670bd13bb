"""Routes of collective study and of recusal."""

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Query, Request, Response

from services.chassis.calendar import local_day
from services.chassis.database import Subject
from services.chassis.idempotency import Answer
from services.chassis.security.permissions import needs
from services.referral.adapters.http_answers import created, cursor, meeting_view, place_in_days, shown
from services.referral.adapters.http_desk import Counter, actor_of
from services.referral.adapters.http_models import (
    ItemDecided,
    MeetingConvened,
    RecusalAsked,
    RecusalDecided,
)
from services.referral.adapters.work import PostgresUnit
from services.referral.application.convene_meeting import ConveneMeeting, convene_meeting
from services.referral.application.decide_item import DecideItem, decide_item
from services.referral.application.decide_recusal import DecideRecusal, decide_recusal
from services.referral.application.find_report import Reader
from services.referral.application.request_recusal import RequestRecusal, request_recusal
from services.referral.domain.meeting import ItemDecision, Meeting
from services.referral.domain.recusal import Recusal

Studies = Annotated[Subject, Depends(needs("study-report"))]
AsksRecusal = Annotated[Subject, Depends(needs("request-recusal"))]
DecidesRecusal = Annotated[Subject, Depends(needs("decide-recusal"))]


def add_study(router: APIRouter, counter: Counter) -> None:
    """Meetings and what they decide."""

    @router.post("/meetings", status_code=201)
    async def convene(request: Request, body: MeetingConvened, subject: Studies) -> Response:
        """A study meeting with its members."""
        at, id_ = counter.now(), uuid4()
        meeting = Meeting(
            id_, subject.organ, body.held_on, body.tier, body.present, body.absent, body.recorder
        )

        async def work(unit: PostgresUnit) -> Answer:
            await convene_meeting(ConveneMeeting(actor_of(subject), meeting, at, local_day(at)), unit)
            return created("meeting_id", id_)

        return await counter.write(request, subject, work)

    @router.get("/meetings")
    async def meetings(
        request: Request,
        subject: Studies,
        after: Annotated[str | None, Query(alias="cursor", max_length=300)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Response:
        """The organ's meetings, latest first."""
        place = place_in_days(after)

        async def query(_: Reader, unit: PostgresUnit) -> Response:
            found = await unit.meetings.listed(subject.organ, place, limit)
            last = found[-1] if len(found) == limit else None
            following = None if last is None else cursor({"on": last.held_on.isoformat(), "id": str(last.id)})
            return shown({"items": [meeting_view(one) for one in found], "next": following})

        return await counter.read(request, subject, query)

    @router.post("/meetings/{meeting_id}/items")
    async def decide(request: Request, meeting_id: UUID, body: ItemDecided, subject: Studies) -> Response:
        """The decision on one report, with every member's view; ``If-Match`` is the report's version."""
        item = ItemDecision(
            body.decision,
            tuple(opinion.member for opinion in body.opinions),
            body.recused,
            tuple(opinion.member for opinion in body.opinions if opinion.dissents),
            body.executor,
            body.due_on,
        )
        opinions = {opinion.member: opinion.text for opinion in body.opinions}
        return await counter.act(
            request,
            subject,
            body.report_id,
            lambda about, unit: decide_item(DecideItem(about, meeting_id, item, opinions, body.target), unit),
        )


def add_recusal(router: APIRouter, counter: Counter) -> None:
    """The recusal register."""

    @router.post("/recusals", status_code=201)
    async def ask(request: Request, body: RecusalAsked, subject: AsksRecusal) -> Response:
        """An officer is out of a report from now on, until the organ decides."""
        at, id_ = counter.now(), uuid4()
        recusal = Recusal(id_, subject.organ, body.report_id, body.officer, body.ground, subject.id, at)

        async def work(unit: PostgresUnit) -> Answer:
            await request_recusal(RequestRecusal(actor_of(subject), recusal, local_day(at)), unit)
            return created("recusal_id", id_)

        return await counter.write(request, subject, work)

    @router.post("/recusals/{recusal_id}/decision", status_code=204)
    async def decide(
        request: Request, recusal_id: UUID, body: RecusalDecided, subject: DecidesRecusal
    ) -> Response:
        """The organ's decision."""
        at = counter.now()

        async def work(unit: PostgresUnit) -> Answer:
            await decide_recusal(DecideRecusal(actor_of(subject), recusal_id, body.granted, at), unit)
            return Answer(204)

        return await counter.write(request, subject, work)
