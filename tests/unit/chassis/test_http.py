"""The edge: what a request meets before a use case, and what never leaves it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import APIRouter, Depends
from starlette.types import Message

from services.chassis.database import Subject
from services.chassis.http import (
    LARGEST_HEADERS_BYTES,
    MOST_UPLOADS,
    Number,
    Problem,
    Refused,
    StrictModel,
    Text,
    idempotency_key,
    if_match,
    make_app,
)
from services.chassis.security.permissions import Permissions, authenticated, needs
from services.chassis.security.tokens import Verifier, mint

KEY = Ed25519PrivateKey.generate()
SECRET = "赵某某的电话是13800000000"
JSON = {"content-type": "application/json"}


class NotYours(Exception):
    pass


class AlreadyRouted(Exception):
    pass


class TwiceRouted(AlreadyRouted):
    pass


class Told(StrictModel):
    text: Text
    number: int | None = None


def make() -> APIRouter:
    routes = APIRouter(prefix="/house/v1")

    @routes.post("/things", status_code=201)
    async def tell(told: Told) -> dict[str, str]:
        return {"told": told.text}

    @routes.post("/empty", status_code=201)
    async def nothing() -> dict[str, str]:
        return {}

    @routes.get("/things/{number}")
    async def look(number: Number, limit: Number = 10) -> dict[str, int]:
        refusals: dict[int, Exception] = {
            1: NotYours(),
            2: TwiceRouted(),
            3: RuntimeError(SECRET),
            4: ConnectionRefusedError(SECRET),
            5: Problem(404, "closed", "已关闭", "closed", "第十条"),
            6: TimeoutError(),
        }
        if number in refusals:
            raise refusals[number]
        return {"number": number, "limit": limit}

    @routes.put("/keyed")
    async def keyed(
        key: Annotated[str, Depends(idempotency_key)], version: Annotated[int, Depends(if_match)]
    ) -> dict[str, str | int]:
        return {"key": key, "version": version}

    @routes.get("/guarded")
    async def guarded(subject: Annotated[Subject, Depends(needs("look"))]) -> str:
        return subject.id

    return routes


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = make_app(
        "house",
        "House",
        {
            NotYours: Refused(404, "不是你的", "not yours"),
            AlreadyRouted: Refused(409, "已有去向", "routed already", "规则第八条"),
        },
        uploads={"/house/v1/uploads": 1024},
    )
    app.include_router(make())
    verifier = Verifier({"local": KEY.public_key()}, "house")
    authenticated(app, verifier, Permissions({"look": frozenset({"chief"})}))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://house", headers=bearer("clerk")
    ) as client:
        yield client


def bearer(*roles: str) -> dict[str, str]:
    token = mint(KEY, "local", sub="p-1", organ="520000", roles=roles, seats=[], aud=["house"])
    return {"authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    ("raw", "headers", "status"),
    [
        (b'{"text": "a"}', JSON, 201),
        (b'{"text": "a"}', {"content-type": "application/json; charset=UTF-8"}, 201),
        (b'{"text": "a"}', {"content-type": "text/plain"}, 415),
        (b'{"text": "a"}', {"content-type": "application/json; charset=gbk"}, 415),
        (b'{"text": "a"}', {"content-type": "application/jsonp"}, 415),
        (b'{"text": "a"}', {**JSON, "content-encoding": "gzip"}, 415),
        (b'{"text": "a"}', {}, 415),
        (rb'{"text": "\u0000"}', JSON, 422),
        (rb'{"text": "\ud800"}', JSON, 422),
        ('{"text": "举报"}'.encode("gb18030"), JSON, 400),
        ('{"text": "a"}'.encode("utf-16"), JSON, 400),
        (b'\xef\xbb\xbf{"text": "a"}', JSON, 400),
        (b'{"text": "a", "text": "b"}', JSON, 400),
        (b'{"text": "a", "number": NaN}', JSON, 422),
        (b'{"text": "a", "number": 1e999}', JSON, 422),
        (b'{"text": "a", "number": 9223372036854775808}', JSON, 422),
        (b'{"text": "a", "number": "1_000"}', JSON, 422),
        (b'{"text": "a", "number": true}', JSON, 422),
        (b'{"text": "a", "number": 1.0}', JSON, 422),
        (b'{"text": "a", "number": "12"}', JSON, 422),
        (b'{"text": "a", "organ": "520000"}', JSON, 422),
        (b'{"text": "' + b"a" * 300_000 + b'"}', JSON, 413),
        (b'"x"', JSON, 422),
        (b"", JSON, 422),
    ],
)
async def test_each_row_of_bad_json_gets_the_answer_owed(
    client: httpx.AsyncClient, raw: bytes, headers: dict[str, str], status: int
) -> None:
    answer = await client.post("/house/v1/things", content=raw, headers=headers)

    assert answer.status_code == status
    assert answer.headers["cache-control"] == "no-store"
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert {"status", "code", "title", "title_en"} <= answer.json().keys()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/house/v1/things/12", 200),
        ("/house/v1/things/1_0", 404),
        ("/house/v1/things/1%0a", 404),
        ("/house/v1/things/1.0", 404),
        ("/house/v1/things/-1", 404),
        ("/house/v1/things/+1", 404),
        ("/house/v1/things/%EF%BC%91", 404),
        ("/house/v1/things/9223372036854775808", 404),
        ("/house/v1/things/12%00", 404),
        ("/house/v1/things/12/", 404),
        ("/house/v1/things/12?limit=1_0", 422),
        ("/house/v1/things/12?limit=-1", 422),
        ("/house/v1/things/12?limit=%00", 422),
        ("/house/v1/things/12?limit=%ff", 422),
        ("/house/v1/things/2", 409),
        ("/house/v1/things/3", 500),
        ("/house/v1/things/4", 503),
        ("/house/v1/things/6", 503),
    ],
)
async def test_numbers_in_addresses_are_digits_and_faults_have_their_answer(
    client: httpx.AsyncClient, path: str, status: int
) -> None:
    answer = await client.get(path)

    assert answer.status_code == status
    assert SECRET not in answer.text
    assert ("retry-after" in answer.headers) == (status == 503)


async def test_not_there_and_not_yours_are_the_same_bytes(client: httpx.AsyncClient) -> None:
    paths = ["/nowhere", "/house/v1/things/1", "/house/v1/things/5", "/house/v1/things/x", "/house/v1/things"]

    answers = [await client.get(path) for path in paths[:4]]

    assert len({(a.status_code, a.content, tuple(sorted(a.headers.items()))) for a in answers}) == 1
    assert (await client.get(paths[4])).status_code == 405


async def test_a_refusal_is_answered_by_the_nearest_class_with_its_article(
    client: httpx.AsyncClient,
) -> None:
    assert (await client.get("/house/v1/things/2")).json() == {
        "type": "about:blank",
        "status": 409,
        "code": "already-routed",
        "title": "已有去向",
        "title_en": "routed already",
        "article": "规则第八条",
    }


async def test_what_was_wrong_is_named_by_place_and_kind_and_never_shown(client: httpx.AsyncClient) -> None:
    body = f'{{"text": 5, "number": "{SECRET}", "{SECRET}": 1, "canaryname": 2}}'

    answer = await client.post("/house/v1/things", content=body.encode(), headers=JSON)

    assert {"at": "body.number", "problem": "int_type"} in answer.json()["fields"]
    assert SECRET not in answer.text
    assert "canaryname" not in answer.text


async def test_a_body_above_the_limit_is_refused_before_it_is_read() -> None:
    app = make_app("house", "House", {})
    app.include_router(make())
    asked = 0

    async def drip() -> Message:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": b"[" * 64 * 1024, "more_body": True}

    for declared, reads in (([(b"content-length", b"50000000")], 0), ([], 5)):
        asked = 0
        sent: list[Message] = []

        async def keep(message: Message, into: list[Message] = sent) -> None:
            into.append(message)

        scope = {
            "type": "http", "method": "POST", "path": "/house/v1/things", "raw_path": b"",
            "query_string": b"", "headers": [(b"content-type", b"application/json"), *declared],
            "http_version": "1.1", "scheme": "http", "server": ("house", 80), "client": ("127.0.0.1", 1),
            "root_path": "",
        }  # fmt: skip
        await app(scope, drip, keep)

        assert sent[0]["status"] == 413
        assert asked == reads


async def test_an_upload_may_be_of_any_type_up_to_its_own_limit(client: httpx.AsyncClient) -> None:
    small = await client.post("/house/v1/uploads", content=b"PK\x03\x04")
    large = await client.post("/house/v1/uploads", content=b"x" * 1025)

    assert (small.status_code, large.status_code) == (404, 413)


async def test_who_is_nobody_is_answered_before_a_byte_of_the_body_is_read(client: httpx.AsyncClient) -> None:
    async def never() -> AsyncIterator[bytes]:
        raise AssertionError("the body was asked for")
        yield b""

    del client.headers["authorization"]
    for path in ("/house/v1/things", "/house/v1/uploads"):
        assert (await client.post(path, content=never())).status_code == 401


async def test_an_upload_too_many_is_told_to_come_again_and_is_not_read(client: httpx.AsyncClient) -> None:
    arrived, go_on = asyncio.Semaphore(0), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        arrived.release()
        await go_on.wait()
        yield b"PK"

    under_way = [
        asyncio.create_task(client.post("/house/v1/uploads", content=slow())) for _ in range(MOST_UPLOADS)
    ]
    for _ in range(MOST_UPLOADS):
        await arrived.acquire()
    one_more = await client.post("/house/v1/uploads", content=b"PK")
    go_on.set()
    done = [(await task).status_code for task in under_way]
    later = await client.post("/house/v1/uploads", content=b"PK")

    assert (one_more.status_code, one_more.headers["retry-after"]) == (503, "2")
    assert [*done, later.status_code] == [404] * (MOST_UPLOADS + 1)


async def test_headers_above_their_limit_are_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get("/house/v1/things/9", headers={"x-long": "a" * LARGEST_HEADERS_BYTES})

    assert answer.status_code == 431


async def test_an_act_without_a_body_needs_no_content_type(client: httpx.AsyncClient) -> None:
    assert (await client.post("/house/v1/empty")).status_code == 201


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([("idempotency-key", "a"), ("if-match", '"3"')], 200),
        ([("idempotency-key", "~" * 200), ("if-match", "0")], 200),
        ([("if-match", '"3"')], 422),
        ([("idempotency-key", ""), ("if-match", '"3"')], 422),
        ([("idempotency-key", "a" * 201), ("if-match", '"3"')], 422),
        ([("idempotency-key", "a" * 1000), ("if-match", '"3"')], 422),
        ([("idempotency-key", "a b"), ("if-match", '"3"')], 422),
        ([("idempotency-key", "a\u00e9"), ("if-match", '"3"')], 422),
        ([("idempotency-key", "a"), ("idempotency-key", "b"), ("if-match", '"3"')], 422),
        ([("idempotency-key", "a")], 422),
        ([("idempotency-key", "a"), ("if-match", "*")], 422),
        ([("idempotency-key", "a"), ("if-match", '"03"')], 422),
        ([("idempotency-key", "a"), ("if-match", '"1"'), ("if-match", '"2"')], 422),
    ],
)
async def test_keys_and_versions_are_well_formed_or_refused(
    client: httpx.AsyncClient, headers: list[tuple[str, str]], status: int
) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers]

    assert (await client.put("/house/v1/keyed", headers=raw)).status_code == status


async def test_who_is_nobody_gets_401_and_who_may_not_gets_403(client: httpx.AsyncClient) -> None:
    mine = bearer("chief")["authorization"]
    del client.headers["authorization"]
    nobody = await client.get("/house/v1/guarded")
    two = await client.get("/house/v1/guarded", headers=[("authorization", mine), ("authorization", mine)])
    broken = await client.get("/house/v1/guarded", headers={"authorization": "Bearer a.b.c"})
    clerk = await client.get("/house/v1/guarded", headers=bearer("clerk"))
    chief = await client.get("/house/v1/guarded", headers=bearer("chief"))

    assert (nobody.status_code, clerk.status_code, chief.status_code) == (401, 403, 200)
    assert nobody.content == broken.content == two.content
    assert chief.json() == "p-1"
