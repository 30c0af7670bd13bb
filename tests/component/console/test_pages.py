"""The console over HTTP: in and out, what is shown to whom, and what is shown when nobody answers."""

import asyncio
import re
import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from services.console.accounts import MOST_FAILURES, MOST_WAITING
from tests.component.console.conftest import PASSWORD, REPORT, Room, enter

pytestmark = pytest.mark.component
INLINE = re.compile(r"\sstyle=|<style|\son[a-z]+=|javascript:", re.IGNORECASE)
ELSEWHERE = re.compile(r"(?:src|href|action)=\"(?:https?:)?//", re.IGNORECASE)
HASHING_SECONDS = 0.02
"""Less than any machine takes for one password."""
PAGES = ("/", "/figures", "/reports", f"/reports/{REPORT}", "/cases")


def _without_token(page: str) -> str:
    return re.sub(r'value="[0-9a-f]{64}"', "", page)


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
            begun = time.process_time()  # of all threads of this process: what others do takes none of it
            answer = await enter(client, login, "no such password")
            assert answer.status_code == 401
            return _without_token(answer.text), time.process_time() - begun

    tries = [(await try_("head"), await try_("nobody")) for _ in range(3)]
    known, unknown = zip(*tries, strict=True)

    assert {text for text, _ in known} == {text for text, _ in unknown}
    least_known, least_unknown = min(t for _, t in known), min(t for _, t in unknown)
    assert least_known > HASHING_SECONDS
    assert 0.5 < least_known / least_unknown < 2


async def test_too_many_failures_close_an_account_for_a_while_whether_it_exists_or_not(room: Room) -> None:
    for login in ("head", "nobody"):
        for _ in range(MOST_FAILURES):
            async with room.client() as client:
                await enter(client, login, "no such password")

    async with room.client() as client:
        answer = await enter(client, "head", PASSWORD)

    assert answer.status_code == 401


async def test_many_guesses_at_once_are_no_more_than_many_one_after_another(room: Room) -> None:
    client = room.client()
    page = await client.get("/login")
    token = page.text.partition('name="form_token" value="')[2].partition('"')[0]

    async def guess(password: str) -> int:
        form = {"form_token": token, "login": "head", "password": password}
        return (await client.post("/login", data=form)).status_code

    guesses = [f"no such password {number}" for number in range(MOST_FAILURES)]

    under_way = [asyncio.create_task(guess(password)) for password in guesses]
    await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)  # all have begun, few have ended
    right = await guess(PASSWORD)

    assert {right, *await asyncio.gather(*under_way)} == {401}


async def test_more_logins_than_can_be_checked_soon_are_turned_away_and_count_for_nothing(room: Room) -> None:
    client = room.client()
    page = await client.get("/login")
    token = page.text.partition('name="form_token" value="')[2].partition('"')[0]

    async def guess(number: int) -> httpx.Response:
        form = {"form_token": token, "login": f"nobody-{number}", "password": "no such password"}
        return await client.post("/login", data=form)

    answers = await asyncio.gather(*map(guess, range(MOST_WAITING + 8)))

    turned_away = [answer for answer in answers if answer.status_code == 503]
    assert turned_away
    assert {answer.headers["retry-after"] for answer in turned_away} == {"2"}
    assert {answer.status_code for answer in answers} == {401, 503}
    assert (await enter(room.client(), "head", PASSWORD)).status_code == 303


@pytest.mark.parametrize(
    "login", ["\x00", "head\x00", "k" * 64 + "x", "\u212a", "' or 1=1 --", "../head", ""]
)
async def test_a_name_that_no_account_can_have_is_a_wrong_name_and_nothing_else(
    room: Room, login: str
) -> None:
    async with room.client() as client:
        strange = await enter(client, login, PASSWORD)
        wrong = await enter(client, "nobody", PASSWORD)

    assert strange.status_code == wrong.status_code == 401
    assert _without_token(strange.text) == _without_token(wrong.text)


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


async def test_the_figures_show_visits_heads_ranks_flow_and_stock(room: Room) -> None:
    client = await room.logged_in()

    page = (await client.get("/figures")).text

    assert re.search(r"来访（件次）<b>1</b>批次 1 · 人次 2", page)
    assert re.search(r"反映一把手（件次）<b>1</b>检举控告（件次） 4", page)
    assert re.search(r'<td class="number">1</td><th scope="row">遵义市</th>', page)
    assert re.search(r'<th scope="row">移送</th><td class="number">31</td>', page)
    assert "退回" not in page
    numbers = "".join(f'<td class="number">{n}</td>' for n in (7, 5, 4, 8))
    assert f'<th scope="row">初步研判</th>{numbers}' in page


async def test_the_figures_are_asked_for_any_span_of_months_and_for_accusations_alone(room: Room) -> None:
    client = await room.logged_in()

    page = (await client.get("/figures?from=2025-11&to=2025-12&scope=accusations")).text
    room.stand.answers["/analytics/v1/statistics"] = 422
    refused = await client.get("/figures?from=2025-12&to=2025-11")
    unknown = await client.get("/figures?scope=everything")

    asked = [query for path, query in room.stand.queries if path == "/analytics/v1/statistics"]
    assert asked[0] == {"from": "2025-11", "to": "2025-12", "scope": "accusations"}
    assert "2025-11 – 2025-12 · 仅检举控告" in page
    assert (refused.status_code, "截止月份不能早于起始月份" in refused.text) == (200, True)
    assert unknown.status_code == 404


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


@pytest.mark.parametrize(
    "address",
    [
        "/nowhere",
        "/reports/19955550123",
        f"/reports/{REPORT[:-1]}2",
        "/static/x.js",
        "/%E8%B4%BA%E5%85%B0%E8%88%9F",
    ],
)
async def test_what_is_not_there_is_said_without_a_word_of_what_was_asked(room: Room, address: str) -> None:
    client = await room.logged_in()

    answer = await client.get(address)

    assert answer.status_code == 404
    assert "没有此页" in answer.text
    for word in ("nowhere", "19955550123", f"{REPORT[:-1]}2", "x.js", "贺兰舟", "%E8%B4%BA"):
        assert word not in answer.text
    assert 'back=/"' in answer.text


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
