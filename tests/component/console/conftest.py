"""The console on its own database; in place of the services, a server that gives agreed answers or none."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from services.chassis.database import open_pool, transaction
from services.console.accounts import SELF, NewAccount, put_accounts
from services.console.main import serving
from services.console.settings import ConsoleSettings
from tests.support.eventually import eventually
from tests.support.installation import Installation
from tests.support.platform import Platform, free_port

PASSWORD = "correct horse battery"
REPORT = "0b1f6c52-8a3e-4d07-9c55-3f2a7e61d901"
CHANGE = {"base": 3, "difference": 1, "shown": "+1", "why_not": None}
LINE = {"count": 4, "share": "66.7%", "year_on_year": CHANGE, "period_on_period": CHANGE, "rank": None}
METRICS = """# TYPE petition_lag_records gauge
petition_lag_records{consumer="petition.intake"} 3.0
# TYPE petition_waiting_facts gauge
petition_waiting_facts{consumer="petition.intake"} 2.0
# TYPE petition_dead_letters gauge
petition_dead_letters{consumer="petition.intake"} 1.0
# TYPE petition_outbox_unsent_facts gauge
petition_outbox_unsent_facts 7.0
# TYPE petition_clocks_running gauge
petition_clocks_running{near="late",rule="D12"} 1.0
petition_clocks_running{near="later",rule="D12"} 5.0
"""


def agreed_answers() -> dict[str, Any]:
    """What the services say in these tests, by address."""
    month = {"month": "2025-12", "item_times": 6, "items": 5, "accusations": 4, "unclassified": 1}
    return {
        "/analytics/v1/overview": {
            "as_of": "2025-12-31T08:00:00Z", "today": "2025-12-31", "registered_today": 2, "receipts": 4711,
            "reports": 4242, "unclassified": 17, "accusations": 3333, "visits_today": 1, "sessions_ahead": 2,
            "by_state": [{"state": "UNDER_TRIAGE", "zh": "初步研判", "parts": 12}], "latest_month": month,
        },
        "/analytics/v1/months": {"months": [month, {**month, "month": "2025-11", "item_times": 9}]},
        "/analytics/v1/statistics": {
            "organ": None, "organ_name": None, "since": "2025-12-01", "until": "2025-12-31", "scope": "ALL",
            "definition": "1", "accusations": 4, "unit_heads": 1,
            "total": {"item_times": 6, "items": 5, "year_to_date": 60, "year_to_date_change": CHANGE,
                      "year_on_year": CHANGE, "period_on_period": CHANGE},
            "visits": {"item_times": 1, "batches": 1, "persons": 2},
            "blocks": [{
                "number": 4, "code": "nature", "zh": "性质", "en": "Nature", "base": 6, "base_zh": "全部件次",
                "base_en": "all item-times", "multi_select": True,
                "lines": [{**LINE, "code": "N1", "zh": "检举控告", "en": "accusation"},
                          {**LINE, "code": "N2", "zh": "申诉<script>alert(1)</script>", "en": "appeal"}],
            }, {
                "number": 8, "code": "region", "zh": "问题发生地区", "en": "by region", "base": 6,
                "base_zh": "全部件次", "base_en": "all item-times", "multi_select": False,
                "lines": [{**LINE, "code": "520300", "zh": "遵义市", "en": "520300", "rank": 1}],
            }],
            "flow": [{"code": "moved", "zh": "移送", "en": "moved", "count": 31},
                     {"code": "returned", "zh": "退回", "en": "returned", "count": 0}],
            "stock": [{"state": "UNDER_TRIAGE", "zh": "初步研判",
                       "opening": 7, "came": 5, "went": 4, "closing": 8}],
        },
        "/referral/v1/reports": {
            "items": [{
                "report_id": REPORT, "organ": "520000", "state": "UNDER_TRIAGE", "version": 1, "nature": "N1",
                "received_on": "2025-12-30", "channel": "LETTER", "source": "SELF_RECEIVED",
                "occurrence": "INITIAL", "imported": False, "synthetic": True, "proposed": None,
            }],
            "next": "bmV4dA",
        },
        f"/analytics/v1/reports/{REPORT}/timeline": {
            "report_id": REPORT,
            "facts": [{
                "at": "2025-12-30T01:02:03Z", "on": "2025-12-30", "type": "intake.report-registered.v1",
                "zh": "登记", "organ": "520000",
                "details": [{"field": "channel", "zh": "渠道", "value": "LETTER", "value_zh": "来信"}],
            }],
        },
        "/review/v1/assigned-cases": {
            "cases": [{"case_id": REPORT, "report_id": REPORT, "organ": "520000", "handling_organ": "520100",
                       "synthetic": True, "state": "R2_PENDING", "version": 4, "submission": 1,
                       "opened_on": "2025-12-01", "due_on": "2026-03-02", "expired": True}],
            "next_cursor": None,
        },
    }  # fmt: skip


@dataclass(slots=True)
class Stand:
    """In place of the services: answers by address; an address without one is 404."""

    port: int
    answers: dict[str, Any] = field(default_factory=agreed_answers)
    asked: list[tuple[str, str]] = field(default_factory=list)
    queries: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    async def answer(self, request: Request) -> Response:
        """Give what was agreed, and remember who asked for what."""
        path = request.url.path
        if path == "/metrics":
            return PlainTextResponse(METRICS)
        self.asked.append((path, request.headers.get("authorization", "")))
        self.queries.append((path, dict(request.query_params)))
        found = self.answers.get(path)
        if isinstance(found, int):
            return Response(status_code=found)
        status = 404 if found is None and path != "/readyz" else 200
        return Response(json.dumps(found), status, media_type="application/json")


@asynccontextmanager
async def standing(port: int) -> AsyncIterator[Stand]:
    """The stand-in on a port."""
    stand = Stand(port)
    app = Starlette(routes=[Route("/{path:path}", stand.answer)])
    config = uvicorn.Config(app, port=port, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    server.capture_signals = nullcontext  # type: ignore[assignment]  # signals belong to the test run
    running = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await eventually(started)
    try:
        yield stand
    finally:
        server.should_exit = True
        await running


@dataclass(slots=True)
class Room:
    """The console with a browser's worth of client."""

    app: Any
    stand: Stand
    settings: ConsoleSettings
    connection: asyncpg.Connection

    def client(self) -> httpx.AsyncClient:
        """A new visitor."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://console")

    async def logged_in(self, login: str = "head") -> httpx.AsyncClient:
        """A visitor who has logged in."""
        client = self.client()
        answer = await enter(client, login, PASSWORD)
        assert answer.status_code == 303, answer.text
        return client


async def enter(client: httpx.AsyncClient, login: str, password: str) -> httpx.Response:
    """Fill in the login form as a browser would."""
    page = await client.get("/login")
    token = page.text.partition('name="form_token" value="')[2].partition('"')[0]
    return await client.post("/login", data={"form_token": token, "login": login, "password": password})


def account(login: str, *roles: str) -> NewAccount:
    """An account of an invented officer."""
    return NewAccount(
        login=login,
        password=PASSWORD,
        person=f"520000-{login}",
        organ="520000",
        roles=list(roles),
        seats=[f"520000-seat-{login}"],
        name_zh="王模拟",
    )


ACCOUNTS = [
    account("head", "petition-head"),
    account("handler", "case-handler"),
    account("admin", "administrator"),
]


@pytest.fixture
async def room(platform: Platform, tmp_path: Path) -> AsyncIterator[Room]:
    """The console, logged into by nobody."""
    database, port = await platform.database("console"), free_port()
    installation = Installation.make(tmp_path, ("console",))
    url = f"http://127.0.0.1:{port}"
    services = ("intake", "referral", "review", "reception", "analytics")
    dsn = platform.dsn(database, "console", "api")
    settings = ConsoleSettings(
        **installation.settings("console", dsn, **{f"{name}_url": url for name in services}),
        staff_key_file=tmp_path / "local.pem",
        operations_urls=json.dumps(
            {
                "intake-api": f"http://127.0.0.1:{port}",
                "intake-worker": f"http://127.0.0.1:{port}",
                "gone-worker": f"http://127.0.0.1:{free_port()}",
            }
        ),
        call_timeout_seconds=1.0,
    )
    pool = await open_pool(dsn, application="test", max_size=1)
    async with transaction(pool, SELF) as connection:
        await put_accounts(connection, ACCOUNTS)
    await pool.close()
    looking = await asyncpg.connect(platform.dsn(database, "console", "worker"))
    async with standing(port) as stand, serving(settings) as served:
        yield Room(served.app, stand, settings, looking)
    await looking.close()
