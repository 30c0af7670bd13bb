"""The console in Chromium: usable by keyboard, without a finding of axe, without a request to elsewhere.

Needs Chromium (``DENGWEN_CHROMIUM`` or on the path) and axe-core (``DENGWEN_AXE``, or the package
axe-playwright-python); without them it is counted as skipped. ``DENGWEN_SCREENSHOTS`` names a folder for
pictures.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import nullcontext
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.async_api import ConsoleMessage, Page, Request, async_playwright

from tests.component.console.conftest import PASSWORD, REPORT, Room
from tests.support.eventually import eventually
from tests.support.platform import free_port

pytestmark = pytest.mark.component
CHROMIUM = os.environ.get("DENGWEN_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def axe_file() -> Path | None:
    """Where axe-core lies, if it does."""
    named = os.environ.get("DENGWEN_AXE")
    if named:
        return Path(named)
    package = find_spec("axe_playwright_python")
    return Path(package.origin).with_name("axe.min.js") if package and package.origin else None


AXE = axe_file()
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
needs_axe = pytest.mark.skipif(AXE is None, reason="there is no axe-core")


class Seat:
    """A person before a browser: the page, what it asked for and what it complained about."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.hosts: set[str] = set()
        self.complaints: list[str] = []
        page.on("request", self._asked)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _asked(self, request: Request) -> None:
        if not request.url.startswith("data:"):
            self.hosts.add(urlsplit(request.url).netloc)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    async def go(self, path: str) -> None:
        """Open a page of the console."""
        await self.page.goto(self.address + path)

    async def log_in(self, login: str = "head") -> None:
        """By keyboard alone: the first field has the focus."""
        await self.go("/login")
        await self.page.wait_for_function("document.activeElement.id === 'login'")
        await self.page.keyboard.type(login)
        await self.page.keyboard.press("Tab")
        await self.page.keyboard.type(PASSWORD)
        await self.page.keyboard.press("Enter")
        await self.page.wait_for_url(self.address + "/")

    async def findings(self) -> list[str]:
        """What axe finds on the page as it stands."""
        assert AXE is not None
        await self.page.evaluate(AXE.read_text())
        found = await self.page.evaluate(
            "axe.run().then(r => r.violations.map(v => [v.id, v.nodes[0].html]))"
        )
        return [f"{rule}: {html}" for rule, html in found]

    async def picture(self, name: str) -> None:
        """Keep a picture, where a folder for them is named."""
        folder = os.environ.get("DENGWEN_SCREENSHOTS")
        if folder:
            await self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture
async def seat(room: Room) -> AsyncIterator[Seat]:
    """The console on a port of its own, and a browser on it."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(room.app, port=port, log_level="critical", lifespan="off"))
    server.capture_signals = nullcontext  # type: ignore[assignment]  # signals belong to the test run
    running = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await eventually(started)
    try:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            yield Seat(await browser.new_page(), f"http://127.0.0.1:{port}")
            await browser.close()
    finally:
        server.should_exit = True
        await running


@needs_browser
@needs_axe
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_axe_finds_nothing_on_any_page_and_no_other_host_is_asked(seat: Seat, language: str) -> None:
    await seat.go("/login")
    found = [("/login", await seat.findings())]
    await seat.picture(f"login-{language}")
    await seat.log_in()
    await seat.go(f"/language/{language}?back=/")
    for path in ("/", "/figures", "/reports", f"/reports/{REPORT}", "/cases", "/nowhere"):
        await seat.go(path)
        found.append((path, await seat.findings()))
        await seat.picture(f"{path.strip('/').split('/')[0] or 'overview'}-{len(found)}-{language}")

    assert [(path, findings) for path, findings in found if findings] == []
    assert seat.hosts == {urlsplit(seat.address).netloc}
    assert [text for text in seat.complaints if "404" not in text] == []


@needs_browser
async def test_a_new_report_is_seen_within_five_seconds_without_a_hand(seat: Seat, room: Room) -> None:
    await seat.log_in()
    await seat.page.wait_for_selector('[data-count="receipts"]:has-text("4711")')

    room.stand.answers["/analytics/v1/overview"]["receipts"] = 4712

    await seat.page.wait_for_selector('[data-count="receipts"]:has-text("4712")', timeout=5000)
    assert seat.complaints == []


@needs_browser
async def test_the_keyboard_alone_goes_past_the_menu_and_out_again(seat: Seat) -> None:
    await seat.log_in()
    await seat.go("/reports")

    await seat.page.keyboard.press("Tab")
    skip = await seat.page.evaluate("document.activeElement.className")
    await seat.page.keyboard.press("Enter")
    there = await seat.page.evaluate("document.activeElement.id")
    await seat.page.keyboard.press("Tab")
    field = await seat.page.evaluate("document.activeElement.id")

    assert (skip, there, field) == ("skip", "content", "report")


@needs_browser
async def test_a_session_that_ended_takes_an_open_page_to_the_login(seat: Seat, room: Room) -> None:
    await seat.log_in()

    await room.connection.execute("DELETE FROM business.session")

    await seat.page.wait_for_url(seat.address + "/login", timeout=5000)
