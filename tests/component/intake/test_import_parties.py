"""Registers that name who is reported: met again in the register of parties, hidden from the reported side,
and given back when a link says that the party is managed above."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest

from services.intake.adapters.directory_store import PostgresEntries
from services.intake.adapters.work import begin_as_worker
from tests.support.canary import Scanner
from tests.support.import_office import MESSAGES, ORGAN, ImportOffice, import_office
from tests.support.platform import Platform
from tests.support.register_files import HEADERS, Row, sample_rows, workbook

pytestmark = pytest.mark.component
MAPPING = MESSAGES.read_bytes().replace(
    b"fixed:", "  party_unit: 被反映单位\n  party_name: 被反映人\n  party_post: 被反映人职务\nfixed:".encode()
)
COLUMNS = (*HEADERS, "被反映单位", "被反映人", "被反映人职务")
BUREAU = "青禾市政服务中心（虚构）"
DISTRICT = f"{ORGAN}-host-works"
ABOVE = "central-trial"


@pytest.fixture
async def office(platform: Platform, tmp_path: Path) -> AsyncIterator[ImportOffice]:
    async with import_office(platform, tmp_path) as opened:
        yield opened


def reporting(*parties: tuple[str, str, str], start: int = 0) -> bytes:
    rows: list[Row] = sample_rows(start + len(parties))[start:]
    return workbook([[*row, *party] for row, party in zip(rows, parties, strict=True)], COLUMNS)


async def party_called(office: ImportOffice, name: str) -> UUID:
    """The one party of the register under a name."""
    async with begin_as_worker(office.bench.pool, office.bench.tools) as unit:
        blind = unit.parties.blind(name)
    rows = await office.rows("SELECT DISTINCT party_id FROM business.party_name WHERE blind = $1", blind)
    (row,) = rows
    return UUID(str(row["party_id"]))


async def link(office: ImportOffice, name: str, entry: str) -> None:
    party = await party_called(office, name)
    async with begin_as_worker(office.bench.pool, office.bench.tools) as unit:
        await unit.parties.link(party, "UNIT", entry, "clerk-1", datetime.now(UTC))


async def test_an_organisation_named_again_is_the_same_party_and_a_person_is_not(
    office: ImportOffice,
) -> None:
    parties = [(BUREAU, "", ""), (f"{BUREAU} ", "", ""), ("", "贺兰舟", "主任"), ("", "贺兰舟", "主任")]

    first = await office.imported(reporting(*parties), MAPPING)
    await office.imported(reporting(*parties, (BUREAU, "", "")), MAPPING)

    kinds = await office.rows("SELECT party_type, count(*) FROM business.party GROUP BY 1 ORDER BY 1")
    assert first["imported"] == 4
    assert [tuple(row) for row in kinds] == [("ORGANISATION", 1), ("PERSON", 2)]
    assert await office.value("SELECT count(*) FROM business.report_party") == 5


async def test_a_linked_party_hides_the_imported_report_from_its_own_side(office: ImportOffice) -> None:
    await office.imported(reporting((BUREAU, "", "")), MAPPING)
    await link(office, BUREAU, DISTRICT)

    await office.imported(reporting(("", "", ""), (BUREAU, "", ""), start=1), MAPPING)

    told = await office.rows("SELECT topic FROM mechanism.outbox WHERE type = 'intake.exclusion-changed.v1'")
    units = await office.rows("SELECT DISTINCT unit FROM oracle.exclusion WHERE unit IS NOT NULL")
    assert [row["topic"] for row in told] == ["petition.intake.exclusions.v1"]
    assert DISTRICT in {row["unit"] for row in units}


async def test_a_party_that_a_link_puts_above_comes_back_alone_and_the_others_enter(
    office: ImportOffice,
) -> None:
    await office.imported(reporting((BUREAU, "", "")), MAPPING)
    async with office.bench.pool.acquire() as connection, connection.transaction():
        above = {"kind": "HOST_UNIT", "region": None, "name": "某单位（虚构）", "authority": "CENTRAL"}
        await PostgresEntries(connection).put("UNIT", ABOVE, None, above, date(2001, 1, 1))
    await link(office, BUREAU, ABOVE)
    vault = await office.value("SELECT count(*) FROM business.identity", service="vault")

    file = reporting(("", "", ""), (BUREAU, "", ""), ("", "甲某（虚构）", "科员"), start=1)
    done = await office.imported(file, MAPPING)
    again = await office.imported(file, MAPPING)

    assert (done["imported"], done["returned"], done["state"]) == (2, 1, "DONE")
    assert await office.returned(done["run_id"]) == [
        {"row": 3, "number": "100003", "column": "被反映单位", "reason": "superior-level"}
    ]
    assert (again["known"], again["returned"], again["imported"]) == (2, 1, 0)
    assert (await office.places())["reports"] == 3
    assert await office.numbers_run_through()
    assert await office.value("SELECT count(*) FROM business.identity", service="vault") > vault


async def test_a_post_column_that_names_one_managed_above_comes_back(office: ImportOffice) -> None:
    done = await office.imported(
        reporting(("", "某某（虚构）", "省委书记"), ("", "某某（虚构）", "村支书")), MAPPING
    )

    assert (done["imported"], done["returned"]) == (1, 1)
    assert [(r["column"], r["reason"]) for r in await office.returned(done["run_id"])] == [
        ("被反映人职务", "superior-level")
    ]


async def test_who_is_reported_lies_nowhere_in_clear(office: ImportOffice) -> None:
    words = ["金丝雀单位七一", "金丝雀人名八二", "金丝雀职务九三"]
    await office.imported(reporting((words[0], "", ""), ("", words[1], words[2])), MAPPING)

    scanner = Scanner(words)
    for service in ("intake", "vault"):
        for table, content in (await office.raw(service)).items():
            assert scanner.scan(f"{service} {table}", content) == set()
