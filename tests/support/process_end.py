"""How a test ends a process it started."""

import subprocess
from typing import Any

WITHIN_SECONDS = 40.0


def end(process: "subprocess.Popen[Any]") -> None:
    """Ask it to stop, and kill it when it does not in time."""
    process.terminate()
    try:
        process.wait(WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
