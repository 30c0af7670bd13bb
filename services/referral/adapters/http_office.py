"""Routes of the petition office: the desk, what is decided there, and what comes from above."""

from datetime import date
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Query, Request, Response

from services.chassis.database import Subject
from services.chassis.security.permissions import needs
from services.referral.adapters.http_answers import (
    cursor,
    line_view,
    paper_view,
    part_view,
    place_in_days,
    shown,
)
from services.referral.adapters.http_desk import Counter
from services.referral.adapters.http_models import (
    AssignmentAsked,
    ForwardingAsked,
    MoveAsked,
    RefusalGiven,
    RetentionAsked,
    StudyAsked,
)
from services.referral.adapters.work import PostgresUnit
from services.referral.application.accept_and_move import AcceptAndMove, accept_and_move
from services.referral.application.advise_reporter import AdviseReporter, advise_reporter
from services.referral.application.assign_report import AssignReport, assign_report
from services.referral.application.find_report import Reader, find_report, list_desk, read_papers
from services.referral.application.ports import DeskFilter
from services.referral.application.queue_for_study import QueueForStudy, queue_for_study
from services.referral.application.refuse_transfer import RefuseTransfer, refuse_transfer
from services.referral.application.rescreen_report import RescreenReport, rescreen_report
from services.referral.application.retain_report import RetainReport, retain_report
from services.referral.application.send_away import SendAway, send_away
from services.referral.application.sign_for_transfer import SignForTransfer, sign_for_transfer
from services.referral.application.transfer_report import TransferReport, transfer_report
from services.referral.domain.lifecycle import Step
from services.referral.domain.values import State

Limit = Annotated[int, Query(ge=1, le=200)]
Reads = Annotated[Subject, Depends(needs("read-report"))]
Routes = Annotated[Subject, Depends(needs("route-report"))]
Advises = Annotated[Subject, Depends(needs("advise-reporter"))]
Signs = Annotated[Subject, Depends(needs("sign-for-transfer"))]
Refuses = Annotated[Subject, Depends(needs("refuse-transfer"))]


def add_desk(router: APIRouter, counter: Counter) -> None:
    """Reading: the list of a desk, one report, its papers."""

    @router.get("/reports")
    async def desk(
        request: Request,
        subject: Reads,
        state: State | None = None,
        handed: bool = False,
        after: Annotated[str | None, Query(alias="cursor", max_length=300)] = None,
        limit: Limit = 50,
    ) -> Response:
        """The organ's own parts, or with ``handed`` those that lie with it; oldest receipt first."""
        asked = DeskFilter(subject.organ, handed, state, place_in_days(after), limit)

        async def query(reader: Reader, unit: PostgresUnit) -> Response:
            seen, last = await list_desk(asked, reader, unit)
            following = None if last is None else _place(last.matter.received_on, last.report_id)
            return shown({"items": [line_view(one) for one in seen], "next": following})

        return await counter.read(request, subject, query)

    @router.get("/reports/{report_id}")
    async def report(request: Request, report_id: UUID, subject: Reads) -> Response:
        """One part with the proposal of the decision order and its reasons; the version is the ETag."""

        async def query(reader: Reader, unit: PostgresUnit) -> Response:
            seen = await find_report(report_id, reader, unit)
            return shown(part_view(seen), seen.part.version)

        return await counter.read(request, subject, query)

    @router.get("/reports/{report_id}/papers")
    async def papers(
        request: Request, report_id: UUID, subject: Annotated[Subject, Depends(needs("read-papers"))]
    ) -> Response:
        """The office's own texts on a report: opinions of a meeting, reasons of a return."""

        async def query(reader: Reader, unit: PostgresUnit) -> Response:
            return shown({"items": [paper_view(p) for p in await read_papers(report_id, reader, unit)]})

        return await counter.read(request, subject, query)


def _place(on: date, id_: UUID) -> str:
    return cursor({"on": on.isoformat(), "id": str(id_)})


