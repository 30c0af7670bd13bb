"""The edge on a real database: one effect a key, denials on the trail, ready only when a write is safe."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated
from uuid import uuid4

import asyncpg
import httpx
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import Depends, FastAPI, Request, Response

from services.chassis.database import Subject, UnsafeDatabaseRole, open_pool, transaction
from services.chassis.health import database_check
from services.chassis.http import StrictModel, idempotency_key, make_app
from services.chassis.idempotency import Answer, once
from services.chassis.security.permissions import Permissions, authenticated, needs
from services.chassis.security.tokens import Verifier, mint
from tests.component.chassis.house import House
from tests.support.platform import Platform

pytestmark = pytest.mark.component
KEY = Ed25519PrivateKey.generate()


class Told(StrictModel):
    number: int


def app_of(house: House) -> FastAPI:
    app = make_app("house", "House", {})
    verifier = Verifier({"local": KEY.public_key()}, "house")
    authenticated(app, verifier, Permissions({"tell": frozenset({"clerk"})}), house.pool)

    @app.post("/house/v1/things")
    async def tell(
        told: Told,
        request: Request,
        subject: Annotated[Subject, Depends(needs("tell"))],
        key: Annotated[str, Depends(idempotency_key)],
    ) -> Response:
        async with transaction(house.pool, subject) as connection:

            async def work() -> Answer:
                thing = str(uuid4())
                await connection.execute(
                    "INSERT INTO business.effect (subject, number) VALUES ($1, $2)", thing, told.number
                )
                return Answer(201, orjson.dumps({"id": thing}), {"Location": f"/house/v1/things/{thing}"})

            answer = await once(connection, bytes(32), subject, key, await request.body(), work)
        return Response(answer.body, answer.status, dict(answer.headers), "application/json")

    return app


@pytest.fixture
async def client(house: House) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app_of(house))
    async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:
        yield client


def headers(key: str, *, sub: str = "p-1", role: str = "clerk") -> dict[str, str]:
    token = mint(KEY, "local", sub=sub, organ="520000", roles=[role], seats=[], aud=["house"])
    return {"authorization": f"Bearer {token}", "idempotency-key": key}


async def test_one_key_fifty_times_at_once_has_one_effect_and_fifty_equal_answers(
    house: House, client: httpx.AsyncClient
) -> None:
    answers = await asyncio.gather(
        *(client.post("/house/v1/things", json={"number": 1}, headers=headers("k")) for _ in range(50))
    )
    later = await client.post("/house/v1/things", json={"number": 1}, headers=headers("k"))

    assert {a.status_code for a in [*answers, later]} == {201}
    assert len({(a.content, a.headers["location"]) for a in [*answers, later]}) == 1
    assert await house.count("business.effect") == 1


async def test_a_key_with_another_body_is_refused_and_another_subject_has_keys_of_its_own(
    house: House, client: httpx.AsyncClient
) -> None:
    first = await client.post("/house/v1/things", json={"number": 1}, headers=headers("k"))
    reused = await client.post("/house/v1/things", json={"number": 2}, headers=headers("k"))
    other = await client.post("/house/v1/things", json={"number": 2}, headers=headers("k", sub="p-2"))

    assert (first.status_code, reused.status_code, other.status_code) == (201, 409, 201)
    assert reused.json()["code"] == "key-reused"
    assert await house.count("business.effect") == 2


async def test_work_that_fails_claims_no_key(house: House, client: httpx.AsyncClient) -> None:
    async def give_up() -> Answer:
        raise LookupError

    with pytest.raises(LookupError):
        async with transaction(house.pool) as connection:
            await once(connection, bytes(32), Subject("p-1", "520000"), "k", b"", give_up)
    answer = await client.post("/house/v1/things", json={"number": 1}, headers=headers("k"))

    assert answer.status_code == 201


async def test_of_a_body_a_keyed_digest_is_kept_and_nothing_else(
    house: House, client: httpx.AsyncClient
) -> None:
    await client.post("/house/v1/things", json={"number": 1234567890123}, headers=headers("k"))

    (kept,) = await house.pool.fetch("SELECT body_hmac, answer, headers FROM mechanism.idempotency")
    assert b"1234567890123" not in kept["body_hmac"] + kept["answer"] + kept["headers"].encode()
    assert len(kept["body_hmac"]) == 32


async def test_a_denial_is_on_the_trail(house: House, client: httpx.AsyncClient) -> None:
    denied = await client.post("/house/v1/things", json={"number": 1}, headers=headers("k", role="guest"))

    assert denied.status_code == 403
    (row,) = await house.pool.fetch("SELECT subject, organ, action, entity_id FROM mechanism.audit_event")
    assert tuple(row) == ("p-1", "520000", "access-denied", "tell")


async def test_ready_means_migrations_at_head_and_a_write_that_reaches_the_disk(
    house: House, platform: Platform
) -> None:
    assert await database_check(house.pool, "intake")()
    assert not await database_check(house.pool, "referral")()

    name = await house.pool.fetchval("SELECT current_database()")
    read_only = await asyncpg.create_pool(
        platform.dsn(name, "intake", "worker"),
        min_size=1,
        max_size=1,
        server_settings={"default_transaction_read_only": "on"},
    )
    try:
        assert not await database_check(read_only, "intake")()
    finally:
        await read_only.close()


async def test_a_superuser_may_not_open_a_pool(platform: Platform) -> None:
    with pytest.raises(UnsafeDatabaseRole):
        await open_pool(platform.server.dsn(), application="test")
