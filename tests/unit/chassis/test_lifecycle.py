"""Jobs end in order, health tells the truth on the way, and calls fail in one way."""

import asyncio

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI, Request
from prometheus_client import REGISTRY

from services.chassis.calling import Caller, CallFailed
from services.chassis.health import Health, operations_app
from services.chassis.lifecycle import Working, measure_loop, run_jobs
from services.chassis.security.tokens import Verifier


async def until_told(stop: asyncio.Event) -> None:
    await stop.wait()


async def broken(_: asyncio.Event) -> None:
    raise RuntimeError


async def deaf(_: asyncio.Event) -> None:
    await asyncio.Event().wait()


async def test_jobs_that_are_told_to_stop_end_the_process_well() -> None:
    stop, work = asyncio.Event(), Working({"a": until_told, "b": until_told}, Health({}))

    running = asyncio.create_task(run_jobs(work, stop, 5))
    await asyncio.sleep(0)
    stop.set()

    assert await running is None
    assert work.health.draining


async def test_a_job_that_ends_by_itself_stops_the_others_and_is_named() -> None:
    work = Working({"a": until_told, "b": broken}, Health({}))

    assert await run_jobs(work, asyncio.Event(), 5) == "b"


async def test_a_job_that_does_not_hear_is_cancelled_after_the_grace() -> None:
    stop, work = asyncio.Event(), Working({"a": deaf}, Health({}))
    stop.set()

    assert await run_jobs(work, stop, 0.01) is None


async def test_a_loop_that_wakes_its_sleepers_in_time_is_late_by_nothing_and_is_looked_at_each_time() -> None:
    def looks() -> float:
        return REGISTRY.get_sample_value("petition_loop_late_seconds_count") or 0.0

    left, before = [0.5, 0.5], looks()

    async def sleep(seconds: float) -> None:
        if not left:
            raise asyncio.CancelledError
        assert seconds == left.pop()

    with pytest.raises(asyncio.CancelledError):
        await measure_loop(sleep)

    assert looks() == before + 2


async def good() -> bool:
    return True


async def bad() -> bool:
    return False


async def raising() -> bool:
    raise ConnectionError


@pytest.mark.parametrize(
    ("health", "failing"),
    [
        (Health({"database": good}, started=True), []),
        (Health({"database": good}), ["starting"]),
        (Health({"database": good}, started=True, draining=True), ["draining"]),
        (Health({"database": bad, "keys": good}, started=True), ["database"]),
        (Health({"database": raising, "keys": bad}, started=True), ["database", "keys"]),
    ],
)
async def test_ready_means_that_all_is_in_order(health: Health, failing: list[str]) -> None:
    transport = httpx.ASGITransport(operations_app(health))
    async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:
        ready = await client.get("/readyz")
        alive = await client.get("/livez")
        started = await client.get("/startupz")
        metrics = await client.get("/metrics")

    assert ready.json() == {"ready": not failing, "failing": failing}
    assert ready.status_code == (503 if failing else 200)
    assert alive.status_code == 200
    assert started.status_code == (503 if "starting" in failing else 200)
    assert "petition_outbox_unsent_facts" in metrics.text


async def test_a_call_carries_the_service_token_and_fails_in_one_way() -> None:
    key = Ed25519PrivateKey.generate()
    verifier = Verifier({"service-intake": key.public_key()}, "vault")
    app = FastAPI()

    @app.post("/ok")
    async def ok(request: Request) -> dict[str, str | None]:
        who = verifier.subject(request.headers["authorization"])
        return {"who": who.id, "key": request.headers.get("idempotency-key")}

    async with Caller("http://vault", key, "intake", "vault", httpx.ASGITransport(app)) as caller:
        assert await caller.post("/ok", {"a": 1}, "k-1") == {"who": "service-intake", "key": "k-1"}
        with pytest.raises(CallFailed) as refused:
            await caller.get("/nowhere")
    assert refused.value.status == 404

    def cut(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("")

    async with Caller("http://vault", key, "intake", "vault", httpx.MockTransport(cut)) as caller:
        with pytest.raises(CallFailed) as unknown:
            await caller.get("/ok")
    assert unknown.value.status is None
