"""The HTTP door of intake: its routes under one prefix, and how each refusal is answered."""

from collections.abc import Mapping

from fastapi import APIRouter, FastAPI

from services.chassis.database import Pool
from services.chassis.http import Refused, make_app
from services.chassis.security.permissions import Permissions, authenticated
from services.chassis.security.tokens import Verifier
from services.intake.adapters import import_http
from services.intake.adapters.http_desk import Counter
from services.intake.adapters.http_elements import name_elements
from services.intake.adapters.http_entry import add_checks, add_corrections, add_entry
from services.intake.adapters.http_parties import add_parties
from services.intake.adapters.http_reading import add_codes, add_reading, add_visits
from services.intake.adapters.rule_files import CodeLists
from services.intake.domain import errors

MISSING = Refused(404, "没有找到", "Not found")
REFUSALS: Mapping[type[Exception], Refused] = {
    errors.ReportUnknown: MISSING,
    errors.CorrectionUnknown: MISSING,
    errors.PartyUnknown: MISSING,
    errors.VisitUnknown: MISSING,
    errors.ReportChanged: Refused(412, "该件已被他人更新", "The report has changed meanwhile"),
    errors.IllegalStep: Refused(
        409, "当前状态不允许此操作", "The present state does not allow this", errors.IllegalStep.article
    ),
    errors.SuperiorLevelParty: Refused(
        422,
        "涉及上级管理干部，不得录入，须线下径送",
        "A superior organ's matter: nothing was kept",
        errors.SuperiorLevelParty.article,
    ),
    errors.GateUnanswered: Refused(
        422,
        "文中出现上级管理职务，须再次确认不属上级管理干部问题",
        "The text names a superior post: a second explicit no is needed",
        errors.GateUnanswered.article,
    ),
    errors.OrganUnknown: Refused(422, "机构目录中没有本机关", "The directory has no such organ"),
    errors.SecondPersonNeeded: Refused(
        422, "须由另一人核对", "A second person is needed", errors.SecondPersonNeeded.article
    ),
    errors.OwnMatter: Refused(
        422, "不得录入涉及本人的问题", "Nobody enters an own matter", errors.OwnMatter.article
    ),
    errors.CodeUnknown: Refused(
        422, "代码不在分类表中", "A code is not in the taxonomy", errors.CodeUnknown.article
    ),
    errors.StudyNeeded: Refused(
        422, "须先经集体研判", "A study meeting must look first", errors.StudyNeeded.article
    ),
    errors.NothingCorrected: Refused(422, "更正内容没有变化", "The correction changes nothing"),
    errors.LinkUnknown: Refused(422, "目录中没有此人员或单位", "The directory has no such entry"),
    **import_http.REFUSALS,
}
"""A state that does not fit is 409, a rule that refuses 422; what is not there or not yours is 404."""


def intake_app(
    counter: Counter,
    verifier: Verifier,
    permissions: Permissions,
    pool: Pool,
    imports: APIRouter,
    codes: CodeLists,
) -> FastAPI:
    """The application with all its routes."""
    app = make_app("intake", "Intake", REFUSALS, uploads=import_http.UPLOADS)
    app.add_exception_handler(errors.ElementsMissing, name_elements)
    authenticated(app, verifier, permissions, pool)
    routes = APIRouter(prefix="/intake/v1")
    add_entry(routes, counter)
    add_reading(routes, counter)
    add_checks(routes, counter)
    add_corrections(routes, counter)
    add_parties(routes, counter)
    add_visits(routes, counter)
    add_codes(routes, codes)
    app.include_router(routes)
    app.include_router(imports)
    return app
