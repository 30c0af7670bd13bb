"""Routes that read: lists and codes, content with a reason, proposals, the taxonomy, held visits."""

import urllib.parse
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.chassis.database import Subject
from services.chassis.idempotency import Answer
from services.chassis.security.permissions import needs
from services.chassis.strict_json import UNKEEPABLE, Day, Number, unprocessable
from services.intake.adapters.http_answers import content_view, cursor, place, report_view, shown
from services.intake.adapters.http_desk import Counter, actor_of
from services.intake.adapters.reading_store import keep_reading
from services.intake.adapters.report_list import Wanted, held_visits, lines_of, number_of
from services.intake.adapters.rule_files import CodeLists
from services.intake.adapters.work import PostgresUnit
from services.intake.application.answer_visit_gate import AnswerVisitGate, answer_visit_gate
from services.intake.application.desk import see_report
from services.intake.domain.proposals import propose
from services.intake.domain.values import Desk, State

LEAST_REASON = 10
"""Characters of a reason for reading content; source: domain rules 24."""


def add_reading(routes: APIRouter, counter: Counter) -> None:
    """What a desk sees of its reports."""

    @routes.get("/reports")
    async def list_reports(
        request: Request,
        subject: Annotated[Subject, Depends(needs("see-reports"))],
        desk: Desk | None = None,
        state: State | None = None,
        received_from: Day | None = None,
        received_to: Day | None = None,
        limit: Annotated[Number, Query(ge=1, le=200)] = 50,
        cursor_: Annotated[str | None, Query(alias="cursor", max_length=200)] = None,
    ) -> Response:
        wanted, after = Wanted(desk, state, received_from, received_to), place(cursor_)

        async def query(unit: PostgresUnit) -> Response:
            rows = await lines_of(unit.connection, subject.organ, wanted, after, limit)
            following = None
            if len(rows) == limit:
                following = cursor(rows[-1]["registered_at"], UUID(rows[-1]["report_id"]))
            lines = [{k: v for k, v in row.items() if k != "registered_at"} for row in rows]
            await unit.audit.note("reports-listed", "organ", subject.organ, count=len(lines))
            return shown({"reports": lines, "next_cursor": following})

        return await counter.read(request, subject, query)

    @routes.get("/reports/{report_id}")
    async def see(
        request: Request, report_id: UUID, subject: Annotated[Subject, Depends(needs("see-reports"))]
    ) -> Response:
        async def query(unit: PostgresUnit) -> Response:
            report = await see_report(unit, counter.about(subject, report_id, None))
            await unit.audit.note("report-seen", "report", str(report_id))
            number = await number_of(unit.connection, report_id, subject.organ)
            return shown(report_view(report, number), report.version)

        return await counter.read(request, subject, query)

    @routes.get("/reports/{report_id}/content")
    async def read_content(
        request: Request, report_id: UUID, subject: Annotated[Subject, Depends(needs("read-content"))]
    ) -> Response:
        reason = _reason(request)

        async def query(unit: PostgresUnit) -> Response:
            about = counter.about(subject, report_id, None)
            report = await see_report(unit, about)
            reading = await keep_reading(unit.connection, counter.tools.sealer, about, reason)
            await unit.audit.note(
                "content-read",
                "report",
                str(report_id),
                field_class="BUSINESS REPORTED_IDENTITY",
                reading=str(reading),
            )
            return shown(content_view(report), report.version)

        return await counter.read(request, subject, query)

    @routes.get("/reports/{report_id}/proposals")
    async def see_proposals(
        request: Request, report_id: UUID, subject: Annotated[Subject, Depends(needs("read-content"))]
    ) -> Response:
        async def query(unit: PostgresUnit) -> Response:
            report = await see_report(unit, counter.about(subject, report_id, None))
            found = propose(report.elements.content.lines(), unit.rules.phrases)
            await unit.audit.note("proposals-seen", "report", str(report_id))
            return shown({"proposals": [{"code": p.code, "reasons": p.reasons} for p in found]})

        return await counter.read(request, subject, query)


def _reason(request: Request) -> str:
    """The reason in ``X-Reason``, percent-encoded UTF-8; answers 422 when it says too little."""
    given = request.headers.get("x-reason", "")
    try:
        reason = urllib.parse.unquote(given, errors="strict").strip()
    except UnicodeDecodeError:
        raise unprocessable("reason-malformed") from None
    if not LEAST_REASON <= len(reason) <= 500 or UNKEEPABLE.search(reason):
        raise unprocessable("reason-needed")
    return reason


def add_codes(routes: APIRouter, codes: CodeLists) -> None:
    """The code lists of entry."""

    @routes.get("/taxonomy")
    async def taxonomy(_: Annotated[Subject, Depends(needs("see-taxonomy"))]) -> Response:
        return shown({"taxonomy_version": codes.version, **codes.lists})


def add_visits(routes: APIRouter, counter: Counter) -> None:
    """Signed-off visits that wait for a person."""

    @routes.get("/visits")
    async def held(
        request: Request, subject: Annotated[Subject, Depends(needs("answer-visit-gate"))]
    ) -> Response:
        async def query(unit: PostgresUnit) -> Response:
            return shown({"visits": await held_visits(unit.connection, subject.organ)})

        return await counter.read(request, subject, query)

    @routes.post("/visits/{visit_id}/second-no", status_code=204)
    async def answer(
        request: Request, visit_id: UUID, subject: Annotated[Subject, Depends(needs("answer-visit-gate"))]
    ) -> Response:
        async def work(unit: PostgresUnit, _: UUID | None) -> Answer:
            await answer_visit_gate(AnswerVisitGate(visit_id, actor_of(subject)), unit)
            return Answer(204)

        return await counter.write(request, subject, work)
