"""The vault on the real PostgreSQL: kept sealed, confirmed, erased, and for two callers only."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
import pytest_asyncio

from services.chassis.security.sealing import KeyProvider, SealBroken, Sealer
from services.vault.main import serving
from services.vault.settings import VaultSettings
from tests.support.installation import Installation, client_of
from tests.support.platform import Platform

pytestmark = pytest.mark.component
PATH = "/vault/v1/identities"


@dataclass(frozen=True, slots=True)
class Vault:
    """A running vault, who may call it, and the database from above."""

    http: httpx.AsyncClient
    install: Installation
    database: str
    platform: Platform

    def as_(self, service: str) -> dict[str, str]:
        return self.install.service("vault", service)

    async def keep(self, service: str = "intake", **fields: str) -> str:
        answer = await self.http.post(PATH, json=fields, headers=self.as_(service))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["reporter_ref"])

    async def rows(self, sql: str, *arguments: object) -> list[Any]:
        connection = await asyncpg.connect(self.platform.server.dsn(self.database))
        try:
            return list(await connection.fetch(sql, *arguments))
        finally:
            await connection.close()


@pytest_asyncio.fixture
async def vault(platform: Platform, tmp_path: Path) -> AsyncIterator[Vault]:
    install = Installation.make(tmp_path, ("vault", "intake", "reception", "review", "referral"))
    database = await platform.database("vault")
    settings = VaultSettings(**install.settings("vault", platform.dsn(database, "vault", "api")))
    async with serving(settings) as served, client_of(served.app) as http:
        served.health.started = True
        assert await served.health.failing() == []
        yield Vault(http, install, database, platform)


async def state_of(vault: Vault, reference: str) -> str:
    (row,) = await vault.rows("SELECT state FROM business.identity WHERE reporter_ref = $1", UUID(reference))
    return str(row["state"])


async def test_an_identity_is_kept_pending_and_lies_nowhere_in_clear(vault: Vault) -> None:
    canary = {
        field: f"canary{secrets.token_hex(8)}"
        for field in ("name", "unit_name", "id_no", "phone", "address", "political_status", "safe_contact")
    }

    reference = await vault.keep(**canary)

    assert await state_of(vault, reference) == "PENDING"
    tables = await vault.rows(
        "SELECT table_schema || '.' || table_name AS name FROM information_schema.tables "
        "WHERE table_schema IN ('business', 'mechanism', 'public') AND table_type = 'BASE TABLE'"
    )
    for table in tables:
        for row in await vault.rows(f"SELECT t::text AS whole FROM {table['name']} t"):
            assert not [word for word in canary.values() if word in row["whole"]]
            assert not [word for word in canary.values() if word.encode().hex() in row["whole"]]


async def test_a_thousand_lengths_lie_in_few_buckets(vault: Vault) -> None:
    await asyncio.gather(*(vault.keep(name="甲" * length) for length in range(1, 60, 7)))

    sizes = await vault.rows("SELECT DISTINCT length(sealed) FROM business.identity")

    assert len(sizes) <= 2


async def test_a_register_s_identities_come_at_once_and_in_order(vault: Vault) -> None:
    names = [f"样例{number}" for number in range(500)]

    answer = await vault.http.post(
        f"{PATH}/batch", json={"identities": [{"name": n} for n in names]}, headers=vault.as_("intake")
    )

    references = answer.json()["reporter_refs"]
    sealer = Sealer(KeyProvider(vault.install.folder / "keys"), "A1", "vault")
    rows = await vault.rows("SELECT reporter_ref, sealed FROM business.identity")
    kept = {str(row["reporter_ref"]): row["sealed"] for row in rows}
    opened = [sealer.open(kept[r], table="business.identity", column="sealed", row=r) for r in references]
    assert answer.status_code == 201
    assert opened == [f'{{"name":"{name}"}}' for name in names]


async def test_confirming_is_done_once_and_may_be_repeated(vault: Vault) -> None:
    reference = await vault.keep(name="甲")

    answers = [
        await vault.http.post(f"{PATH}/{reference}/confirm", headers=vault.as_("intake")) for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert await state_of(vault, reference) == "CONFIRMED"


async def test_pending_shows_the_caller_s_own_and_none_that_is_young(vault: Vault) -> None:
    mine, other = await vault.keep(name="甲"), await vault.keep("reception", name="乙")
    confirmed = await vault.keep(name="丙")
    await vault.http.post(f"{PATH}/{confirmed}/confirm", headers=vault.as_("intake"))

    async def pending(service: str, seconds: int) -> list[str]:
        answer = await vault.http.get(
            f"{PATH}/pending?older_than_seconds={seconds}", headers=vault.as_(service)
        )
        return list(answer.json()["refs"])

    assert await pending("intake", 0) == [mine]
    assert await pending("reception", 0) == [other]
    assert await pending("intake", 86_400) == []


async def test_erasing_destroys_key_and_text_and_may_be_repeated(vault: Vault) -> None:
    reference = await vault.keep(name="甲")

    answers = [await vault.http.delete(f"{PATH}/{reference}", headers=vault.as_("intake")) for _ in range(2)]

    (row,) = await vault.rows("SELECT state, sealed FROM business.identity")
    late = await vault.http.post(f"{PATH}/{reference}/confirm", headers=vault.as_("intake"))
    assert [answer.status_code for answer in answers] == [204, 204]
    assert (row["state"], row["sealed"]) == ("ERASED", None)
    assert (late.status_code, late.json()["code"]) == (409, "identity-erased")


async def test_what_a_report_names_is_not_erased(vault: Vault) -> None:
    reference = await vault.keep(name="甲")
    await vault.http.post(f"{PATH}/{reference}/confirm", headers=vault.as_("intake"))

    answer = await vault.http.delete(f"{PATH}/{reference}", headers=vault.as_("intake"))

    assert (answer.status_code, answer.json()["code"]) == (409, "identity-confirmed")
    assert await state_of(vault, reference) == "CONFIRMED"


async def test_every_act_leaves_one_record_and_a_repetition_none(vault: Vault) -> None:
    first, second = await vault.keep(name="甲"), await vault.keep(name="乙")
    for _ in range(2):
        await vault.http.post(f"{PATH}/{first}/confirm", headers=vault.as_("intake"))
        await vault.http.delete(f"{PATH}/{second}", headers=vault.as_("intake"))

    trail = await vault.rows("SELECT subject, action, entity_id FROM mechanism.audit_event ORDER BY id")

    assert [(r["subject"], r["action"], r["entity_id"]) for r in trail] == [
        ("service-intake", "identity-kept", first),
        ("service-intake", "identity-kept", second),
        ("service-intake", "identity-confirmed", first),
        ("service-intake", "identity-erased", second),
    ]


async def test_another_keeper_s_reference_is_as_unknown_as_none(vault: Vault) -> None:
    reference = await vault.keep(name="甲")

    answers = [
        await vault.http.request(method, path, headers=vault.as_("reception"))
        for method, path in [
            ("POST", f"{PATH}/{reference}/confirm"),
            ("DELETE", f"{PATH}/{reference}"),
            ("POST", f"{PATH}/{uuid4()}/confirm"),
            ("DELETE", f"{PATH}/not-a-reference"),
        ]
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert await state_of(vault, reference) == "PENDING"


@pytest.mark.parametrize("caller", ["review", "referral"])
async def test_other_services_are_turned_away_and_it_is_noted(vault: Vault, caller: str) -> None:
    answer = await vault.http.post(PATH, json={"name": "甲"}, headers=vault.as_(caller))

    trail = await vault.rows("SELECT subject, action FROM mechanism.audit_event")
    assert answer.status_code == 403
    assert [tuple(r) for r in trail] == [(f"service-{caller}", "access-denied")]
    assert await vault.rows("SELECT 1 FROM business.identity") == []


@pytest.mark.parametrize("role", ["petition-head", "chief", "administrator", "auditor", "importer"])
async def test_no_officer_is_let_in(vault: Vault, role: str) -> None:
    reference = await vault.keep(name="甲")
    headers = vault.install.staff("vault", role)

    answers = [
        await vault.http.post(PATH, json={"name": "乙"}, headers=headers),
        await vault.http.get(f"{PATH}/pending?older_than_seconds=0", headers=headers),
        await vault.http.delete(f"{PATH}/{reference}", headers=headers),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert await state_of(vault, reference) == "PENDING"


async def test_without_a_token_of_ours_nobody_is_known(vault: Vault) -> None:
    wrong = vault.install.service("intake", "intake")

    answers = [await vault.http.post(PATH, json={"name": "甲"}, headers=h) for h in ({}, wrong)]

    assert [answer.status_code for answer in answers] == [401, 401]


async def test_a_refused_body_is_not_echoed(vault: Vault) -> None:
    answer = await vault.http.post(
        PATH, json={"name": "甲", "secret-word": "canary-value"}, headers=vault.as_("intake")
    )

    assert answer.status_code == 422
    assert "canary" not in answer.text
    assert "secret-word" not in answer.text


async def test_sealed_values_swapped_between_rows_do_not_open(vault: Vault) -> None:
    first, second = await vault.keep(name="甲"), await vault.keep(name="乙")
    rows = await vault.rows("SELECT reporter_ref, sealed FROM business.identity")
    sealed = {str(row["reporter_ref"]): row["sealed"] for row in rows}
    keys = KeyProvider(vault.install.folder / "keys")
    sealer = Sealer(keys, "A1", "vault")

    assert sealer.open(sealed[first], table="business.identity", column="sealed", row=first)
    with pytest.raises(SealBroken):
        sealer.open(sealed[first], table="business.identity", column="sealed", row=second)
    with pytest.raises(SealBroken):
        sealer.open(sealed[first], table="business.other", column="sealed", row=first)
    with pytest.raises(SealBroken):
        Sealer(keys, "A1", "intake").open(
            sealed[first], table="business.identity", column="sealed", row=first
        )
    for place in range(len(sealed[first])):
        damaged = bytearray(sealed[first])
        damaged[place] ^= 1
        with pytest.raises(SealBroken):
            sealer.open(bytes(damaged), table="business.identity", column="sealed", row=first)


async def test_the_service_s_own_role_can_neither_read_the_sealed_nor_see_without_a_subject(
    vault: Vault,
) -> None:
    await vault.keep(name="甲")
    connection = await asyncpg.connect(vault.platform.dsn(vault.database, "vault", "api"))
    try:
        assert await connection.fetch("SELECT reporter_ref FROM business.identity") == []
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT sealed FROM business.identity")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("DELETE FROM business.identity")
    finally:
        await connection.close()
