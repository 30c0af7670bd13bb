"""Real processes told to stop: what was begun is finished, nothing begins, the exit says how it went."""

import asyncio
import base64
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from services.chassis.security.sealing import KeyProvider
from tests.support.eventually import eventually
from tests.support.platform import free_port

pytestmark = pytest.mark.component
ROOT = Path(__file__).parents[3]
PROGRAM = """
import asyncio, os, sys
from contextlib import asynccontextmanager
from pathlib import Path
from services.chassis.health import Health
from services.chassis.http import make_app
from services.chassis.lifecycle import Serving, Working, command, run_api, run_worker
from services.chassis.settings import Settings
FOLDER = Path(os.environ["FOLDER"])

@asynccontextmanager
async def serving(settings):
    app = make_app("house", "House", {})
    @app.get("/slow")
    async def slow() -> str:
        (FOLDER / "begun").touch()
        while not (FOLDER / "finish").exists():
            await asyncio.sleep(0.02)
        return "done"
    yield Serving(app, Health({}))
    (FOLDER / "closed").touch()

async def work(stop):
    await stop.wait()
    while not (FOLDER / "finish").exists():
        await asyncio.sleep(0.02)
    (FOLDER / "worked").touch()

async def break_down(stop):
    while not (FOLDER / "break").exists():
        await asyncio.sleep(0.02)
    raise RuntimeError("a text of somebody")

@asynccontextmanager
async def working(settings):
    other = break_down if os.environ["BREAKS"] == "1" else work
    yield Working({"work": work, "other": other}, Health({}))
    (FOLDER / "closed").touch()

settings = lambda: Settings.from_environ("DENGWEN_X_", os.environ)
command({"api": lambda: run_api(settings(), serving), "worker": lambda: run_worker(settings(), working)})
"""


class House:
    """A process of a house made for these tests, and the files by which it is steered."""

    def __init__(self, folder: Path, verb: str, *, breaks: bool = False) -> None:
        self.folder, self.verb = folder, verb
        self.http_port, self.operations_port = free_port(), free_port()
        KeyProvider.make(folder / "keys")
        (folder / "service.pem").touch(0o600)
        (folder / "tokens.json").write_text(json.dumps({"k": base64.b64encode(bytes(32)).decode()}))
        given = {
            "DATABASE_DSN": "postgres://nowhere", "HTTP_PORT": self.http_port, "REFERENCE_FOLDER": folder,
            "OPERATIONS_PORT": self.operations_port, "KEYS_FOLDER": folder / "keys",
            "TOKEN_KEYS_FILE": folder / "tokens.json", "SERVICE_KEY_FILE": folder / "service.pem",
            "READINESS_DRAIN_SECONDS": 0.5, "SHUTDOWN_GRACE_SECONDS": 5,
        }  # fmt: skip
        self.environ = {f"DENGWEN_X_{name}": str(value) for name, value in given.items()}
        self.environ |= {"FOLDER": str(folder), "BREAKS": "1" if breaks else "0", "PATH": os.environ["PATH"]}
        self.process: Process

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", PROGRAM, self.verb, cwd=ROOT, env=self.environ, stdout=PIPE, stderr=PIPE
        )
        await eventually(lambda: self.ready(200))

    async def ready(self, status: int) -> bool:
        async with httpx.AsyncClient(trust_env=False) as client:
            try:
                answer = await client.get(f"http://127.0.0.1:{self.operations_port}/readyz", timeout=2)
            except httpx.TransportError:
                return False
            return answer.status_code == status

    async def has(self, name: str) -> bool:
        return (self.folder / name).exists()

    async def ended(self) -> tuple[int, str]:
        out, err = await asyncio.wait_for(self.process.communicate(), 20)
        return self.process.returncode or 0, (out + err).decode()


@pytest.fixture
async def make(tmp_path: Path) -> AsyncIterator[Callable[..., House]]:
    made: list[House] = []

    def build(verb: str, *, breaks: bool = False) -> House:
        made.append(House(tmp_path, verb, breaks=breaks))
        return made[-1]

    yield build
    for house in made:
        if house.process.returncode is None:
            house.process.kill()
            await house.process.communicate()


async def test_an_api_answers_what_was_begun_after_it_said_that_it_is_not_ready(
    make: Callable[..., House],
) -> None:
    house = make("api")
    await house.start()
    async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
        slow = asyncio.create_task(client.get(f"http://127.0.0.1:{house.http_port}/slow"))
        await eventually(lambda: house.has("begun"))

        house.process.send_signal(signal.SIGTERM)
        await eventually(lambda: house.ready(503))
        during = await client.get(f"http://127.0.0.1:{house.http_port}/nowhere")
        await eventually(lambda: refused(house.http_port))
        assert not await house.has("closed")
        (house.folder / "finish").touch()
        answer = await slow
    code, _ = await house.ended()

    assert (answer.status_code, during.status_code, code) == (200, 404, 0)
    assert await house.has("closed")


async def refused(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return True
    writer.close()
    return False


async def test_a_worker_finishes_the_work_in_hand(make: Callable[..., House]) -> None:
    house = make("worker")
    await house.start()

    house.process.send_signal(signal.SIGTERM)
    await eventually(lambda: house.ready(503))
    assert not await house.has("closed")
    (house.folder / "finish").touch()
    code, _ = await house.ended()

    assert code == 0
    assert await house.has("worked")
    assert await house.has("closed")


async def test_a_second_signal_ends_the_process_at_once(make: Callable[..., House]) -> None:
    house = make("worker")
    await house.start()

    house.process.send_signal(signal.SIGTERM)
    await eventually(lambda: house.ready(503))
    house.process.send_signal(signal.SIGTERM)
    code, _ = await house.ended()

    assert code == 1
    assert not await house.has("closed")


async def test_a_job_that_breaks_ends_the_process_so_that_it_is_started_anew(
    make: Callable[..., House],
) -> None:
    house = make("worker", breaks=True)
    await house.start()

    (house.folder / "finish").touch()
    (house.folder / "break").touch()
    code, said = await house.ended()

    assert code == 1
    assert '"event":"job-failed"' in said
    assert '"cause":"RuntimeError"' in said
    assert "a text of somebody" not in said
    assert await house.has("closed")
