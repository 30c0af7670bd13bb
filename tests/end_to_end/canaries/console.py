"""The console's doors with canaries: logins that fail, addresses nobody has, and a login that passes."""

import re
from urllib.parse import quote

import httpx

from deploy.local.demo.accounts import make_accounts
from deploy.local.processes import Installation
from tests.end_to_end.canaries.planting import Flock

TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
PAGES = ("/", "/live", "/reports", "/cases", "/figures")


def visit(here: Installation, flock: Flock) -> list[tuple[str, bytes]]:
    """Go to the console; returns what it showed of each page, with its headers."""
    login, seen = make_accounts(here), []
    told = {"User-Agent": flock.number(13), "X-Forwarded-For": flock.number(13)}
    address = here.ports.url("console")
    with httpx.Client(base_url=address, headers=told, timeout=60, trust_env=False) as client:
        for name, word in ((flock.word(), flock.sentence()), (login.login, flock.sentence()),
                           (flock.number(), flock.number())):  # fmt: skip
            assert _log_in(client, name, word).status_code == 401
        client.post("/login", data={"form_token": flock.word(), "login": flock.word(), "password": "x"})
        assert _log_in(client, login.login, login.password).status_code == 303
        bad = [
            f"/reports/{quote(flock.word())}",
            f"/reports?report={quote(flock.sentence())}",
            f"/reports?after={quote(flock.sentence())}",
            f"/cases?after={quote(flock.sentence())}",
            f"/figures?month={quote(flock.word())}",
            f"/language/{quote(flock.word())}?back={quote(flock.word())}",
            f"/static/{quote(flock.word())}",
            f"/{quote(flock.word())}",
        ]
        for path in (*PAGES, *bad):
            answer = client.get(path)
            headers = "\n".join(f"{n}: {v}" for n, v in answer.headers.items()).encode()
            seen.append((f"console {path.split('?')[0][:12]}", headers + b"\n" + answer.content))
    return seen


def _log_in(client: httpx.Client, name: str, word: str) -> httpx.Response:
    found = TOKEN.search(client.get("/login").text)
    assert found is not None
    return client.post("/login", data={"form_token": found[1], "login": name, "password": word})
