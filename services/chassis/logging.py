"""Logs: one JSON object a line on standard output, through an allow-list.

Code writes ``logging.getLogger(__name__).warning("constant-slug", extra={…})``; what of it is printed
is decided in ``security.redaction``.
"""

import logging
import sys

import orjson

from services.chassis.security.redaction import allowed

QUIET = (
    "aiokafka",
    "asyncio",
    "httpx",
    "httpcore",
    "uvicorn",
    "uvicorn.access",
    "uvicorn.error",
    "faust",
    "mode",
)


class Lines(logging.Formatter):
    """Prints what is allowed of a record, and which process said it."""

    def __init__(self, service: str, process: str) -> None:
        super().__init__()
        self._said_by = {"service": service, "process": process}

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        return orjson.dumps(allowed(record) | self._said_by).decode()


def configure(service: str, process: str, level: str = "INFO") -> None:
    """Send every logger of this process through the allow-list; ``process`` is api, worker or stream."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(Lines(service, process))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        library = logging.getLogger(name)
        library.handlers[:], library.propagate = [], True
        library.setLevel(logging.WARNING)
