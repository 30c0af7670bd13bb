"""The rows of the bad-input tables that touch intake's door: the answer owed, and nothing written."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import orjson
import pytest

from tests.support.entry_desk import OTHER, TODAY, EntryDesk, elements, entry, party

pytestmark = pytest.mark.component
CANARY = "金丝雀"
JSON = "application/json"
WHOLE = orjson.dumps(entry(content=entry()["content"] | {"text": CANARY})).decode()
TODAY_TEXT = f'"received_on":"{TODAY.isoformat()}"'
COUNT = '"material_count":'


def counting(value: str) -> bytes:
    """The entry with a number of sheets as written."""
    return WHOLE.replace('"channel":"LETTER"', f'"channel":"LETTER",{COUNT}{value}').encode()


def saying(text: str) -> bytes:
    """The entry with a text as written in JSON."""
    return WHOLE.replace(f'"{CANARY}"', f'"{CANARY}{text}"').encode()


def alleging(text: str) -> bytes:
    """The entry with a text as written deep inside."""
    return WHOLE.replace("违规发放补贴（虚构）", f"{CANARY}{text}").encode()


BODIES: Mapping[str, tuple[bytes, str | None, int]] = {
    "1 NUL in a text": (saying(r"\u0000"), JSON, 422),
    "2 half a surrogate pair": (saying(r"\ud800"), JSON, 422),
    "3 NUL deep inside": (alleging(r"\u0000"), JSON, 422),
    "3 half a pair deep inside": (alleging(r"\udc00"), JSON, 422),
    "5 GB18030": (WHOLE.encode("gb18030"), JSON, 400),
    "5 GB18030 declared": (WHOLE.encode("gb18030"), f"{JSON}; charset=gb18030", 415),
    "6 UTF-16": (WHOLE.encode("utf-16"), JSON, 400),
    "6 a byte order mark": (WHOLE.encode("utf-8-sig"), JSON, 400),
    "7 a key twice": (WHOLE.replace("{", '{"superior_level":false,', 1).encode(), JSON, 400),
    "7 a key twice deep inside": (counting(f"1,{COUNT}2"), JSON, 400),
    "8 NaN": (counting("NaN"), JSON, 422),
    "8 Infinity": (counting("Infinity"), JSON, 422),
    "8 1e999": (counting("1e999"), JSON, 422),
    "9 two to the sixty-third": (counting("9223372036854775808"), JSON, 422),
    "9 a number of a hundred digits": (counting("9" * 100), JSON, 422),
    "11 a number with an underscore": (counting('"1_000"'), JSON, 422),
    "11 a number as text": (counting('"12"'), JSON, 422),
    "11 a truth for a number": (counting("true"), JSON, 422),
    "11 a fraction for a number": (counting("1.5"), JSON, 422),
    "98 a unix number for a day": (WHOLE.replace(TODAY_TEXT, '"received_on":"86400"').encode(), JSON, 422),
    "98 a day before 1949": (WHOLE.replace(TODAY_TEXT, '"received_on":"1948-12-31"').encode(), JSON, 422),
    "16 more than 256 KB": (b'{"a":"' + b"x" * 300_000 + b'"}', JSON, 413),
    "18 text/plain": (WHOLE.encode(), "text/plain", 415),
    "18 no content type": (WHOLE.encode(), None, 415),
    "nothing at all": (b"", JSON, 422),
    "half a document": (WHOLE.encode()[:-1], JSON, 400),
    "a list": (b"[]", JSON, 422),
    "a thousand brackets": (b"[" * 1000 + b"]" * 1000, JSON, 400),
    "36 only spaces": (WHOLE.replace(CANARY, "　 ").encode(), JSON, 422),
    "36 only marks": (WHOLE.replace(CANARY, "！？……").encode(), JSON, 422),
    "36 a text too long": (WHOLE.replace(CANARY, "字" * 20_001).encode(), JSON, 422),
    "98 the thirtieth of February": (WHOLE.replace(TODAY.isoformat(), "2026-02-30").encode(), JSON, 422),
    "98 a date as a number": (WHOLE.replace(f'"{TODAY.isoformat()}"', "1767225600").encode(), JSON, 422),
    "98 a date with a time": (WHOLE.replace(TODAY.isoformat(), "2026-01-05T24:00:00").encode(), JSON, 422),
    "an unknown code": (WHOLE.replace('"LETTER"', '"PIGEON"').encode(), JSON, 422),
}
"""By the number of the row: what comes, its content type, and the status owed."""
TEXTS = {
    "21 SQL": "'; DROP TABLE report;-- $1 %s \\ 虚构",
    "24 markup": "<script>alert(1)</script>{{7*7}}${x}#{y} javascript:虚构",
    "25 a formula": "=cmd|' /C calc'!A0 虚构",
    "27 lines and direction": "虚构\n2026-01-01 ERROR \u202eabc",
    "36 one character": "字",
    "36 twenty thousand": "虚" * 20_000,
}


async def test_a_body_that_cannot_be_taken_gets_the_answer_owed_and_writes_nothing(desk: EntryDesk) -> None:
    rows, answers = await desk.everything(), {}
    clerk = desk.who("clerk-1")

    for name, (body, kind, _) in BODIES.items():
        headers = {**clerk, "Idempotency-Key": uuid4().hex} | ({} if kind is None else {"Content-Type": kind})
        answer = await desk.client.post("/intake/v1/reports", content=body, headers=headers)
        answers[name] = answer.status_code
        assert answer.headers["content-type"] == "application/problem+json", name
        assert CANARY not in answer.text, name

    assert answers == {name: status for name, (_, _, status) in BODIES.items()}
    assert (await desk.everything(), await desk.kept_identities()) == (rows, {})


async def test_whatever_a_text_looks_like_it_is_kept_and_shown_as_it_is(desk: EntryDesk) -> None:
    shown = {}

    for name, text in TEXTS.items():
        report = await desk.entered(content={"text": text})
        shown[name] = (await desk.get(f"/reports/{report}/content", "clerk-1")).json()["text"]

    assert shown == TEXTS


async def test_a_field_nobody_asked_for_is_refused_wherever_it_stands(desk: EntryDesk) -> None:
    report = await desk.entered()
    rows = await desk.everything()
    bodies: list[tuple[str, str, Any]] = [
        ("POST", "/gate", {"superior_level": False}),
        ("POST", "/reports", entry()),
        ("PUT", f"/reports/{report}/elements", elements()),
        ("POST", f"/reports/{report}/parties", party()),
        ("POST", f"/reports/{report}/parties/{uuid4()}/links", {"kind": "PERSON", "entry_id": "x"}),
        ("POST", f"/reports/{report}/parties/{uuid4()}/aliases", {"alias": "化名"}),
        (
            "POST",
            f"/reports/{report}/corrections",
            {"reason_code": "X", "content": {"text": "字"}, "classification": {"nature": "N1"}},
        ),
    ]

    for name in ("is_admin", "state", "organ", "created_at", "reporter_ref"):
        extra = {name: "520000"}
        for method, path, body in bodies:
            refused = await desk.send(method, path, "clerk-1", body | extra, 1)
            assert (refused.status_code, refused.json()["code"]) == (422, "invalid-input"), (name, path)
        for part in ("arrival", "content", "classification"):
            inner = entry()
            refused = await desk.post("/reports", "clerk-1", inner | {part: inner[part] | extra})
            assert refused.status_code == 422, (name, part)
        parts = ({"parties": [party() | extra]}, {"reporter": extra}, {"reporter": {"identity": extra}})
        for inside in parts:
            assert (await desk.post("/reports", "clerk-1", entry(**inside))).status_code == 422, name

    assert await desk.everything() == rows


QUERIES = {
    "limit=-1": 422,
    "limit=0": 422,
    "limit=201": 422,
    "limit=1000000000": 422,
    "limit=9223372036854775808": 422,
    "limit=1_0": 422,
    "limit=1%0a": 422,
    "limit=ten": 422,
    "cursor=%00": 422,
    "cursor=abc": 422,
    "cursor=MDAwMS0wMS0wMVQwMDowMDowMCsxNDowMC8wMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDA": 422,
    "cursor=Li4vLi4vZXRjL3Bhc3N3ZA": 422,
    "desk=NOWHERE": 422,
    "state='%20OR%201=1": 422,
    "received_from=2026-02-30": 422,
    "received_from=1767225600": 422,
    "limit=200": 200,
}


async def test_a_list_is_asked_for_in_known_words_or_not_at_all(desk: EntryDesk) -> None:
    clerk, answers = desk.who("clerk-1"), {}

    for query in QUERIES:
        answer = await desk.client.get(f"/intake/v1/reports?{query}", headers=clerk)
        answers[query] = answer.status_code

    assert answers == QUERIES


async def test_a_list_goes_on_where_it_ended_and_shows_no_report_of_another_organ(desk: EntryDesk) -> None:
    mine = [await desk.entered() for _ in range(5)]
    theirs = [await desk.entered(OTHER) for _ in range(2)]
    seen, more = [], ""

    while True:
        page = (await desk.get(f"/reports?limit=2{more}", "clerk-1")).json()
        seen += [row["report_id"] for row in page["reports"]]
        if page["next_cursor"] is None:
            break
        more = f"&cursor={page['next_cursor']}"
    foreign = (await desk.get(f"/reports?limit=2{more}", "clerk-1", organ=OTHER)).json()

    assert (len(seen), set(seen)) == (5, set(mine))
    assert {row["report_id"] for row in foreign["reports"]} <= set(theirs)
