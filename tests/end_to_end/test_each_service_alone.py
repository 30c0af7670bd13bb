"""Every service starts with nothing on disk but the chassis, itself and the reference data."""

import asyncio
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local.probes import answers
from deploy.local.processes import CALLS, KINDS, WITH_KAFKA
from deploy.topics import read_topics
from tests.architecture.tree import HOUSES, ROOT
from tests.support.eventually import eventually
from tests.support.installation import STAFF_KID, Installation
from tests.support.platform import Platform, free_port
from tests.support.process_end import end

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(240)]
NOWHERE = "http://127.0.0.1:9"
"""Where another service would answer; none has to for a start."""
READY_WITHIN_SECONDS = 180.0
LEFT_OUT = shutil.ignore_patterns("__pycache__")


def alone(service: str, folder: Path) -> Path:
    """A tree of the chassis, one service and the reference data; nothing else of ours."""
    services = folder / "alone" / "services"
    services.mkdir(parents=True)
    shutil.copy(ROOT / "services" / "__init__.py", services)
    for part in ("chassis", service):
        shutil.copytree(ROOT / "services" / part, services / part, ignore=LEFT_OUT)
    shutil.copytree(ROOT / "contracts" / "reference", folder / "alone" / "contracts" / "reference")
    return folder / "alone"


def environ_of(
    tree: Path, service: str, given: Mapping[str, object], installation: Installation
) -> dict[str, str]:
    """The environment of one process: its settings, and no other way to a module than the tree."""
    named = {**given, "reference_folder": tree / "contracts" / "reference"}
    named |= {f"{other}_url": NOWHERE for other in CALLS.get(service, ())}
    if service == "console":
        named |= {"staff_key_file": installation.folder / f"{STAFF_KID}.pem"}
    prefix = f"DENGWEN_{service.upper()}_"
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tree),
        "PYTHONPATH": str(tree),
        "PYTHONDONTWRITEBYTECODE": "1",
        "DENGWEN_TEST": "1",
        **{prefix + name.upper(): str(value) for name, value in named.items()},
    }


@contextmanager
def started(
    tree: Path, service: str, kind: str, environ: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """One process of a service, as long as the block lasts; what it says goes into a file beside the tree."""
    with (tree.parent / f"{kind}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", f"services.{service}.main", kind],
            cwd=tree, env=dict(environ), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            yield process
        finally:
            end(process)


async def settings_of(platform: Platform, service: str, tree: Path) -> tuple[Installation, dict[str, object]]:
    """The settings of a service on the test's broker and a database of its own, with topics of its own."""
    installation = Installation.make(tree.parent, (service,))
    database = await platform.database(service)
    given: dict[str, object] = installation.settings(service, "")
    given["database"] = database
    if service in WITH_KAFKA:
        prefix, broker = f"t{secrets.token_hex(4)}.", platform.broker("")
        mine = [t.name for t in read_topics() if service in {t.owner, *t.readers}]
        await asyncio.to_thread(platform.make_topics, [prefix + name for name in mine])
        given |= {
            "kafka_bootstrap": broker.bootstrap,
            "kafka_username": broker.username,
            "kafka_password": broker.password,
            "kafka_prefix": prefix,
        }
    return installation, given


def test_the_list_of_services_is_whole() -> None:
    assert set(KINDS) == set(HOUSES)


@pytest.mark.parametrize(
    ("service", "kind"), [(name, kind) for name, kinds in KINDS.items() for kind in kinds]
)
async def test_a_service_is_ready_with_only_the_chassis_and_the_reference_data_beside_it(
    platform: Platform, tmp_path: Path, service: str, kind: str
) -> None:
    tree = alone(service, tmp_path)
    installation, given = await settings_of(platform, service, tree)
    port = free_port()
    login = "api" if kind == "api" else "worker"
    given["database_dsn"] = platform.dsn(str(given.pop("database")), service, login)
    environ = environ_of(tree, service, {**given, "operations_port": port}, installation)

    with started(tree, service, kind, environ) as process:

        async def ready_or_gone() -> bool:
            return process.poll() is not None or await answers(port)

        await eventually(ready_or_gone, READY_WITHIN_SECONDS)
        assert process.poll() is None, (tmp_path / f"{kind}.log").read_text()[-2000:]

    assert process.returncode == 0


@pytest.mark.parametrize("service", HOUSES)
def test_nothing_else_of_ours_can_be_reached_from_there(tmp_path: Path, service: str) -> None:
    tree = alone(service, tmp_path)
    others = [f"services.{other}" for other in HOUSES if other != service]
    look = "import importlib.util as u, sys; sys.exit([n for n in sys.argv[1:] if u.find_spec(n)] or 0)"

    done = subprocess.run(
        [sys.executable, "-c", look, *others, "deploy", "tests"],
        cwd=tree, env={"PATH": os.environ["PATH"], "PYTHONPATH": str(tree)}, capture_output=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, b"")
