"""The superior-level gate answered with yes, canaries in all that was sent along."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from tests.end_to_end.canaries.planting import Planter
from tests.end_to_end.canaries.traces import Ground

TOUCHED = ("intake", "reception", "vault")
DOORS = (
    "POST /intake/v1/reports",
    "POST /reception/v1/walk-ins",
    "POST /reception/v1/sessions/{session_id}/bookings",
)
"""Where whole forms are sent; the gate's question stands in each."""


@dataclass(frozen=True, slots=True)
class Yes:
    """How often yes was said and the instruction given; the rows of every table before and after."""

    asked: int
    instructed: int
    before: Mapping[str, int]
    after: Mapping[str, int]


async def say_yes(planter: Planter, ground: Ground) -> Yes:
    """Say yes at every door, with a form full of content that was never sent before."""
    before = await ground.counts(TOUCHED)
    answers = [_sent(planter, door) for door in DOORS]
    instructed = sum(answer.is_success and b"instruction_zh" in answer.read() for answer in answers)
    return Yes(len(DOORS), instructed, before, await ground.counts(TOUCHED))


def _sent(planter: Planter, door: str) -> httpx.Response:
    taken = planter.taken[door]
    body = {**planter.fill(taken.operation, taken.body), "superior_level": True}
    headers = {n: v for n, v in taken.headers.items() if n in {"authorization", "content-type"}}
    headers["idempotency-key"] = str(uuid.uuid4())
    content = json.dumps(body, ensure_ascii=False).encode()
    return planter.way.handle_request(
        httpx.Request(taken.operation.method, taken.url, headers=headers, content=content)
    )
