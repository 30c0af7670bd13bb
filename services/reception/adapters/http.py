"""The HTTP door of reception: its routes under one prefix, and how each refusal is answered."""

from collections.abc import Mapping

from fastapi import APIRouter, FastAPI

from services.chassis.database import Pool
from services.chassis.http import Refused, make_app
from services.chassis.security.permissions import Permissions, authenticated
from services.chassis.security.tokens import Verifier
from services.reception.adapters.http_desk import Counter
from services.reception.adapters.http_sessions import (
    add_rosters,
    add_session_acts,
    add_session_runs,
    add_sessions,
)
from services.reception.adapters.http_talk import add_plain_acts, add_talk
from services.reception.adapters.http_visits import (
    add_bookings,
    add_gate,
    add_guiding,
    add_reading,
    add_recusal,
)
from services.reception.domain import errors

TITLE = "领导接访 Reception"
MISSING = Refused(404, "没有找到", "Not found")
ARTICLE_15 = "纪检监察机关处理检举控告工作规则 第十五条"
ARTICLE_48 = "纪检监察机关处理检举控告工作规则 第四十八条"
STALE = Refused(412, "已被他人更新", "Changed meanwhile")
REFUSALS: Mapping[type[Exception], Refused] = {
    errors.RosterUnknown: MISSING,
    errors.SessionUnknown: MISSING,
    errors.VisitUnknown: MISSING,
    errors.ActorRecused: MISSING,
    errors.RecordMissing: Refused(409, "尚无接谈记录", "There is no record yet"),
    errors.SessionChangedMeanwhile: STALE,
    errors.VisitChangedMeanwhile: STALE,
    errors.RosterByItsDrafter: Refused(409, "接访安排不得由拟稿人批准", "Not approved by its drafter"),
    errors.RosterApproved: Refused(409, "接访安排已批准", "The roster is approved"),
    errors.NotOnRoster: Refused(409, "领导当日不在接访安排中", "The leader is not on that day's roster"),
    errors.LeaderOnLeave: Refused(409, "领导当日请假", "The leader is on leave"),
    errors.NoticeTooLate: Refused(422, "须提前两日公示", "Notice must be given two days ahead"),
    errors.ChangeTooLate: Refused(422, "变更须提前一日公示", "A change must be told a day ahead"),
    errors.SessionNotAt: Refused(409, "场次当前状态不允许此操作", "The session's state does not allow this"),
    errors.SlotsMalformed: Refused(422, "场次时间不成立", "The session's times do not hold"),
    errors.SlotsOverlap: Refused(409, "领导该时段已有场次", "The leader receives elsewhere then"),
    errors.SlotInThePast: Refused(422, "该时段已过", "The slot has begun"),
    errors.SlotTaken: Refused(409, "该时段已被预约", "The slot is taken"),
    errors.SlotUnknown: Refused(422, "没有此时段", "No such slot"),
    errors.SessionFull: Refused(409, "预约已满", "The session is full"),
    errors.StaffTooFew: Refused(422, "接谈须两人以上", "Two of the staff are needed"),
    errors.SeatUnknown: Refused(422, "席位不在本机关目录中", "No such seat in this organ"),
    errors.EntryUnknown: Refused(422, "机构目录中没有此条目", "No such entry in the directory"),
    errors.OrganUnknown: Refused(422, "机构目录中没有本机关", "The directory does not know this organ"),
    errors.RepresentativesNeeded: Refused(
        422, "请推选不超过五名代表", "Choose five representatives at most", "信访工作条例 第二十条"
    ),
    errors.NameWithoutIdentity: Refused(
        422, "署名须有身份信息，匿名不得填写", "A name needs an identity; anonymous gives none"
    ),
    errors.StaffRecused: Refused(409, "接访人员须回避", "The staff must step back", ARTICLE_48),
    errors.SuperiorLevelParty: Refused(
        422, "涉及上级管理干部，须线下径送", "A superior organ's matter: hand it over off line", ARTICLE_15
    ),
    errors.GateUnanswered: Refused(
        422, "内容提及上级职务，请再次确认", "A superior post is named: answer the gate again", ARTICLE_15
    ),
    errors.VisitNotAt: Refused(409, "来访当前状态不允许此操作", "The visit's state does not allow this"),
    errors.PointMissing: Refused(409, "前置要点未完成", "A point of an earlier stage is missing"),
    errors.PointNotTicked: Refused(422, "该要点须由相应操作完成", "This point is passed by its own act"),
    errors.NotTheLeader: Refused(403, "须由接访领导本人办理", "Only the leader who receives"),
    errors.NotToday: Refused(409, "须在接访当日、场次开始后登记", "On the day, in an open session"),
}
"""A state that does not fit is 409, a rule that refuses 422; what is not there or not yours is 404."""


def reception_app(counter: Counter, verifier: Verifier, permissions: Permissions, pool: Pool) -> FastAPI:
    """The application with all its routes."""
    app = make_app("reception", TITLE, REFUSALS)
    authenticated(app, verifier, permissions, pool)
    routes = APIRouter(prefix="/reception/v1")
    add_gate(routes)
    add_rosters(routes, counter)
    add_sessions(routes, counter)
    add_session_acts(routes, counter)
    add_session_runs(routes, counter)
    add_bookings(routes, counter)
    add_guiding(routes, counter)
    add_recusal(routes, counter)
    add_plain_acts(routes, counter)
    add_talk(routes, counter)
    add_reading(routes, counter)
    app.include_router(routes)
    return app
