"""The console over HTTP: in and out, what is shown to whom, and what is shown when nobody answers."""

import asyncio
import re
import time
from datetime import UTC, datetime, timedelta

import pytest

from services.console.accounts import MOST_FAILURES
from tests.component.console.conftest import PASSWORD, REPORT, Room, enter

pytestmark = pytest.mark.component
INLINE = re.compile(r"\sstyle=|<style|\son[a-z]+=|javascript:", re.IGNORECASE)
ELSEWHERE = re.compile(r"(?:src|href|action)=\"(?:https?:)?//", re.IGNORECASE)
PAGES = ("/", "/figures", "/reports", f"/reports/{REPORT}", "/cases")


async def test_without_a_session_every_page_leads_to_the_login(room: Room) -> None:
    async with room.client() as client:
        answers = [await client.get(page) for page in (*PAGES, "/live")]
        part = await client.get("/live", headers={"HX-Request": "true"})

    assert {(a.status_code, a.headers["location"]) for a in answers} == {(303, "/login")}
    assert (part.status_code, part.headers["hx-redirect"]) == (401, "/login")


async def test_who_logs_in_gets_a_fresh_cookie_that_scripts_and_other_sites_cannot_use(room: Room) -> None:
    async with room.client() as client:
        answer = await enter(client, "HEAD", PASSWORD)

    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("session="))
    assert answer.headers["location"] == "/"
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    kept = await room.connection.fetchval("SELECT encode(id_digest, 'hex') FROM business.session")
    assert cookie.partition("=")[2].partition(";")[0] not in kept


async def test_an_unknown_account_and_a_wrong_password_look_and_take_alike(room: Room) -> None:
    async def try_(login: str) -> tuple[str, float]:
        async with room.client() as client:
            begun = time.perf_counter()
            answer = await enter(client, login, "no such password")
            assert answer.status_code == 401
            return re.sub(r'value="[0-9a-f]{64}"', "", answer.text), time.perf_counter() - begun

    known = [await try_("head") for _ in range(3)]
    unknown = [await try_("nobody") for _ in range(3)]

    assert {text for text, _ in known} == {text for text, _ in unknown}
    assert 0.5 < min(t for _, t in known) / min(t for _, t in unknown) < 2


async def test_too_many_failures_close_an_account_for_a_while_whether_it_exists_or_not(room: Room) -> None:
    for login in ("head", "nobody"):
        for _ in range(MOST_FAILURES):
            async with room.client() as client:
                await enter(client, login, "no such password")

    async with room.client() as client:
        answer = await enter(client, "head", PASSWORD)

    assert answer.status_code == 401


async def test_a_form_from_elsewhere_or_without_its_token_is_refused(room: Room) -> None:
    client = await room.logged_in()
    page = (await client.get("/")).text
    token = page.partition('name="form_token" value="')[2].partition('"')[0]

    forged = await client.post("/logout", data={"form_token": "0" * 64})
    cross = await client.post("/logout", data={"form_token": token}, headers={"Sec-Fetch-Site": "cross-site"})
    bare = await room.client().post("/login", data={"login": "head", "password": PASSWORD})

    assert [forged.status_code, cross.status_code, bare.status_code] == [403, 403, 403]
    assert (await client.get("/")).status_code == 200


async def test_who_logs_out_is_out_whatever_cookie_he_keeps(room: Room) -> None:
    client = await room.logged_in()
    kept = client.cookies["session"]
    token = (await client.get("/")).text.partition('name="form_token" value="')[2].partition('"')[0]

    await client.post("/logout", data={"form_token": token})

    again = await room.client().get("/", headers={"Cookie": f"session={kept}"})
    assert again.status_code == 303


async def test_a_session_ends_after_half_an_hour_of_silence_and_refreshing_is_silence(room: Room) -> None:
    client = await room.logged_in()
    before = datetime.now(UTC) - timedelta(minutes=31)
    await room.connection.execute("UPDATE business.session SET seen_at = $1", before + timedelta(minutes=30))

    assert (await client.get("/live")).status_code == 200
    await room.connection.execute("UPDATE business.session SET seen_at = $1", before)

    assert (await client.get("/")).status_code == 303


async def test_the_overview_shows_the_figures_of_the_api_and_how_the_processes_stand(room: Room) -> None:
    client = await room.logged_in()

    page = (await client.get("/")).text
    part = (await client.get("/live")).text

    for text in (page, part):
        counts = dict(re.findall(r'data-count="([a-z_]+)">(\d+)<', text))
        overview = room.stand.answers["/analytics/v1/overview"]
        assert counts == {name: str(overview[name]) for name in counts}
        assert len(counts) == 7
        assert "初步研判" in text
        assert re.search(r"intake-worker</th><td><span class=\"good\">✓ 就绪</span></td>"
                         r"<td class=\"number\">3</td><td class=\"number\">7</td>", text)  # fmt: skip
        assert re.search(r"gone-worker</th><td><span class=\"bad\">✕ 无应答", text)
        assert "D12 交办件报结" in text
    assert "2025-12" in page
    assert "<svg" in page


