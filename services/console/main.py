"""The console put together: a process that owns accounts and sessions, and asks the services for the rest."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import httpx
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.chassis.database import open_pool, transaction
from services.chassis.health import Health, database_check
from services.chassis.http import Problem, make_app
from services.chassis.lifecycle import Serving, command, run_api
from services.chassis.security.permissions import Permissions
from services.chassis.security.sealing import KeyProvider
from services.chassis.security.tokens import load_private
from services.chassis.settings import SettingsRefused
from services.console.accounts import (
    SELF,
    Accounts,
    Checkers,
    CheckersBusy,
    NewAccount,
    Throttle,
    put_accounts,
)
from services.console.assets import Assets
from services.console.calls import Services
from services.console.codes import Codes
from services.console.front import Front, LoginNeeded, login_first, problem_page
from services.console.looks import Looks, Shield
from services.console.pages import router
from services.console.sessions import Sessions
from services.console.settings import ConsoleSettings
from services.console.standing import Watch

HERE = Path(__file__).parent
FORM_BYTES = 4096
RETRY_AFTER_SECONDS = "2"
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, CheckersBusy)


def refuse_open_cookies(settings: ConsoleSettings) -> None:
    """Cookies without TLS are for the loopback. Raises SettingsRefused."""
    if not settings.secure_cookies and settings.http_host not in LOOPBACK:
        raise SettingsRefused("SECURE_COOKIES: needed where others than this machine can reach the console")


@asynccontextmanager
async def serving(settings: ConsoleSettings) -> AsyncIterator[Serving]:
    """The api process: pages, accounts, sessions."""
    refuse_open_cookies(settings)
    looks = Looks.read(
        HERE / "templates",
        Assets.read(HERE / "static"),
        Codes.read(settings.reference_folder),
        Permissions.read(HERE / "rules" / "roles.yaml"),
        synthetic=settings.synthetic,
    )
    secret = KeyProvider(settings.keys_folder).secret("console-forms")
    names = ("intake", "referral", "review", "reception", "analytics")
    dsn = settings.database_dsn.get_secret_value()
    pool = await open_pool(dsn, application="console-api", max_size=settings.pool_size)
    limits = httpx.Limits(max_connections=50)
    async with httpx.AsyncClient(
        timeout=settings.call_timeout_seconds, limits=limits, trust_env=False
    ) as client:
        front = Front(
            accounts=Accounts(pool, Throttle(time.monotonic), Checkers(asyncio.Semaphore(2))),
            sessions=Sessions(
                pool, secret, lambda: datetime.now(UTC), timedelta(seconds=settings.idle_seconds)
            ),
            services=Services(
                client,
                {name: str(getattr(settings, f"{name}_url")).rstrip("/") for name in names},
                load_private(settings.staff_key_file),
                settings.staff_key_id,
            ),
            watch=Watch(client, settings.operations_urls, time.monotonic),
            looks=looks,
            secure=settings.secure_cookies,
            every_seconds=settings.live_seconds,
        )
        try:
            yield Serving(_app(front), Health({"database": database_check(pool, "console")}))
        finally:
            await pool.close()


def _app(front: Front) -> FastAPI:
    app = make_app(
        "console", "信访举报综合管理平台 Console", {}, {"/login": FORM_BYTES, "/logout": FORM_BYTES}
    )
    app.include_router(router(front))

    async def to_login(request: Request, _: Exception) -> Response:
        return login_first(request)

    async def show_problem(request: Request, problem: Exception) -> Response:
        assert isinstance(problem, Problem)
        return problem_page(front, request, problem)

    async def nowhere(request: Request, _: Exception) -> Response:
        return problem_page(front, request, Problem(404, "not-found", "没有找到", "Not found"))

    async def away(request: Request, _: Exception) -> Response:
        page = problem_page(front, request, Problem(503, "unavailable", "暂时不可用", "Unavailable"))
        page.headers["Retry-After"] = RETRY_AFTER_SECONDS
        return page

    app.add_exception_handler(LoginNeeded, to_login)
    app.add_exception_handler(Problem, show_problem)
    app.add_exception_handler(HTTPException, nowhere)
    app.add_exception_handler(RequestValidationError, nowhere)
    for fault in AWAY:
        app.add_exception_handler(fault, away)
    app.add_middleware(Shield)
    return app


def api() -> None:
    """Serve until told to stop."""
    run_api(ConsoleSettings.from_environ("DENGWEN_CONSOLE_", os.environ), serving)


def accounts() -> None:
    """Make or replace the accounts that lines of JSON on the standard input describe."""
    settings = ConsoleSettings.from_environ("DENGWEN_CONSOLE_", os.environ)
    given = []
    for number, line in enumerate(sys.stdin, 1):
        try:
            given += [NewAccount.model_validate_json(line)] if line.strip() else []
        except ValidationError as refused:
            fields = sorted({str(error["loc"][0]) for error in refused.errors() if error["loc"]})
            sys.exit(f"line {number} is no account: {', '.join(fields) or 'not JSON'}")
    done = asyncio.run(_put(settings, given))
    sys.stdout.write(f"{done} accounts\n")


async def _put(settings: ConsoleSettings, given: list[NewAccount]) -> int:
    pool = await open_pool(
        settings.database_dsn.get_secret_value(), application="console-accounts", max_size=1
    )
    try:
        async with transaction(pool, SELF) as connection:
            return await put_accounts(connection, given)
    finally:
        await pool.close()


if __name__ == "__main__":
    command({"api": api, "accounts": accounts})
