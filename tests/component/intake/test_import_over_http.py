"""The register import over HTTP: what is counted, what comes back, who may ask."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.import_office import MESSAGES, ORGAN, ImportOffice, form, import_office, worked_off
from tests.support.platform import Platform
from tests.support.register_files import (
    NUMBER,
    RECEIVED,
    TEXT,
    TITLE,
    sample_rows,
    workbook,
)

pytestmark = pytest.mark.component
NOTHING = {"rows": 0, "entered": 0, "returned": 0, "conflicts": 0, "reports": 0}


@pytest.fixture
async def office(platform: Platform, tmp_path: Path) -> AsyncIterator[ImportOffice]:
    async with import_office(platform, tmp_path) as opened:
        yield opened


async def test_the_same_file_again_adds_nothing(office: ImportOffice) -> None:
    file = workbook(sample_rows(1200))

    first, again = await office.imported(file), await office.imported(file)

    assert (first["imported"], first["known"]) == (1200, 0)
    assert (again["imported"], again["known"]) == (0, 1200)
    assert await office.places() == NOTHING | {"rows": 1200, "entered": 1200, "reports": 1200}
    assert await office.value("SELECT count(*) FROM business.identity", service="vault") == 1200
    assert await office.numbers_run_through()


async def test_each_row_enters_as_a_draft_that_is_told_once(office: ImportOffice) -> None:
    await office.imported(workbook(sample_rows(40)))

    told = await office.rows("SELECT type, sequence, count(*) FROM mechanism.outbox GROUP BY 1, 2")
    desks = await office.rows("SELECT desk, imported, count(*) FROM business.report GROUP BY 1, 2")

    assert [tuple(row) for row in told] == [("intake.report-registered.v1", 1, 40)]
    assert [tuple(row) for row in desks] == [("DRAFT", True, 40)]
    assert await office.value("SELECT count(*) FROM mechanism.clock") == 0


async def test_a_form_sent_twice_with_one_key_is_one_run(office: ImportOffice) -> None:
    file = workbook(sample_rows(5))

    once, twice = await office.send(file, key="again"), await office.send(file, key="again")
    other = await office.send(workbook(sample_rows(6)), key="again")

    assert (once.status_code, twice.json()) == (202, once.json())
    assert (other.status_code, other.json()["code"]) == (409, "key-reused")
    assert await office.value("SELECT count(*) FROM business.import_run") == 1


async def test_a_run_is_pending_then_running_then_done(office: ImportOffice) -> None:
    run = (await office.send(workbook(sample_rows(501)))).json()

    states = [(run["state"], run["waiting"])]
    while await office.worker.step():
        run = await office.run(run["run_id"])
        states.append((run["state"], run["waiting"]))

    assert states == [("PENDING", 501), ("RUNNING", 1), ("DONE", 0)]


async def test_a_dry_run_counts_the_same_and_writes_nothing(office: ImportOffice) -> None:
    rows = sample_rows(30)
    rows[3][RECEIVED], rows[4][NUMBER] = "某年某月", rows[5][NUMBER]
    file = workbook(rows)

    dry = (await office.send(file, dry_run="true")).json()
    written = await office.written()
    done = await office.imported(file)
    again = (await office.send(file, dry_run="true")).json()

    assert written == 0
    assert {**dry, "run_id": done["run_id"], "state": "DONE"} == done
    assert (done["imported"], done["returned"], done["conflict"]) == (28, 1, 1)
    assert (again["imported"], again["known"], again["conflict"]) == (0, 28, 1)


async def test_another_content_under_one_number_comes_back_and_the_first_stays(office: ImportOffice) -> None:
    rows = sample_rows(20)
    rows[7][NUMBER] = rows[6][NUMBER]
    first = await office.imported(workbook(rows))
    rows[9][TEXT] += "又及。"
    rows[11][TITLE] += "又及"

    later = await office.imported(workbook(rows))
    again = await office.imported(workbook(rows))

    assert (first["imported"], first["conflict"]) == (19, 1)
    assert (later["imported"], later["known"], later["conflict"]) == (0, 17, 3)
    assert (again["known"], again["conflict"]) == (17, 3)
    assert [(r["row"], r["column"], r["reason"]) for r in await office.returned(later["run_id"])] == [
        (row, "留言编号", "conflict") for row in (9, 11, 13)
    ]
    assert await office.places() == NOTHING | {"rows": 22, "entered": 19, "conflicts": 3, "reports": 19}


async def test_numbers_and_days_are_the_same_however_they_are_written(office: ImportOffice) -> None:
    row = sample_rows(1)[0]
    ways: list[dict[int, Any]] = [
        {NUMBER: 12.0, RECEIVED: "2019/1/5"},
        {NUMBER: "12", RECEIVED: "2019-1-5 8:03"},
        {NUMBER: "012", RECEIVED: "2019年1月5日"},
        {NUMBER: 12, RECEIVED: 43470},
    ]
    rows = [[way.get(place, cell) for place, cell in enumerate(row)] for way in ways]

    done = await office.imported(workbook(rows))

    assert (done["imported"], done["known"], done["conflict"]) == (1, 3, 0)
    assert [str(day[0]) for day in await office.rows("SELECT received_on FROM business.report")] == [
        "2019-01-05"
    ]


async def test_texts_that_look_like_formulas_or_commands_are_texts(office: ImportOffice) -> None:
    rows = sample_rows(6)
    said = [
        "=1+1 反映低保",
        "+86 来电反映",
        "-去年",
        "@所有人 公开",
        "'; DROP TABLE report;-- 甲",
        "${甲}{{7*7}}%s$1\\",
    ]
    for row, text in zip(rows, said, strict=True):
        row[TEXT] = text

    done = await office.imported(workbook(rows))

    assert done["imported"] == 6
    assert await office.value("SELECT count(*) FROM business.report_content") == 6


async def test_a_post_managed_above_comes_back_until_a_head_has_looked(office: ImportOffice) -> None:
    rows = sample_rows(4)
    rows[1][TEXT] = "某省委书记（虚构）收受礼金"
    rows[2][TITLE] = "反映某省长（虚构）"
    file = workbook(rows)

    first = await office.imported(file)
    unsigned = await office.send(file, gate_no=f"{rows[1][NUMBER]}\n")
    looked_at = await office.imported(file, gate_no=f"{rows[1][NUMBER]}\n", gate_no_by="云青山（虚构）")

    assert (first["imported"], first["returned"]) == (2, 2)
    assert [(r["row"], r["column"], r["reason"]) for r in await office.returned(first["run_id"])] == [
        (3, "留言详情", "gate-unanswered"),
        (4, "留言主题", "gate-unanswered"),
    ]
    assert (unsigned.status_code, unsigned.json()["code"]) == (422, "gate-no-unsigned")
    assert (looked_at["imported"], looked_at["known"], looked_at["returned"]) == (1, 2, 1)
    assert await office.value("SELECT gate_no_by FROM business.import_run WHERE gate_no_by <> ''") == (
        "云青山（虚构）"
    )


async def test_rows_given_back_come_in_pages(office: ImportOffice) -> None:
    rows = sample_rows(450)
    for row in rows:
        row[RECEIVED] = "某年某月"

    done = await office.imported(workbook(rows))

    assert (done["returned"], done["state"]) == (450, "DONE")
    assert [row["row"] for row in await office.returned(done["run_id"])] == list(range(2, 452))
    assert await office.places() == NOTHING | {"rows": 450, "returned": 450}


async def test_only_who_may_import_imports_and_sees_its_own_runs(office: ImportOffice) -> None:
    file = workbook(sample_rows(3))
    run_id = (await office.send(file)).json()["run_id"]
    clerk = office.install.staff("intake", "petition-clerk", sub="clerk", organ=ORGAN)
    elsewhere = office.importer(organ="520100")
    parts = form(file, MESSAGES.read_bytes())

    async def got(path: str, headers: dict[str, str]) -> httpx.Response:
        return await office.client.get(f"/intake/v1/imports/{path}", headers=headers)

    nobody = await office.client.post("/intake/v1/imports", files=parts)
    by_clerk = await office.client.post(
        "/intake/v1/imports", files=parts, headers={**clerk, "Idempotency-Key": "k"}
    )
    none = await got("00000000-0000-4000-8000-000000000000", office.importer())
    answers = [await got(run_id, elsewhere), await got(f"{run_id}/returned", elsewhere)]
    answers += [await got("no-id", office.importer())]

    assert (nobody.status_code, by_clerk.status_code, (await got(run_id, clerk)).status_code) == (
        401,
        403,
        403,
    )
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, none.content)}


async def test_two_runs_of_one_register_at_once_enter_each_row_once(office: ImportOffice) -> None:
    file = workbook(sample_rows(1100))
    runs = await asyncio.gather(office.send(file), office.send(file))

    await asyncio.gather(*(worked_off(office.bench.importer()) for _ in range(3)))

    done = [await office.run(run.json()["run_id"]) for run in runs]
    assert [run["state"] for run in done] == ["DONE", "DONE"]
    assert sum(run["imported"] for run in done) == sum(run["known"] for run in done) == 1100
    assert await office.places() == NOTHING | {"rows": 1100, "entered": 1100, "reports": 1100}
    assert await office.numbers_run_through()


async def test_a_register_of_one_organ_is_not_another_s(office: ImportOffice) -> None:
    file = workbook(sample_rows(10))
    await office.imported(file)

    sent = await office.client.post(
        "/intake/v1/imports",
        files=form(file, MESSAGES.read_bytes()),
        headers={**office.importer(organ="520100"), "Idempotency-Key": secrets.token_hex(8)},
    )
    await worked_off(office.worker)

    assert sent.status_code == 202
    assert await office.places() == NOTHING | {"rows": 20, "entered": 20, "reports": 20}
    numbers = await office.rows("SELECT organ, max(serial) FROM business.receipt GROUP BY 1 ORDER BY 1")
    assert [tuple(row) for row in numbers] == [("520000", 10), ("520100", 10)]


async def test_a_sheet_with_nothing_but_headers_is_a_run_without_rows(office: ImportOffice) -> None:
    done = await office.imported(workbook([]))

    assert (done["rows"], done["state"]) == (0, "DONE")