async def test_what_services_are_asked_is_asked_in_the_name_of_who_is_logged_in(room: Room) -> None:
    client = await room.logged_in()

    await client.get("/")

    asked = {path for path, token in room.stand.asked if token.startswith("Bearer ")}
    assert {"/analytics/v1/overview", "/analytics/v1/months", "/analytics/v1/statistics"} <= asked


async def test_the_menu_offers_what_the_role_may_and_asks_nothing_else(room: Room) -> None:
    client = await room.logged_in("handler")

    page = (await client.get("/")).text

    assert re.findall(r'<li><a href="([^"]+)"', page) == ["/", "/cases"]
    assert not [path for path, _ in room.stand.asked if path.startswith("/analytics")]


async def test_every_page_is_shown_with_its_walls(room: Room) -> None:
    client = await room.logged_in()

    for address in PAGES:
        answer = await client.get(address)

        assert answer.status_code == 200, address
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "built-in" not in answer.text
        assert INLINE.findall(answer.text) == []
        assert ELSEWHERE.findall(answer.text) == []
        assert answer.text.count("<h1>") == 1
        assert 'lang="zh-CN"' in answer.text


async def test_what_a_service_says_is_text_and_never_markup(room: Room) -> None:
    client = await room.logged_in()

    page = (await client.get("/figures")).text

    assert "<script>alert" not in page
    assert "申诉&lt;script&gt;" in page


async def test_lists_and_one_report_are_shown(room: Room) -> None:
    client = await room.logged_in()

    reports = (await client.get("/reports")).text
    report = (await client.get(f"/reports/{REPORT}")).text
    cases = (await client.get("/cases")).text
    sent = await client.get("/reports", params={"report": REPORT})

    assert REPORT in reports
    assert "来信" in reports
    assert "/reports?after=bmV4dA" in reports
    assert "登记" in report
    assert "2025-12-30 09:02:03" in report
    assert "来信" in report
    assert "预审待接" in cases
    assert "本轮已超期" in cases
    assert sent.headers["location"] == f"/reports/{REPORT}"


@pytest.mark.parametrize("address", ["/nowhere", "/reports/0", f"/reports/{REPORT[:-1]}2", "/static/x.js"])
async def test_what_is_not_there_is_said_without_a_word_of_what_was_asked(room: Room, address: str) -> None:
    client = await room.logged_in()

    answer = await client.get(address)

    assert answer.status_code == 404
    assert "没有此页" in answer.text
    assert "nowhere" not in answer.text.replace("back=/nowhere", "")


@pytest.mark.parametrize("said", [403, 503, 500])
async def test_a_service_that_refuses_or_is_away_leaves_the_page_standing(room: Room, said: int) -> None:
    client = await room.logged_in()
    for path in list(room.stand.answers):
        room.stand.answers[path] = said

    answers = [await client.get(page) for page in PAGES]

    assert {answer.status_code for answer in answers} == {200}
    words = "没有查看此内容的权限" if said == 403 else "服务暂无应答"
    assert all(words in answer.text for answer in answers if 'class="problem"' in answer.text)
    assert "intake-worker" in answers[0].text


async def test_nothing_registered_yet_is_said_and_not_shown_as_an_empty_table(room: Room) -> None:
    room.stand.answers["/analytics/v1/overview"]["by_state"] = []
    room.stand.answers["/analytics/v1/months"] = {"months": []}
    room.stand.answers["/referral/v1/reports"] = {"items": [], "next": None}
    room.stand.answers["/review/v1/assigned-cases"] = {"cases": [], "next_cursor": None}
    client = await room.logged_in()

    shown = [(await client.get(page)).text for page in ("/", "/figures", "/reports", "/cases")]

    assert "暂无信访件" in shown[0]
    assert "尚无登记数据" in shown[0]
    assert "尚无登记数据" in shown[1]
    assert "暂无信访件" in shown[2]
    assert "没有交办件" in shown[3]


async def test_the_language_is_switched_and_kept_and_leads_to_no_other_site(room: Room) -> None:
    client = await room.logged_in()

    back = await client.get("/language/en", params={"back": "/figures"})
    page = (await client.get("/")).text
    away = await client.get("/language/zh", params={"back": "//evil.example/"})

    assert back.headers["location"] == "/figures"
    assert 'lang="en"' in page
    assert "State of the services" in page
    assert away.headers["location"] == "/"


async def test_files_are_served_under_their_digest(room: Room) -> None:
    client = await room.logged_in()
    page = (await client.get("/")).text

    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    answers = await asyncio.gather(*(client.get(file) for file in files))

    assert len(files) == 3
    assert {answer.status_code for answer in answers} == {200}
    assert any("htmx" in answer.text[:20] for answer in answers)
