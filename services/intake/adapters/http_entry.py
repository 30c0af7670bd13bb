"""Routes of the entry desk: the gate first, then registering, editing, checking, confirming, correcting."""

from dataclasses import replace
from functools import partial
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Request, Response

from services.chassis.database import Subject
from services.chassis.http import if_match
from services.chassis.idempotency import Answer
from services.chassis.security.permissions import needs
from services.intake.adapters.http_answers import handoff, moved, registered
from services.intake.adapters.http_desk import Counter, Gated, actor_of
from services.intake.adapters.http_models import (
    CorrectionGiven,
    ElementsGiven,
    EntryGiven,
    GateAsked,
    SuperiorSaid,
)
from services.intake.adapters.work import PostgresUnit
from services.intake.application.approve_correction import approve_correction
from services.intake.application.ask_correction import AskCorrection, ask_correction, judge_correction
from services.intake.application.check_elements import check_elements
from services.intake.application.complete_elements import complete_elements
from services.intake.application.confirm_report import confirm_report
from services.intake.application.edit_elements import EditElements, edit_elements, judge_edit
from services.intake.application.register_report import (
    RegisterReport,
    gate_of,
    pass_gate,
    register_many,
)
from services.intake.domain.elements import Elements
from services.intake.domain.report import Correction


def add_entry(routes: APIRouter, counter: Counter) -> None:
    """The gate's question, and a report at the desk."""

    @routes.post("/gate")
    async def ask(body: GateAsked, _: Annotated[Subject, Depends(needs("ask-gate"))]) -> Response:
        if body.superior_level:
            return handoff()
        return Response(b'{"superior_level":false}', 200, media_type="application/json")

    @routes.post("/reports", status_code=201)
    async def register(
        request: Request,
        body: SuperiorSaid | EntryGiven,
        subject: Annotated[Subject, Depends(needs("register-report"))],
    ) -> Response:
        if isinstance(body, SuperiorSaid):
            return handoff()
        order = RegisterReport(uuid4(), _elements(counter, body, subject), body.gate_second_no)
        moment = counter.moment()

        async def judge(unit: PostgresUnit) -> None:
            await pass_gate([order], await gate_of(subject.organ, [moment.today], unit), moment, unit)

        async def work(unit: PostgresUnit, ref: UUID | None) -> Answer:
            reporter = body.reporter.meant(ref, subject.id)
            command = replace(order, elements=replace(order.elements, reporter=reporter))
            (done,) = await register_many([command], actor_of(subject), moment, unit)
            return registered(done)

        return await counter.write(request, subject, work, Gated(judge), body.reporter)


def _elements(counter: Counter, body: EntryGiven, subject: Subject) -> Elements:
    version = counter.tools.rules.taxonomy.version
    return Elements(
        arrival=body.arrival.meant(),
        reporter=body.reporter.meant(None, subject.id),
        content=body.content.meant(),
        classification=None if body.classification is None else body.classification.meant(version),
        parties=tuple(party.meant() for party in body.parties),
    )


def add_checks(routes: APIRouter, counter: Counter) -> None:
    """From the draft to the confirmed category."""

    @routes.put("/reports/{report_id}/elements")
    async def edit(
        request: Request,
        report_id: UUID,
        body: ElementsGiven,
        subject: Annotated[Subject, Depends(needs("edit-elements"))],
    ) -> Response:
        version = counter.tools.rules.taxonomy.version
        command = EditElements(
            counter.about(subject, report_id, if_match(request)),
            body.arrival.meant(),
            body.reporter.meant(None, subject.id),
            body.content.meant(),
            None if body.classification is None else body.classification.meant(version),
            body.gate_second_no,
        )

        async def work(unit: PostgresUnit, ref: UUID | None) -> Answer:
            named = replace(command, reporter=body.reporter.meant(ref, subject.id))
            return moved(report_id, await edit_elements(named, unit))

        gate = Gated(partial(judge_edit, command))
        return await counter.write(request, subject, work, gate, body.reporter)

    @routes.post("/reports/{report_id}/complete")
    async def complete(
        request: Request, report_id: UUID, subject: Annotated[Subject, Depends(needs("edit-elements"))]
    ) -> Response:
        return await counter.act(request, subject, report_id, complete_elements)

    @routes.post("/reports/{report_id}/check")
    async def check(
        request: Request, report_id: UUID, subject: Annotated[Subject, Depends(needs("check-elements"))]
    ) -> Response:
        return await counter.act(request, subject, report_id, check_elements)

    @routes.post("/reports/{report_id}/confirm")
    async def confirm(
        request: Request, report_id: UUID, subject: Annotated[Subject, Depends(needs("confirm-category"))]
    ) -> Response:
        return await counter.act(request, subject, report_id, confirm_report)


def add_corrections(routes: APIRouter, counter: Counter) -> None:
    """What was confirmed changes only by a correction that another person approves (T31)."""

    @routes.post("/reports/{report_id}/corrections", status_code=201)
    async def ask(
        request: Request,
        report_id: UUID,
        body: CorrectionGiven,
        subject: Annotated[Subject, Depends(needs("ask-correction"))],
    ) -> Response:
        about = counter.about(subject, report_id, if_match(request))
        version = counter.tools.rules.taxonomy.version
        asked = Correction(
            uuid4(), subject.id, body.reason_code, body.content.meant(), body.classification.meant(version)
        )

        command = AskCorrection(about, asked, body.gate_second_no)

        async def work(unit: PostgresUnit, _: UUID | None) -> Answer:
            await ask_correction(command, unit)
            return Answer(201, f'{{"correction_id":"{asked.id}"}}'.encode())

        return await counter.write(request, subject, work, Gated(partial(judge_correction, command)))

    @routes.post("/reports/{report_id}/corrections/{correction_id}/approval")
    async def approve(
        request: Request,
        report_id: UUID,
        correction_id: UUID,
        subject: Annotated[Subject, Depends(needs("approve-correction"))],
    ) -> Response:
        about = counter.about(subject, report_id, if_match(request))

        async def work(unit: PostgresUnit, _: UUID | None) -> Answer:
            return moved(report_id, await approve_correction(about, correction_id, unit))

        return await counter.write(request, subject, work)
