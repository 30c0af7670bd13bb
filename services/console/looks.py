"""How a page is made: the template, its words, and the headers no page leaves without."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis.calendar import SHANGHAI
from services.chassis.security.permissions import Permissions
from services.console.assets import Assets
from services.console.charts import Chart, bar_chart
from services.console.codes import Codes
from services.console.sessions import Session
from services.console.words import LANGUAGES, case_state, text

LANGUAGE_COOKIE = "language"
ADDRESSES = {"overview": "/", "figures": "/figures", "timeline": "/reports", "cases": "/cases"}
NAMES = {"timeline": "reports"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'; trusted-types default"
)
HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    (b"x-frame-options", b"DENY"),
]


@dataclass(frozen=True, slots=True)
class Looks:
    """The templates with everything they may call."""

    environment: Environment
    assets: Assets
    codes: Codes
    permissions: Permissions
    synthetic: bool

    @classmethod
    def read(
        cls, folder: Path, assets: Assets, codes: Codes, permissions: Permissions, *, synthetic: bool
    ) -> "Looks":
        """Load the templates; a name they use and nobody gives is an error."""
        environment = Environment(
            loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        return cls(environment, assets, codes, permissions, synthetic)

    def page(
        self,
        request: Request,
        template: str,
        session: Session | None,
        given: Mapping[str, object],
        status: int = 200,
    ) -> HTMLResponse:
        """A page, or a part of one, in the language of the asker."""
        language = language_of(request)
        may = self.allowed(session)
        context: dict[str, object] = {
            "language": language,
            "session": session,
            "synthetic": self.synthetic,
            "here": request.url.path if status < 400 else "/",  # a refusal repeats nothing it was sent
            "may": may,
            "menu": [(NAMES.get(name, name), ADDRESSES[name]) for name in ADDRESSES if _offered(name, may)],
            "t": lambda key: text(key, language),
            "word": lambda list_, code: self.codes.word(list_, code, language),
            "case_state": lambda code: case_state(code, language),
            "named": lambda one: one["en"] if language == "en" else one["zh"],
            "chart_of": lambda block: _chart_of(block, language),
            "asset": lambda name: self.assets.by_name[name].address,
            "local": _local,
            **given,
        }
        return HTMLResponse(self.environment.get_template(template).render(context), status)

    def allowed(self, session: Session | None) -> Mapping[str, bool]:
        """What the menu offers whom."""
        return {
            name: session is not None and self.permissions.allows(session.account.subject(), name)
            for name in self.permissions.roles
        }


def language_of(request: Request) -> str:
    """Chinese, unless the asker has switched."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def _offered(name: str, may: Mapping[str, bool]) -> bool:
    return name == "overview" or may[name]


def _chart_of(block: Mapping[str, list[Mapping[str, object]]], language: str) -> Chart:
    return bar_chart([(_short(str(line[language])), int(str(line["count"]))) for line in block["lines"]])


def _short(label: str) -> str:
    """What fits beside a bar; the table has the whole."""
    wide = [2 if ord(sign) > 0x2E7F else 1 for sign in label]
    if sum(wide) <= 30:
        return label
    kept, width = 0, 0
    while width + wide[kept] <= 28:
        width += wide[kept]
        kept += 1
    return label[:kept] + "…"


def _local(instant: str) -> str:
    """An instant in Asia/Shanghai, to the second."""
    return datetime.fromisoformat(instant).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


class Shield:
    """Adds the headers no answer of the console leaves without."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request through and add to its answer."""

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
            await send(message)

        await self._app(scope, receive, tell)
