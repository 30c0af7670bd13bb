"""Vault and import in step: every identity named is confirmed there, and what nobody names is erased."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.chassis.calling import Caller, CallFailed
from tests.support.import_office import ImportOffice, import_office
from tests.support.platform import Platform
from tests.support.register_files import TEXT, WRITER, sample_rows, workbook

pytestmark = pytest.mark.component
STATES = "SELECT state, count(*) FROM business.identity GROUP BY 1 ORDER BY 1"
AGE = "UPDATE business.identity SET kept_at = kept_at - interval '25 hours' RETURNING 1"
OPEN = "SELECT count(*) FROM business.pending_identity WHERE confirmed_at IS NULL"
BATCH = "/vault/v1/identities/batch"


@pytest.fixture
async def office(platform: Platform, tmp_path: Path) -> AsyncIterator[ImportOffice]:
    async with import_office(platform, tmp_path) as opened:
        yield opened


async def states(office: ImportOffice) -> dict[str, int]:
    return {row["state"]: row["count"] for row in await office.rows(STATES, service="vault")}


async def confirm_all(office: ImportOffice) -> None:
    while await office.bench.identities().confirm():
        pass


async def test_all_identities_of_a_register_are_confirmed_and_one_that_nobody_names_is_erased(
    office: ImportOffice,
) -> None:
    rows = sample_rows(2807)
    for row in rows[:3]:
        row[WRITER] = ""
    await office.imported(workbook(rows))
    await office.bench.vault.post(BATCH, {"identities": [{"name": "无人提及"}]})
    before = await states(office)

    await confirm_all(office)
    young = await office.bench.identities().erase()
    await office.rows(AGE, service="vault")
    erased = await office.bench.identities().erase()

    assert before == {"PENDING": 2805}
    assert (young, erased) == (0, 1)
    assert await states(office) == {"CONFIRMED": 2804, "ERASED": 1}
    assert await office.value(OPEN) == 0


async def test_what_was_named_but_never_confirmed_is_confirmed_and_not_erased(office: ImportOffice) -> None:
    await office.imported(workbook(sample_rows(40)))
    await office.rows(AGE, service="vault")

    erased = await office.bench.identities().erase()

    assert erased == 0
    assert await states(office) == {"CONFIRMED": 40}
    assert await office.value(OPEN) == 0


async def test_more_than_a_thousand_that_nobody_names_go_in_one_sweep(office: ImportOffice) -> None:
    for start in range(0, 1500, 500):
        names = [{"name": f"样例{number}"} for number in range(start, start + 500)]
        await office.bench.vault.post(BATCH, {"identities": names})
    await office.rows(AGE, service="vault")

    assert await office.bench.identities().erase() == 1500
    assert await states(office) == {"ERASED": 1500}


async def test_an_identity_that_is_gone_does_not_hold_up_the_others(office: ImportOffice) -> None:
    await office.imported(workbook(sample_rows(40)))
    (gone,) = (await office.rows("SELECT reporter_ref FROM business.pending_identity LIMIT 1"))[0]
    await office.bench.vault.delete(f"/vault/v1/identities/{gone}")

    await confirm_all(office)

    assert await states(office) == {"CONFIRMED": 39, "ERASED": 1}
    assert await office.value(OPEN) == 0


class _Failing(Caller):
    """A vault of which every third call is lost on the way back."""

    calls = 0

    def __init__(self, vault: Caller) -> None:
        self._vault = vault

    async def post(self, path: str, json: object = None, idempotency_key: str | None = None) -> object:
        answer = await self._vault.post(path, json, idempotency_key)
        self.calls += 1
        if self.calls % 3 == 0:
            raise CallFailed(None)
        return answer


async def test_what_the_vault_took_is_noted_though_a_call_beside_it_was_lost(office: ImportOffice) -> None:
    await office.imported(workbook(sample_rows(32)))
    worker = replace(office.bench.identities(), vault=_Failing(office.bench.vault))

    with pytest.raises(CallFailed):
        await worker.confirm()
    left = await office.value(OPEN)
    await confirm_all(office)

    assert left == 32 - 16 + 5
    assert await states(office) == {"CONFIRMED": 32}


async def test_a_vault_that_is_away_leaves_everything_waiting(office: ImportOffice) -> None:
    rows = sample_rows(20)
    rows[0][TEXT] += "又及"
    run = (await office.send(workbook(rows))).json()
    away = replace(office.worker, vault=_Away())

    with pytest.raises(CallFailed):
        await away.step()

    assert (await office.run(run["run_id"]))["waiting"] == 20
    assert (await office.places())["reports"] == 0


class _Away(Caller):
    """A vault that does not answer."""

    def __init__(self) -> None:
        """Nothing to open."""

    async def post(self, path: str, json: object = None, idempotency_key: str | None = None) -> object:
        raise CallFailed(None)
