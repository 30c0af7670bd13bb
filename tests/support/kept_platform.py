"""One test platform for several test runs, which save its start; none where one is named already."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMED = "DENGWEN_TEST_PLATFORM"
STARTS_WITHIN_SECONDS = 180.0


@contextmanager
def kept_platform() -> Iterator[dict[str, str]]:
    """What a test run must find in its environment to use the platform; it is gone with the block.

    Raises AssertionError when the platform does not start.
    """
    if NAMED in os.environ:
        yield {NAMED: os.environ[NAMED]}
        return
    with tempfile.TemporaryDirectory(prefix="dengwen-kept-") as folder:
        file = Path(folder) / "platform.json"
        process = subprocess.Popen([sys.executable, "-m", "tests.support.platform", str(file)], cwd=ROOT)
        try:
            _await(file, process)
            yield {NAMED: str(file)}
        finally:
            process.terminate()
            process.wait(60)


def _await(file: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while True:
        try:
            json.loads(file.read_text("utf-8"))
        except (OSError, ValueError):
            assert process.poll() is None, "the test platform ended before it had started"
            assert time.monotonic() < deadline, "the test platform did not start"
            time.sleep(0.1)
        else:
            return