def add_screening(router: APIRouter, counter: Counter) -> None:
    """What ends or waits at the triage desk."""

    @router.post("/reports/{report_id}/study")
    async def study(request: Request, report_id: UUID, body: StudyAsked, subject: Routes) -> Response:
        """T5: before the study meeting 集体研判."""
        return await counter.act(
            request,
            subject,
            report_id,
            lambda about, unit: queue_for_study(QueueForStudy(about, body.reasons), unit),
        )

    @router.post("/reports/{report_id}/retention")
    async def retention(request: Request, report_id: UUID, body: RetentionAsked, subject: Routes) -> Response:
        """T8, T9: kept 留存."""
        no_substance = body.kind == "NO_SUBSTANCE"
        return await counter.act(
            request,
            subject,
            report_id,
            lambda about, unit: retain_report(RetainReport(about, no_substance), unit),
        )

    @router.post("/reports/{report_id}/advice")
    async def advice(request: Request, report_id: UUID, subject: Advises) -> Response:
        """T12: out of scope, the person was told where to go 引导告知."""
        return await counter.act(
            request, subject, report_id, lambda about, unit: advise_reporter(AdviseReporter(about), unit)
        )

    @router.post("/reports/{report_id}/forwarding")
    async def forwarding(
        request: Request, report_id: UUID, body: ForwardingAsked, subject: Routes
    ) -> Response:
        """T12: out of scope by letter, passed to the competent department."""
        return await counter.act(
            request,
            subject,
            report_id,
            lambda about, unit: send_away(
                SendAway(about, uuid4(), Step.FORWARD, body.competent_department), unit
            ),
        )

    @router.post("/reports/{report_id}/appeal")
    async def appeal(request: Request, report_id: UUID, subject: Routes) -> Response:
        """T14: an appeal 申诉 goes to the appeals unit."""
        return await counter.act(
            request,
            subject,
            report_id,
            lambda about, unit: send_away(SendAway(about, uuid4(), Step.APPEAL), unit),
        )

    @router.post("/reports/{report_id}/suggestion")
    async def suggestion(request: Request, report_id: UUID, subject: Routes) -> Response:
        """T14: a suggestion 批评建议 goes to its unit."""
        return await counter.act(
            request,
            subject,
            report_id,
            lambda about, unit: send_away(SendAway(about, uuid4(), Step.SUGGEST), unit),
        )

    @router.post("/reports/{report_id}/rescreening")
    async def rescreening(request: Request, report_id: UUID, subject: Advises) -> Response:
        """T16: what the handler sent back is screened again."""
        return await counter.act(
            request, subject, report_id, lambda about, unit: rescreen_report(RescreenReport(about), unit)
        )


def add_routing(router: APIRouter, counter: Counter) -> None:
    """What is handed over, and what a lower organ does with a transfer."""

    @router.post("/reports/{report_id}/move")
    async def move(request: Request, report_id: UUID, body: MoveAsked, subject: Routes) -> Response:
        """T6, T7: accepted and moved to 室 or 组, case management told."""
        return await counter.act(
            request,
            subject,
            report_id,
            lambda about, unit: accept_and_move(
                AcceptAndMove(about, uuid4(), body.approval.meant(), body.case_management_told), unit
            ),
        )

    @router.post("/reports/{report_id}/transfer")
    async def transfer(request: Request, report_id: UUID, subject: Routes) -> Response:
        """T10: transferred 转送 to the competent lower organ 地."""
        return await counter.act(
            request,
            subject,
            report_id,
            lambda about, unit: transfer_report(TransferReport(about, uuid4()), unit),
        )

    @router.post("/reports/{report_id}/assignment")
    async def assignment(
        request: Request, report_id: UUID, body: AssignmentAsked, subject: Routes
    ) -> Response:
        """T11: assigned 交办 with a ground, a letter and the deputy's approval."""
        return await counter.act(
            request,
            subject,
            report_id,
            lambda about, unit: assign_report(
                AssignReport(
                    about, uuid4(), body.ground, body.letter_no, body.approval.meant(), body.officers
                ),
                unit,
            ),
        )

    @router.post("/reports/{report_id}/transfer/signature")
    async def signature(request: Request, report_id: UUID, subject: Signs) -> Response:
        """T10a: the lower organ signs for a transfer 签收."""
        return await counter.act(
            request, subject, report_id, lambda about, unit: sign_for_transfer(SignForTransfer(about), unit)
        )

    @router.post("/reports/{report_id}/transfer/refusal")
    async def refusal(request: Request, report_id: UUID, body: RefusalGiven, subject: Refuses) -> Response:
        """T10b: the lower organ shows that it is not competent."""
        return await counter.act(
            request,
            subject,
            report_id,
            lambda about, unit: refuse_transfer(RefuseTransfer(about, body.reason_code, body.reasons), unit),
        )
