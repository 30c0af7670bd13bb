"""In and out: login, logout, the language, and the files that pages load."""

import re
import secrets
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.chassis.http import Problem
from services.console.front import SESSION_COOKIE, Front
from services.console.looks import LANGUAGE_COOKIE
from services.console.words import LANGUAGES

VISIT_COOKIE = "visit"
LOCAL_PATH = re.compile(r"/[a-z0-9/-]*")
STALE_FORM = Problem(403, "form-stale", "页面已过期，请返回重试", "The page is out of date")


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form of ours; answers 403 to one that another site's page sends."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise STALE_FORM
    try:
        given = parse_qs((await request.body()).decode("utf-8"), max_num_fields=10, keep_blank_values=True)
    except ValueError:
        raise STALE_FORM from None
    return {name: values[0] for name, values in given.items()}


def _login_page(front: Front, request: Request, *, refused: bool) -> Response:
    visit = request.cookies.get(VISIT_COOKIE) or secrets.token_urlsafe(24)
    given = {"form_token": front.sessions.token_for(visit), "refused": refused}
    page = front.looks.page(request, "login.html", None, given, 401 if refused else 200)
    front.keep(page, VISIT_COOKIE, visit)
    return page


def login_routes(routes: APIRouter, front: Front) -> None:
    """The login; a wrong account, a wrong password and too many attempts look alike."""

    @routes.get("/login")
    async def ask(request: Request) -> Response:
        return _login_page(front, request, refused=False)

    @routes.post("/login")
    async def login(request: Request) -> Response:
        form, visit = await _form(request), request.cookies.get(VISIT_COOKIE, "")
        if not front.sessions.belongs(visit, form.get("form_token", "")):
            raise STALE_FORM
        name, password = form.get("login", "")[:64].strip().lower(), form.get("password", "")[:200]
        account = await front.accounts.check(name, password)
        if account is None:
            return _login_page(front, request, refused=True)
        answer = RedirectResponse("/", 303)
        front.keep(answer, SESSION_COOKIE, await front.sessions.begin(account))
        answer.delete_cookie(VISIT_COOKIE, path="/")
        return answer

    @routes.post("/logout")
    async def logout(request: Request) -> Response:
        form, id_ = await _form(request), request.cookies.get(SESSION_COOKIE, "")
        if not front.sessions.belongs(id_, form.get("form_token", "")):
            raise STALE_FORM
        await front.sessions.end(id_)
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(SESSION_COOKIE, path="/")
        return answer


def side_routes(routes: APIRouter, front: Front) -> None:
    """The language switch and the files."""

    @routes.get("/language/{code}")
    async def switch(code: str, back: str = "/") -> Response:
        answer = RedirectResponse(back if LOCAL_PATH.fullmatch(back) and back[:2] != "//" else "/", 303)
        front.keep(answer, LANGUAGE_COOKIE, code if code in LANGUAGES else LANGUAGES[0])
        return answer

    @routes.get("/static/{name}")
    async def static(name: str) -> Response:
        asset = front.looks.assets.by_address.get(f"/static/{name}")
        if asset is None:
            raise Problem(404, "not-found", "没有找到", "Not found")
        return Response(asset.body, 200, {"Cache-Control": "public, max-age=86400"}, asset.kind)
