"""Routes of the talk and of what follows: briefing, record, answer, signature, ledger."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.chassis.database import Subject
from services.chassis.security.permissions import needs
from services.reception.adapters.http_answers import handoff
from services.reception.adapters.http_desk import Counter
from services.reception.adapters.http_models import AnswerGiven, OpinionGiven, RecordGiven
from services.reception.application.guide_visit import begin_talk, move_visit, redirect_visit
from services.reception.application.keep_record import (
    answer_visitor,
    confirm_record,
    look_at_record,
    sign_off_visit,
    write_record,
)
from services.reception.domain.values import Point
from services.reception.domain.visit import Step

PLAIN: tuple[tuple[str, Step, tuple[Point, ...], str], ...] = (
    ("brief", Step.BRIEF, (Point.PT07,), "begin-talk"),
    ("raise-emergency", Step.RAISE_EMERGENCY, (), "guide-visit"),
    ("end-emergency", Step.END_EMERGENCY, (), "guide-visit"),
    ("follow-up", Step.FOLLOW_UP, (), "follow-up"),
    ("feed-back", Step.FEED_BACK, (), "follow-up"),
    ("close", Step.CLOSE, (), "follow-up"),
)
"""Acts that are a step and nothing else: path, step, the points they pass, the permission."""


def add_plain_acts(routes: APIRouter, counter: Counter) -> None:
    """The acts of ``PLAIN``."""

    def acts(step: Step, points: tuple[Point, ...], permission: str) -> Callable[..., Awaitable[Response]]:
        async def act_(
            request: Request, visit_id: UUID, who: Annotated[Subject, Depends(needs(permission))]
        ) -> Response:
            return await counter.act_on(
                request,
                who,
                visit_id,
                lambda version, act, unit: move_visit(visit_id, version, step, points, act, unit),
            )

        return act_

    for path, step, points, permission in PLAIN:
        routes.post(f"/visits/{{visit_id}}/{path}", name=path)(acts(step, points, permission))


def add_talk(routes: APIRouter, counter: Counter) -> None:
    """The talk itself."""

    @routes.post("/visits/{visit_id}/begin")
    async def begin(
        request: Request, visit_id: UUID, who: Annotated[Subject, Depends(needs("begin-talk"))]
    ) -> Response:
        return await counter.act_on(
            request, who, visit_id, lambda version, act, unit: begin_talk(visit_id, version, act, unit)
        )

    @routes.put("/visits/{visit_id}/interview-record")
    async def write(
        request: Request,
        visit_id: UUID,
        body: RecordGiven,
        who: Annotated[Subject, Depends(needs("keep-record"))],
    ) -> Response:
        if body.superior_level:
            async with counter.begin(request, who) as (unit_, _):
                await redirect_visit(visit_id, counter.act(who), unit_)
            return handoff()
        record, second_no = body.meant(), body.gate_second_no
        return await counter.act_on(
            request,
            who,
            visit_id,
            lambda version, act, unit: write_record(visit_id, version, record, second_no, act, unit),
            lambda unit, act: look_at_record(record, second_no, act, unit),
        )

    @routes.post("/visits/{visit_id}/confirm-record")
    async def confirm(
        request: Request, visit_id: UUID, who: Annotated[Subject, Depends(needs("keep-record"))]
    ) -> Response:
        return await counter.act_on(
            request, who, visit_id, lambda version, act, unit: confirm_record(visit_id, version, act, unit)
        )

    @routes.post("/visits/{visit_id}/answer")
    async def answer(
        request: Request,
        visit_id: UUID,
        body: AnswerGiven,
        who: Annotated[Subject, Depends(needs("answer-visitor"))],
    ) -> Response:
        promises = [promise.meant() for promise in body.promises]
        return await counter.act_on(
            request,
            who,
            visit_id,
            lambda version, act, unit: answer_visitor(visit_id, version, body.text, promises, act, unit),
        )

    @routes.post("/visits/{visit_id}/sign-off")
    async def sign_off(
        request: Request,
        visit_id: UUID,
        body: OpinionGiven,
        who: Annotated[Subject, Depends(needs("sign-off"))],
    ) -> Response:
        return await counter.act_on(
            request,
            who,
            visit_id,
            lambda version, act, unit: sign_off_visit(visit_id, version, body.opinion, act, unit),
        )
