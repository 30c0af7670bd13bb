"""The parts of an uploaded form, taken apart in memory.

Why not a library: the framework's own parser lets a part above 1 MB lie on the disk, in clear.
"""

import re
from collections.abc import Mapping

from services.chassis.problems import Problem

BOUNDARY = re.compile(r"""boundary=(?:"([^"\r\n]{1,70})"|([0-9A-Za-z'()+_,\-./:=?]{1,70}))(?:;|$)""")
PART_NAME = re.compile(r'form-data\s*;(?:.*;)?\s*name="([a-z_]{1,40})"', re.IGNORECASE)
MOST_PARTS = 10
LARGEST_HEADERS = 2048


def malformed() -> Problem:
    """400: what came is no form of ours."""
    return Problem(400, "malformed", "请求格式错误", "The request is malformed")


def form_parts(content_type: str, body: bytes) -> Mapping[str, bytes]:
    """The parts of a ``multipart/form-data`` body by name.

    Raises Problem: 415 for another type, 400 for a form that is broken or has a part twice.
    """
    kind, _, parameters = content_type.partition(";")
    if kind.strip().lower() != "multipart/form-data":
        raise Problem(415, "not-form-type", "请求须为 multipart/form-data", "Send multipart/form-data")
    named = BOUNDARY.search(parameters.strip())
    if named is None:
        raise malformed()
    delimiter = b"\r\n--" + (named[1] or named[2]).encode("ascii", "replace")
    pieces = (b"\r\n" + body).split(delimiter)
    if len(pieces) < 3 or len(pieces) > MOST_PARTS + 2 or not pieces[-1].startswith(b"--"):
        raise malformed()
    parts: dict[str, bytes] = {}
    for piece in pieces[1:-1]:
        name, content = _part(piece)
        if name in parts:
            raise malformed()
        parts[name] = content
    return parts


def _part(piece: bytes) -> tuple[str, bytes]:
    head, found, content = piece.partition(b"\r\n\r\n")
    if not found or not head.startswith(b"\r\n") or len(head) > LARGEST_HEADERS:
        raise malformed()
    for line in head[2:].split(b"\r\n"):
        field, _, value = line.decode("utf-8", "replace").partition(":")
        if field.strip().lower() == "content-disposition":
            name = PART_NAME.search(value.strip())
            if name:
                return name[1], content
    raise malformed()
