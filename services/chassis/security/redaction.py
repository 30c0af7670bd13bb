"""What a log line may hold: an allow-list of keys, constant event names, and values that are codes.

A text somebody wrote, the arguments of an exception and the detail of a database error never pass.
"""

import re
import traceback
from collections.abc import MutableMapping
from typing import Any

ALLOWED = frozenset(
    {
        "at", "level", "event", "logger", "service", "process", "job", "cause", "consumer", "topic",
        "partition", "event_id", "rule", "kind", "organ", "entity", "entity_id", "status", "method", "route",
        "count", "seconds", "attempt", "version", "permission", "where", "file", "row", "total", "register",
    }
)  # fmt: skip
SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+){0,9}")
CODE = re.compile(r"[A-Za-z0-9 ._:/+@-]{0,120}")
OURS = ("services.", "deploy.", "__main__")


def redact(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep what is allowed, as a processor of structlog; whatever is left out is counted in ``dropped``."""
    kept: dict[str, Any] = {name: _value(value) for name, value in line.items() if name in ALLOWED}
    dropped = sorted(set(line) - set(kept) - {"_record", "_from_structlog", "exc_info", "stack_info"})
    kept["event"] = _event(line)
    if dropped:
        kept["dropped"] = len(dropped)
    error = line.get("exc_info")
    if isinstance(error, tuple) and isinstance(error[1], BaseException):
        kept["cause"], kept["where"] = type(error[1]).__name__, _where(error[1])
    return kept


def _event(line: MutableMapping[str, Any]) -> str:
    name, record = str(line.get("event", "")), line.get("_record")
    if SLUG.fullmatch(name):
        return name
    if record is not None and record.args and not record.name.startswith(OURS):
        return re.sub(r"[^A-Za-z0-9 %._-]", " ", str(record.msg))[:120]
    return "unlisted-event"


def _value(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    return text if CODE.fullmatch(text) else "[redacted]"


def _where(error: BaseException) -> str:
    """The innermost line of ours that the error passed; module and number, no text."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if "/services/" in frame.filename:
            return f"{frame.filename.rpartition('/services/')[2]}:{frame.lineno}"
    return "-"
