"""What a log line may hold: an allow-list of keys, constant event names, and values that are codes.

A text somebody wrote, the arguments of an exception and the detail of a database error never pass.
Why not a library: the usual formatters begin with the whole message and take away; this one begins with
nothing and adds what is named here.
"""

import logging
import re
import traceback
from datetime import UTC, datetime

ALLOWED = (
    "job", "cause", "consumer", "topic", "partition", "event_id", "rule", "kind", "organ", "entity",
    "entity_id", "status", "method", "route", "count", "seconds", "attempt", "version", "permission", "file",
    "row", "total", "register", "service",
)  # fmt: skip
SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+){0,9}")
CODE = re.compile(r"[A-Za-z0-9 ._:/+@-]{0,120}")
OURS = ("services.", "deploy.", "__main__")


def allowed(record: logging.LogRecord) -> dict[str, object]:
    """What may be printed of a record, as one flat object."""
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    line: dict[str, object] = {
        "at": at.replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "event": _event(record),
        "logger": _value(record.name),
    }
    line |= {name: _value(record.__dict__[name]) for name in ALLOWED if name in record.__dict__}
    if record.exc_info and record.exc_info[1] is not None:
        line |= {"cause": type(record.exc_info[1]).__name__, "where": _where(record.exc_info[1])}
    return line


def _event(record: logging.LogRecord) -> str:
    """Our slugs as they are; of a library the constant template, if it has arguments to keep apart."""
    name = str(record.msg)
    if SLUG.fullmatch(name):
        return name
    if record.args and not record.name.startswith(OURS):
        return re.sub(r"[^A-Za-z0-9 %._-]", " ", name)[:120]
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
