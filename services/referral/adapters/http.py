"""The HTTP door of referral: its routes under one prefix, and how each refusal is answered."""

from collections.abc import Mapping

from fastapi import APIRouter, FastAPI

from services.chassis.database import Pool
from services.chassis.http import Refused, make_app
from services.chassis.security.permissions import Permissions, authenticated
from services.chassis.security.tokens import Verifier
from services.referral.adapters.http_desk import Counter
from services.referral.adapters.http_directory import add_directory
from services.referral.adapters.http_handling import add_handling
from services.referral.adapters.http_office import add_desk, add_routing, add_screening
from services.referral.adapters.http_study import add_recusal, add_study
from services.referral.domain import errors

MISSING = Refused(404, "没有找到", "Not found")
REFUSALS: Mapping[type[Exception], Refused] = {
    errors.ReferralUnknown: MISSING,
    errors.MeetingUnknown: MISSING,
    errors.RecusalUnknown: MISSING,
    errors.EntryElsewhere: MISSING,
    errors.ReferralChanged: Refused(412, "该件已被他人更新", "The report has changed meanwhile"),
    errors.IllegalStep: Refused(409, "当前状态不允许此操作", "The present state does not allow this"),
    errors.AlreadyRouted: Refused(409, "该件已有未结流转", "The report has an open routing"),
    errors.EntryOutOfOrder: Refused(409, "已有更晚生效的条目", "A later state of the entry is on file"),
    errors.DeferredTwice: Refused(409, "同一件只能缓议一次", "An item may be deferred once"),
    errors.RouteToReportedSide: Refused(
        422, "不得流转给被反映一方", "Never to the reported side", errors.RouteToReportedSide.article
    ),
    errors.SuperiorLevel: Refused(
        422, "属上级管辖，须线下径送", "A superior organ's matter", errors.SuperiorLevel.article
    ),
    errors.NotAsDecided: Refused(
        422, "与管辖顺序不符，须集体研判", "The decision order gives another way", errors.NotAsDecided.article
    ),
    errors.StudyDecisionMissing: Refused(
        422, "缺少集体研判决定", "A study decision is needed", errors.StudyDecisionMissing.article
    ),
    errors.CaseManagementNotTold: Refused(
        422,
        "须同时告知案件监督管理部门",
        "Case management must be told",
        errors.CaseManagementNotTold.article,
    ),
    errors.ApprovalMissing: Refused(
        422, "缺少有效的领导批准", "A valid approval is needed", errors.ApprovalMissing.article
    ),
    errors.ApprovalOutOfTime: Refused(
        422, "批准日期不在有效期间", "The approval is out of time", errors.ApprovalOutOfTime.article
    ),
    errors.GroundMissing: Refused(
        422, "交办须有情形和函号", "A ground and a letter are needed", errors.GroundMissing.article
    ),
    errors.ChannelWrong: Refused(
        422, "与来件渠道不符", "The channel asks for the other way", errors.ChannelWrong.article
    ),
    errors.NotTheReceiver: Refused(403, "不是承办部门", "Not the unit it was handed to"),
    errors.NotSignedFor: Refused(422, "尚未签收", "Not signed for yet", errors.NotSignedFor.article),
    errors.RecheckDateMissing: Refused(
        422, "暂存须填复查日期", "A re-check day is needed", errors.RecheckDateMissing.article
    ),
    errors.ConclusionNotAllowed: Refused(422, "办结内容不成立", "The conclusion does not hold"),
    errors.MemberExcluded: Refused(
        422, "须回避的成员不得参加", "A recused member takes no part", errors.MemberExcluded.article
    ),
    errors.MemberUnknown: Refused(
        422, "成员不在机构目录中", "A member holds no seat", errors.MemberUnknown.article
    ),
    errors.MeetingNotHeld: Refused(
        422, "会议日期不成立", "The meeting's day does not hold", errors.MeetingNotHeld.article
    ),
    errors.OpinionMissing: Refused(
        422, "每位成员须表态，且不少于两人", "Every member states a view", errors.OpinionMissing.article
    ),
    errors.EntryMalformed: Refused(422, "目录条目不成立", "The directory entry is malformed"),
    errors.DepartmentUnknown: Refused(
        422, "没有此职能部门", "No such competent department", errors.DepartmentUnknown.article
    ),
    errors.OwnRecusal: Refused(
        422, "不得决定本人的回避", "Nobody decides on an own recusal", errors.OwnRecusal.article
    ),
}
"""A state that does not fit is 409, a rule that refuses 422; what is not there or not yours is 404."""


def referral_app(counter: Counter, verifier: Verifier, permissions: Permissions, pool: Pool) -> FastAPI:
    """The application with all its routes."""
    app = make_app("referral", "Referral", REFUSALS)
    authenticated(app, verifier, permissions, pool)
    router = APIRouter(prefix="/referral/v1")
    for add in (
        add_desk,
        add_screening,
        add_routing,
        add_handling,
        add_study,
        add_recusal,
        add_directory,
    ):
        add(router, counter)
    app.include_router(router)
    return app
