"""One reception service on its own database, with the real vault beside it and a clock a test sets."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.chassis.audit import AuditTrail
from services.chassis.calling import Caller
from services.chassis.database import Pool, open_pool, transaction
from services.chassis.outbox import Outbox
from services.chassis.security.permissions import Permissions
from services.chassis.security.sealing import KeyProvider, Sealer
from services.chassis.security.tokens import Verifier, load_private
from services.reception.adapters.http import reception_app
from services.reception.adapters.http_desk import Counter
from services.reception.adapters.identity_keeper import IdentityKeeper, NamedIdentities
from services.reception.adapters.published_events import publish
from services.reception.adapters.rule_files import read_rules
from services.reception.adapters.work import PostgresUnit, Works
from services.reception.main import ROLES
from services.vault.main import serving as vault_serving
from services.vault.settings import VaultSettings
from tests.support.installation import REFERENCE, Installation, client_of
from tests.support.link import Link
from tests.support.platform import Platform

ORGAN, ABOVE, OTHER = "520100", "520000", "520200"
TODAY = date(2026, 3, 16)
NOON = datetime(2026, 3, 16, 4, tzinfo=UTC)
PEOPLE = {
    "clerk": "receptionist",
    "head": "petition-head",
    "deputy": "deputy-in-charge",
    "leader": "leader",
    "second": "leader",
    "recorder": "receptionist",
}
ENTRIES: list[tuple[str, str, dict[str, Any]]] = [
    ("ORGAN", ABOVE, {"level": "PROVINCE", "superior": None}),
    (
        "ORGAN",
        ORGAN,
        {"level": "PREFECTURE", "superior": ABOVE, "chief_seat": "seat-chief", "deciding_body": ["chief"]},
    ),
    ("ORGAN", OTHER, {"level": "PREFECTURE", "superior": ABOVE}),
    ("UNIT", "petition", {"kind": "DEPARTMENT", "organ": ORGAN, "parent": ORGAN}),
    ("UNIT", "leading", {"kind": "DEPARTMENT", "organ": ORGAN, "parent": ORGAN, "head": "leader"}),
    ("UNIT", "works", {"kind": "HOST_UNIT", "region": ORGAN, "authority": "PREFECTURE", "head": "director"}),
    ("UNIT", "bureau", {"kind": "HOST_UNIT", "region": ABOVE, "authority": "PROVINCIAL"}),
    ("PERSON", "director", {"units": [{"unit": "works", "is_head": True}], "authority": "PREFECTURE"}),
    ("PERSON", "bureau-head", {"units": [], "authority": "PROVINCIAL"}),
    ("PERSON", "chief", {"units": [], "authority": "UNKNOWN"}),
    *(("PERSON", person, {"units": [], "authority": "UNKNOWN"}) for person in PEOPLE),
    ("SEAT", "seat-chief", {"organ": ORGAN, "person": "chief", "post": "CHIEF"}),
    *(
        (
            "SEAT",
            f"seat-{person}",
            {"organ": ORGAN, "person": person, "post": "OFFICER", "unit": "petition"},
        )
        for person in PEOPLE
        if person != "leader"
    ),
    ("SEAT", "seat-leader", {"organ": ORGAN, "person": "leader", "post": "DEPUTY", "unit": "leading"}),
]
STAFF = {"leader_seat": "seat-leader", "recorder_seat": "seat-recorder"}
ROSTER_DAY = {"form": "RECEIVE", "place": "一号接谈室", "duties": "分管信访"}
SORTED = {"superior_level": False, "sort": "IN_SCOPE"}
FORM: dict[str, Any] = {
    "superior_level": False,
    "persons": 1,
    "name_status": "ANONYMOUS",
    "matter": "反映村道硬化工程质量问题",
    "parties": [{"party_type": "PERSON", "person": "director"}],
}


@dataclass(slots=True)
class House:
    """The service with clients for every officer, and what a test may look at from outside."""

    client: httpx.AsyncClient
    installation: Installation
    works: Works
    worker: Pool
    oracle: asyncpg.Connection
    named: NamedIdentities
    keeper: IdentityKeeper
    link: Link
    clock: list[datetime]

    def headers(self, who: str, organ: str = ORGAN, version: int | None = None) -> dict[str, str]:
        found = self.installation.staff(
            "reception", PEOPLE.get(who, "receptionist"), sub=who, organ=organ, seats=(f"seat-{who}",)
        )
        found["Idempotency-Key"] = uuid4().hex
        if version is not None:
            found["If-Match"] = f'"{version}"'
        return found

    async def post(
        self, who: str, path: str, body: object = None, version: int | None = None, **more: str
    ) -> httpx.Response:
        headers = self.headers(who, version=version) | {k.replace("_", "-"): v for k, v in more.items()}
        return await self.client.post(f"/reception/v1{path}", json=body, headers=headers)

    async def persistently(self, who: str, path: str, body: object) -> httpx.Response:
        """A full pool says 503: ask again, with the same key."""
        headers = self.headers(who)
        while True:
            answer = await self.client.post(f"/reception/v1{path}", json=body, headers=headers)
            if answer.status_code != 503:
                return answer

    async def get(self, who: str, path: str, organ: str = ORGAN) -> httpx.Response:
        return await self.client.get(f"/reception/v1{path}", headers=self.headers(who, organ))

    async def done(self, answer: httpx.Response, status: int = 200) -> Any:
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def on_roster(self, *days: date, leader: str = "seat-leader") -> None:
        rows = [{**ROSTER_DAY, "day": day.isoformat(), "leader_seat": leader} for day in days]
        made = await self.done(await self.post("clerk", "/rosters", {"year": 2026, "days": rows}), 201)
        await self.done(await self.post("deputy", f"/rosters/{made['roster_id']}/approve"), 204)

    async def planned(self, day: date, slots: int = 2, leader: str = "seat-leader") -> str:
        await self.on_roster(day, leader=leader)
        body = session_body(day, slots, leader)
        return str((await self.done(await self.post("clerk", "/sessions", body), 201))["session_id"])

    async def published(self, day: date, slots: int = 2) -> str:
        session = await self.planned(day, slots)
        await self.done(await self.post("head", f"/sessions/{session}/publish", version=1))
        return session

    async def walked_in(self, **form: Any) -> tuple[str, int]:
        await self.on_roster(TODAY)
        made = await self.done(await self.post("clerk", "/walk-ins", {**FORM, "staff": STAFF, **form}), 201)
        return made["visit_id"], made["version"]

    async def act(self, who: str, visit: str, path: str, version: int, body: object = None) -> int:
        answer = await self.post(who, f"/visits/{visit}/{path}", body, version)
        return int((await self.done(answer))["version"])

    async def in_talk(self, **form: Any) -> tuple[str, int]:
        visit, version = await self.walked_in(**form)
        version = await self.act("clerk", visit, "points", version, {"points": ["PT04"]})
        version = await self.act("clerk", visit, "sort", version, SORTED)
        version = await self.act("leader", visit, "brief", version)
        return visit, await self.act("leader", visit, "begin", version)

    async def rows(self, sql: str, *arguments: object) -> list[Any]:
        return list(await self.worker.fetch(sql, *arguments))


def session_body(day: date, slots: int, leader: str = "seat-leader") -> dict[str, Any]:
    opens = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
    return {
        "held_on": day.isoformat(),
        "opens_at": opens.isoformat(),
        "closes_at": (opens + timedelta(minutes=10 * slots)).isoformat(),
        "slot_minutes": 10,
        "place": "一号接谈室",
        "form": "RECEIVE",
        "staff": {**STAFF, "leader_seat": leader},
    }


@pytest.fixture
async def house(platform: Platform, tmp_path: Path) -> AsyncIterator[House]:
    """Reception on a database of its own; the directory is told, the clock stands at noon."""
    install = Installation.make(tmp_path, ("vault", "intake", "reception"))
    database, vault_database = await platform.database("reception"), await platform.database("vault")
    keys = KeyProvider(install.folder / "keys")
    api = await open_pool(platform.dsn(database, "reception", "api"), application="test", max_size=10)
    worker = await open_pool(platform.dsn(database, "reception", "worker"), application="test", max_size=4)
    oracle = await asyncpg.connect(platform.dsn(database, "reception", "oracle"))
    works = Works(api, Sealer(keys, "A1", "reception"), read_rules(REFERENCE))
    settings = VaultSettings(**install.settings("vault", platform.dsn(vault_database, "vault", "api")))
    clock = [NOON]
    async with vault_serving(settings) as vault:
        key = load_private(install.folder / "service-reception.pem")
        link = Link(vault.app)
        async with Caller("http://vault", key, "reception", "vault", link) as caller:
            keeper = IdentityKeeper(caller)
            app = reception_app(
                Counter(works, keeper, keys.secret("idempotency"), lambda: clock[0]),
                Verifier.read(install.folder / "tokens.json", "reception"),
                Permissions.read(ROLES),
                api,
            )
            async with transaction(worker) as connection:
                unit = working_unit(works, connection)
                for kind, id_, state in ENTRIES:
                    await unit.entries.put(id_, kind, state, synthetic=True)
            async with client_of(app) as client:
                yield House(
                    client,
                    install,
                    works,
                    worker,
                    oracle,
                    NamedIdentities(worker),
                    keeper,
                    link,
                    clock,
                )
    await oracle.close()
    await worker.close()
    await api.close()


def working_unit(works: Works, connection: Any) -> PostgresUnit:
    """A unit of the worker for a reaction that a test plays."""
    return works.of(connection, Outbox(connection, publish), AuditTrail(connection, "worker"))
