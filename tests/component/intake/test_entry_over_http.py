"""Reports at the entry desk over HTTP: the gate, the second person, numbers, who may read."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.chassis.calendar import local_day
from services.chassis.database import Pool, open_pool
from services.intake.adapters.directory_store import PostgresEntries
from services.intake.main import serving
from services.intake.settings import IntakeSettings
from tests.support import entry_desk
from tests.support.installation import Installation, client_of
from tests.support.platform import Platform

pytestmark = pytest.mark.component
ORGAN = "520000"
TODAY = local_day(datetime.now(UTC))
COUNT_ROWS = """
    SELECT (SELECT count(*) FROM business.report) + (SELECT count(*) FROM business.party)
         + (SELECT count(*) FROM business.receipt) + (SELECT count(*) FROM mechanism.outbox)
         + (SELECT count(*) FROM mechanism.idempotency) + (SELECT count(*) FROM mechanism.audit_event)
"""


def organ_state() -> dict[str, object]:
    return {"level": "PROVINCE", "region": ORGAN, "areas": ["52"], "name": "虚构", "synthetic": True}


@dataclass
class Door:
    """The api of intake, and the pool of its worker to look at what stands."""

    installation: Installation
    client: httpx.AsyncClient
    pool: Pool

    def who(self, person: str, *roles: str) -> dict[str, str]:
        return self.installation.staff("intake", *roles, sub=person, organ=ORGAN, seats=(f"{person}-seat",))

    async def post(
        self, path: str, who: dict[str, str], body: Any = None, version: int | None = None, key: str = ""
    ) -> httpx.Response:
        headers = {**who, "Idempotency-Key": key or secrets.token_hex(8)}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return await self.client.post(f"/intake/v1{path}", headers=headers, json={} if body is None else body)

    async def entered(self, **given: Any) -> str:
        answer = await self.post("/reports", self.who("clerk-1", "petition-clerk"), entry(**given))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["report_id"])


def entry(**given: Any) -> dict[str, Any]:
    return entry_desk.entry(**{"parties": [entry_desk.party(authority="PROVINCIAL", region=ORGAN)], **given})


@pytest.fixture
async def door(platform: Platform, tmp_path: Path) -> AsyncIterator[Door]:
    name = await platform.database("intake")
    installation = Installation.make(tmp_path, ("intake",))
    pool = await open_pool(platform.dsn(name, "intake", "worker"), application="test")
    async with pool.acquire() as connection, connection.transaction():
        entries = PostgresEntries(connection)
        await entries.put("ORGAN", ORGAN, ORGAN, organ_state(), date(2001, 1, 1))
        await entries.put("PERSON", "clerk-9", None, {"authority": "GRASSROOTS"}, date(2001, 1, 1))
    dsn = platform.dsn(name, "intake", "api")
    away = "http://127.0.0.1:9"
    settings = IntakeSettings(
        **installation.settings("intake", dsn, vault_url=away, reception_url=away, pool_size=8)
    )
    async with serving(settings) as served, client_of(served.app) as client:
        yield Door(installation, client, pool)
    await pool.close()


async def test_a_yes_at_the_gate_leaves_no_row_and_no_byte_in_the_write_ahead_log(door: Door) -> None:
    clerk, body = (
        door.who("clerk-1", "petition-clerk"),
        {"superior_level": True, "content": {"text": "金丝雀"}},
    )
    rows, moves = await door.pool.fetchval(COUNT_ROWS), []

    for _ in range(8):  # others write to this server too; a write of ours would move the log every time
        before = await door.pool.fetchval("SELECT pg_current_wal_insert_lsn()")
        answer = await door.post("/reports", clerk, body)
        moves.append(await door.pool.fetchval("SELECT pg_current_wal_insert_lsn()") != before)

    assert answer.status_code == 200
    assert "径送" in answer.json()["instruction_zh"]
    assert not all(moves)
    assert await door.pool.fetchval(COUNT_ROWS) == rows


@pytest.mark.parametrize("more", [{"authority": "CENTRAL"}, {"post": "省委书记"}])
async def test_a_no_with_a_party_managed_above_is_refused_and_nothing_is_written(
    door: Door, more: dict[str, str]
) -> None:
    rows = await door.pool.fetchval(COUNT_ROWS)
    party = {"party_type": "PERSON", "name": "贺兰舟", "region": ORGAN, **more}

    answer = await door.post("/reports", door.who("clerk-1", "petition-clerk"), entry(parties=[party]))

    assert (answer.status_code, answer.json()["code"]) == (422, "superior-level-party")
    assert "贺兰舟" not in answer.text
    assert await door.pool.fetchval(COUNT_ROWS) == rows


async def test_a_report_goes_from_draft_to_confirmed_only_by_a_second_person(door: Door) -> None:
    report = await door.entered()
    first, second = door.who("clerk-1", "petition-clerk"), door.who("clerk-2", "petition-clerk")
    assert (await door.post(f"/reports/{report}/complete", first, version=1)).status_code == 200

    refused = await door.post(f"/reports/{report}/check", first, version=2)
    checked = await door.post(f"/reports/{report}/check", second, version=2)
    stale = await door.post(f"/reports/{report}/confirm", door.who("head-1", "petition-head"), version=2)
    confirmed = await door.post(f"/reports/{report}/confirm", door.who("head-1", "petition-head"), version=3)

    assert (refused.status_code, refused.json()["code"]) == (422, "second-person-needed")
    assert [checked.status_code, stale.status_code, confirmed.status_code] == [200, 412, 200]
    said = await door.pool.fetch("SELECT type FROM mechanism.outbox WHERE key = $1 ORDER BY position", report)
    assert [row["type"] for row in said] == ["intake.report-registered.v1", "intake.report-classified.v1"]


async def test_whoever_is_named_as_a_party_sees_nothing_from_the_next_read_on(door: Door) -> None:
    report = await door.entered()
    named, head = door.who("clerk-9", "petition-clerk"), door.who("head-1", "petition-head")
    before = await door.client.get(f"/intake/v1/reports/{report}", headers=named)
    party = {"party_type": "PERSON", "authority": "GRASSROOTS", "region": ORGAN, "persons": ["clerk-9"]}

    added = await door.post(f"/reports/{report}/parties", door.who("clerk-1", "petition-clerk"), party, 1)
    after = await door.client.get(f"/intake/v1/reports/{report}", headers=named)
    unknown = await door.client.get(f"/intake/v1/reports/{uuid4()}", headers=named)

    assert (before.status_code, added.status_code) == (200, 200)
    assert (after.status_code, after.content) == (404, unknown.content)
    assert (await door.client.get(f"/intake/v1/reports/{report}", headers=head)).status_code == 200


async def test_content_is_read_only_with_a_reason_and_the_reading_is_recorded(door: Door) -> None:
    report = await door.entered()
    clerk = door.who("clerk-1", "petition-clerk")
    path = f"/intake/v1/reports/{report}/content"

    without = await door.client.get(path, headers=clerk)
    read = await door.client.get(path, headers={**clerk, "X-Reason": "checking the summary"})

    assert without.status_code == 422
    assert read.json()["text"].startswith("反映某单位")
    recorded = "SELECT count(*) FROM mechanism.audit_event WHERE action = 'content-read' AND entity_id = $1"
    assert await door.pool.fetchval(recorded, report) == 1


async def test_no_text_and_no_name_lies_in_a_row(door: Door) -> None:
    report = await door.entered()

    tables = await door.pool.fetch(
        "SELECT tablename FROM pg_tables WHERE schemaname IN ('business', 'mechanism')"
    )
    for table in tables:
        schema = (
            "business" if table["tablename"] not in {"outbox", "audit_event", "idempotency"} else "mechanism"
        )
        try:
            rows = await door.pool.fetch(f"SELECT t::text AS line FROM {schema}.{table['tablename']} t")
        except asyncpg.UndefinedTableError:
            continue
        for row in rows:
            assert "贺兰舟" not in row["line"]
            assert "违规发放补贴" not in row["line"]
            assert "贺兰舟".encode().hex() not in row["line"]
    assert report
