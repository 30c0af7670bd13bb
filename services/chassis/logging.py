"""Logs: one JSON object a line on standard output, through an allow-list.

Code writes ``logging.getLogger(__name__).warning("constant-slug", extra={…})``; this module decides
what of it is printed. Of a library's message the constant template is kept, never its arguments.
"""

import logging
import sys

import orjson
import structlog

from services.chassis.security.redaction import ALLOWED, redact

QUIET = ("aiokafka", "asyncio", "httpx", "httpcore", "uvicorn.access", "uvicorn.error", "faust", "mode")


def configure(service: str, process: str, level: str = "INFO") -> None:
    """Send every logger of this process through the allow-list; ``process`` is api, worker or stream."""

    def name_process(_: object, __: str, line: structlog.types.EventDict) -> structlog.types.EventDict:
        return {**line, "service": service, "process": process}

    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.ExtraAdder(allow=ALLOWED),
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        ],
        processors=[
            name_process,
            redact,
            structlog.processors.JSONRenderer(serializer=lambda line, **_: orjson.dumps(line).decode()),
        ],
        keep_exc_info=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        library = logging.getLogger(name)
        library.handlers[:], library.propagate = [], True
        library.setLevel(logging.WARNING)
