"""A register confirmed on paper: its rows enter as confirmed, and the facts say exactly its codes."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # ships no types

from deploy.local.sample.bulletin import columns, write_bulletin, write_year_before
from tests.support.bulletin_facts import FIGURES
from tests.support.import_office import MAPPINGS, ROOT, ImportOffice, import_office
from tests.support.platform import Platform
from tests.support.register_files import HEADERS, workbook

pytestmark = pytest.mark.component
PERIOD = {"from": "2018-01-01", "to": "2018-07-31"}
SCHEMAS = ROOT / "contracts" / "events" / "intake"
TOLD = "SELECT data FROM mechanism.outbox WHERE type = $1 ORDER BY position"


@pytest.fixture
async def office(platform: Platform, tmp_path: Path) -> AsyncIterator[ImportOffice]:
    async with import_office(platform, tmp_path) as opened:
        yield opened


def figures() -> dict[str, Any]:
    days = {name: date.fromisoformat(day) for name, day in PERIOD.items()}
    return {**FIGURES, "period": days}


async def told(office: ImportOffice, name: str) -> list[dict[str, Any]]:
    """The data of every fact of a type, each as its schema demands."""
    schema = json.loads((SCHEMAS / name / "v1.schema.json").read_text(encoding="utf-8"))
    rows = await office.rows(TOLD, f"intake.{name}.v1")
    facts = [json.loads(row["data"]) for row in rows]
    validator = Draft202012Validator(schema)
    assert [error.message for fact in facts for error in validator.iter_errors(fact)] == []
    return facts


def counted(cells: Iterable[str]) -> Counter[str]:
    return Counter(cell for cell in cells if cell)


async def test_the_register_of_the_bulletin_is_told_with_exactly_its_codes(
    office: ImportOffice, tmp_path: Path
) -> None:
    file = tmp_path / "bulletin.xlsx"
    write_bulletin(file, figures())
    cells = columns(FIGURES)

    done = await office.imported(file, MAPPINGS / "bulletin-2018.yaml")

    registered, classified = (
        await told(office, "report-registered"),
        await told(office, "report-classified"),
    )
    assert (done["imported"], len(registered), len(classified)) == (550, 550, 550)
    assert Counter(f["nature"] for f in classified) == counted(cells["信访分类"])
    assert Counter(f["nature"] for f in classified)["N1"] == FIGURES["accusations_in_scope"] == 401
    assert Counter(f["occurrence"] for f in classified) == counted(cells["初次重复"])
    assert Counter(f["name_status"] for f in classified) == counted(cells["署名"])
    assert Counter(f["channel"] for f in classified) == counted(cells["渠道"])
    assert Counter(v for f in classified for v in f["violations"]) == {
        "V7" if kind == "duty_or_other_offence" else kind: times
        for kind, times in FIGURES["violation_ticks"].items()
    }
    assert Counter(p["rank"] for f in classified for p in f["parties"]) == counted(cells["职级"])
    assert all(f["imported"] and f["synthetic"] and f["version"] == 1 for f in classified)
    assert {f["report_id"] for f in registered} == {f["report_id"] for f in classified}


async def test_such_rows_enter_as_confirmed_and_their_parts_wait_for_triage(
    office: ImportOffice, tmp_path: Path
) -> None:
    file = tmp_path / "year-before.xlsx"
    write_year_before(file, figures())

    done = await office.imported(file, MAPPINGS / "bulletin-2017.yaml")

    desks = await office.rows("SELECT desk, count(*) FROM business.report GROUP BY 1")
    states = await office.rows("SELECT state, count(*) FROM oracle.report GROUP BY 1")
    steps = await office.rows(
        "SELECT from_state, to_state, count(*) FROM oracle.transition GROUP BY 1, 2 ORDER BY min(seq)"
    )
    whole = done["imported"]
    assert whole == FIGURES["previous_year_accusations_in_scope"]
    assert [tuple(row) for row in desks] == [("CONFIRMED", whole)]
    assert [tuple(row) for row in states] == [("UNDER_TRIAGE", whole)]
    assert sorted(tuple(row) for row in steps if row[0]) == [("REGISTERED", "UNDER_TRIAGE", whole)]
    assert await office.value("SELECT count(*) FROM business.identity", service="vault") == 0


async def test_both_registers_stand_side_by_side_under_the_same_numbers(
    office: ImportOffice, tmp_path: Path
) -> None:
    write_bulletin(tmp_path / "2018.xlsx", figures())
    write_year_before(tmp_path / "2017.xlsx", figures())

    await office.imported(tmp_path / "2018.xlsx", MAPPINGS / "bulletin-2018.yaml")
    await office.imported(tmp_path / "2017.xlsx", MAPPINGS / "bulletin-2017.yaml")
    again = await office.imported(tmp_path / "2018.xlsx", MAPPINGS / "bulletin-2018.yaml")

    assert (again["known"], again["imported"]) == (550, 0)
    assert (await office.places())["reports"] == 550 + FIGURES["previous_year_accusations_in_scope"]


async def test_a_confirmed_register_gives_back_what_cannot_be_confirmed(office: ImportOffice) -> None:
    mapping = (MAPPINGS / "bulletin-2018.yaml").read_bytes()
    headers = [*HEADERS, *columns(FIGURES)]
    good = [
        1,
        "",
        "低保",
        "2018/1/5",
        "低保评定不公开（虚构）",
        "",
        "",
        "N1",
        "V4",
        "INITIAL",
        "ANONYMOUS",
        "99",
        "LETTER",
    ]
    column = {name: place for place, name in enumerate(headers)}

    def row(number: int, **cells: str) -> list[Any]:
        return [cells.get(name, number if name == "留言编号" else good[column[name]]) for name in headers]

    rows = [
        row(1),
        row(2, 信访分类=""),
        row(3, 问题类别=""),
        row(4, 问题类别="V99"),
        row(5, 信访分类="N4"),
        row(6, 渠道=""),
        row(7, 职级="01"),
        row(8, 信访分类="检举控告", 渠道="来信"),
    ]

    done = await office.imported(workbook(rows, headers), mapping)

    back = {r["number"]: (r["column"], r["reason"]) for r in await office.returned(done["run_id"])}
    assert done["imported"] + done["returned"] == 8
    assert {number: back.get(number) for number in "23456"} == {
        "2": ("信访分类", "code-missing"),
        "3": ("问题类别", "code-missing"),
        "4": ("问题类别", "unknown-code"),
        "5": ("问题类别", "code-contradicts"),
        "6": ("渠道", "code-missing"),
    }
    assert "1" not in back
