"""Routes of the handlers: signature, return, disposal, verification, hold, conclusion."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.chassis.database import Subject
from services.chassis.security.permissions import needs
from services.referral.adapters.http_desk import Counter
from services.referral.adapters.http_models import ConclusionGiven, DisposalGiven, HoldAsked, ReturnAsked
from services.referral.application.begin_verification import BeginVerification, begin_verification
from services.referral.application.conclude_report import ConcludeReport, conclude_report
from services.referral.application.decide_disposal import DecideDisposal, decide_disposal
from services.referral.application.hold_clue import HoldClue, hold_clue
from services.referral.application.return_report import ReturnReport, return_report
from services.referral.application.sign_for_move import SignForMove, sign_for_move
from services.referral.domain.handling import Conclusion

Handles = Annotated[Subject, Depends(needs("handle-report"))]


def add_handling(router: APIRouter, counter: Counter) -> None:
    """What a handler reports about what was moved to it."""

    @router.post("/reports/{report_id}/move/signature")
    async def signature(request: Request, report_id: UUID, subject: Handles) -> Response:
        """The receiver's signature of a move."""
        return await counter.act(
            request, subject, report_id, lambda about, unit: sign_for_move(SignForMove(about), unit)
        )

    @router.post("/reports/{report_id}/return")
    async def return_(request: Request, report_id: UUID, body: ReturnAsked, subject: Handles) -> Response:
        """T15: back to the petition office 退回, with the approval of the handler's deputy in charge."""
        return await counter.act(
            request,
            subject,
            report_id,
            lambda about, unit: return_report(
                ReturnReport(about, body.reason_code, body.reasons, body.approval.meant()), unit
            ),
        )

    @router.post("/reports/{report_id}/disposal")
    async def disposal(request: Request, report_id: UUID, body: DisposalGiven, subject: Handles) -> Response:
        """T17, T23: one of the four disposals 处置方式."""
        return await counter.act(
            request,
            subject,
            report_id,
            lambda about, unit: decide_disposal(
                DecideDisposal(about, body.disposal, body.approval.meant()), unit
            ),
        )

    @router.post("/reports/{report_id}/verification")
    async def verification(request: Request, report_id: UUID, subject: Handles) -> Response:
        """T18: talk, inquiry or preliminary verification begins."""
        return await counter.act(
            request,
            subject,
            report_id,
            lambda about, unit: begin_verification(BeginVerification(about), unit),
        )

    @router.post("/reports/{report_id}/hold")
    async def hold(request: Request, report_id: UUID, body: HoldAsked, subject: Handles) -> Response:
        """T19: held 暂存待查 until a day."""
        return await counter.act(
            request, subject, report_id, lambda about, unit: hold_clue(HoldClue(about, body.recheck_on), unit)
        )

    @router.post("/reports/{report_id}/conclusion")
    async def conclusion(
        request: Request, report_id: UUID, body: ConclusionGiven, subject: Handles
    ) -> Response:
        """T20, T22: concluded 办结."""
        end = Conclusion(body.concluded_on, body.substantiation, body.outcome, body.four_form)
        return await counter.act(
            request, subject, report_id, lambda about, unit: conclude_report(ConcludeReport(about, end), unit)
        )
