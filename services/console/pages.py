"""The pages of the console: who is logged in, what the services answered, one template."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.chassis.http import Problem
from services.console.accounts import Account
from services.console.calls import Answered
from services.console.charts import bar_chart
from services.console.doors import login_routes, side_routes
from services.console.front import Front
from services.console.sessions import Session
from services.console.standing import due_clocks

MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
PAGE = {"limit": "50"}
Scope = Literal["all", "accusations"]
COUNTS = (
    ("registered_today", "registered-today"),
    ("receipts", "receipts"),
    ("reports", "reports-count"),
    ("accusations", "accusations"),
    ("unclassified", "unclassified"),
    ("visits_today", "visits-today"),
    ("sessions_ahead", "sessions-ahead"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whole months from ``first`` to ``last`` (YYYY-MM), and which receipts count."""

    first: str
    last: str
    scope: Scope

    @property
    def query(self) -> Mapping[str, str]:
        """The same as analytics is asked, and as the form is filled."""
        return {"from": self.first, "to": self.last, "scope": self.scope}

    @property
    def title(self) -> str:
        """One month, or both ends."""
        return self.first if self.first == self.last else f"{self.first} – {self.last}"


def router(front: Front) -> APIRouter:
    """All addresses of the console."""
    routes = APIRouter(include_in_schema=False)
    login_routes(routes, front)
    side_routes(routes, front)
    _overview(routes, front)
    _desks(routes, front)
    return routes


def _overview(routes: APIRouter, front: Front) -> None:
    """The first page, and the part of it that refreshes."""

    async def live(session: Session) -> dict[str, object]:
        may = front.looks.allowed(session)
        asked = _ask_if(may["overview"], front, session, "overview")
        answered, processes = await asyncio.gather(asked, front.watch.look())
        shown = processes if may["standing"] else []
        return {
            "overview": answered,
            "processes": shown,
            "due": due_clocks(shown),
            "counts": COUNTS,
        }

    @routes.get("/")
    async def overview(request: Request) -> Response:
        session = await front.seated(request)
        now, (months, statistic, asked) = await asyncio.gather(live(session), _figures(front, session))
        given = {
            **now,
            "every": front.every_seconds,
            "months": months,
            "months_chart": _months_chart(months),
            "statistic": statistic,
            "month": asked.title if asked else None,
        }
        return front.looks.page(request, "overview.html", session, given)

    @routes.get("/live")
    async def part(request: Request) -> Response:
        session = await front.seated(request, touch=False)
        return front.looks.page(request, "live.html", session, await live(session))

    @routes.get("/figures")
    async def figures(
        request: Request,
        first: Annotated[str | None, Query(alias="from", pattern=MONTH)] = None,
        last: Annotated[str | None, Query(alias="to", pattern=MONTH)] = None,
        scope: Scope = "all",
    ) -> Response:
        session = await front.seated(request)
        months, statistic, asked = await _figures(front, session, first, last, scope)
        given = {"months": months, "statistic": statistic if asked else None, "asked": asked}
        return front.looks.page(request, "figures.html", session, given)


async def _ask_if(allowed: bool, front: Front, session: Session, path: str) -> Answered:
    return await front.services.ask(session.account, "analytics", path) if allowed else Answered(403)


async def _figures(
    front: Front, session: Session, first: str | None = None, last: str | None = None, scope: Scope = "all"
) -> tuple[Answered, Answered, Asked | None]:
    """The months that have data, and a statistic: of the latest month unless a span is named."""
    if not front.looks.allowed(session)["figures"]:
        return Answered(403), Answered(403), None
    months = await front.services.ask(session.account, "analytics", "months")
    known = [one["month"] for one in months.body["months"]] if months.good else []
    end = last or first or (known[0] if known else None)
    if end is None:
        return months, Answered(404), None
    asked = Asked(first or end, end, scope)
    return months, await front.services.ask(session.account, "analytics", "statistics", asked.query), asked


def _months_chart(months: Answered) -> object:
    latest = months.body["months"][:12] if months.good else []
    return bar_chart([(one["month"], one["item_times"]) for one in reversed(latest)])


def _desks(routes: APIRouter, front: Front) -> None:
    """Lists of what lies at a desk, and one report."""

    async def seated(request: Request) -> Session:
        return await front.seated(request)

    Seated = Annotated[Session, Depends(seated)]

    async def listed(account: Account, service: str, path: str, after: str | None) -> Answered:
        return await front.services.ask(account, service, path, PAGE | ({"cursor": after} if after else {}))

    @routes.get("/reports")
    async def reports(
        request: Request, session: Seated, report: str | None = None, after: str | None = None
    ) -> Response:
        if report:
            return RedirectResponse(f"/reports/{_id(report)}", 303)
        found = await listed(session.account, "referral", "reports", after)
        return front.looks.page(request, "reports.html", session, {"listed": found})

    @routes.get("/reports/{report_id}")
    async def report(request: Request, session: Seated, report_id: UUID) -> Response:
        told = await front.services.ask(session.account, "analytics", f"reports/{report_id}/timeline")
        if told.status == 404:
            raise Problem(404, "not-found", "没有找到", "Not found")
        return front.looks.page(request, "report.html", session, {"told": told, "report_id": report_id})

    @routes.get("/cases")
    async def cases(request: Request, session: Seated, after: str | None = None) -> Response:
        found = await listed(session.account, "review", "assigned-cases", after)
        return front.looks.page(request, "cases.html", session, {"listed": found})


def _id(text: str) -> UUID:
    try:
        return UUID(text.strip())
    except ValueError:
        raise Problem(404, "not-found", "没有找到", "Not found") from None
