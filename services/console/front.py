"""What every page is made with, and what is answered when there is nothing to show."""

from dataclasses import dataclass

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from services.chassis.http import Problem
from services.console.accounts import Accounts
from services.console.calls import Services
from services.console.looks import Looks
from services.console.sessions import Session, Sessions
from services.console.standing import Watch

SESSION_COOKIE = "session"


class LoginNeeded(Exception):
    """Nobody is logged in, or the session has ended."""


@dataclass(frozen=True, slots=True)
class Front:
    """What the pages are made with."""

    accounts: Accounts
    sessions: Sessions
    services: Services
    watch: Watch
    looks: Looks
    secure: bool
    every_seconds: int

    async def seated(self, request: Request, *, touch: bool = True) -> Session:
        """Who is logged in. Raises LoginNeeded."""
        id_ = request.cookies.get(SESSION_COOKIE)
        session = None if id_ is None else await self.sessions.find(id_, touch=touch)
        if session is None:
            raise LoginNeeded
        return session

    def keep(self, answer: Response, name: str, value: str) -> None:
        """Set a cookie that only we read, and that no other site's page can send."""
        answer.set_cookie(name, value, httponly=True, samesite="strict", secure=self.secure, path="/")


def problem_page(front: Front, request: Request, problem: Problem) -> Response:
    """A refusal as a page, without a word of what was asked."""
    heading, words = {
        403: ("failed", "form-stale"),
        404: ("not-found", "not-found-text"),
    }.get(problem.status, ("failed", "failed-text"))
    return front.looks.page(
        request, "problem.html", None, {"heading_key": heading, "text_key": words}, problem.status
    )


def login_first(request: Request) -> Response:
    """To the login page; a part that refreshes takes its whole page there."""
    if request.headers.get("hx-request") == "true":
        return Response(status_code=401, headers={"HX-Redirect": "/login"})
    return RedirectResponse("/login", 303)
