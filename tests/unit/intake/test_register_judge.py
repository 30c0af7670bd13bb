"""Each kind of row gets the answer it is owed: column and reason, never its text (services.md 2)."""

from dataclasses import fields, replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from services.intake.domain.register_cells import CellFault, Reason
from services.intake.domain.register_mapping import Field, Statement
from services.intake.domain.register_row import (
    RegisterRow,
    ReturnedRow,
    elements_of,
    identity_of,
    name_status_of,
)
from services.intake.domain.register_settlement import judge_all, settle
from services.intake.domain.values import Authority, Level, NameStatus, Nature, PartyType
from tests.unit.intake.registers import GOOD, MAPPING, ORDER, judge_of, judged

ON_PAPER = replace(MAPPING, confirmed=Statement(("石文竹", "林若水"), date(2026, 1, 5)))


def test_a_good_row_can_be_entered() -> None:
    row = judged(
        judge_of(),
        reporter_name="周晓岚",
        title="低保",
        earlier_reply="已核实",
        earlier_replied_on="2019/2/1",
    )

    assert isinstance(row, RegisterRow)
    elements = elements_of(row, reporter_ref=None, party=uuid4(), taxonomy_version="2026.1")
    assert (row.row, row.number, row.received_on) == (2, "12", date(2019, 1, 5))
    assert elements.content.title == "低保"
    assert elements.content.earlier_reply == "（2019-02-01 答复）已核实"
    assert elements.classification is None
    assert elements.parties == ()


@pytest.mark.parametrize(
    ("cells", "field", "reason"),
    [
        ({"number": ""}, Field.NUMBER, Reason.NUMBER_EMPTY),
        ({"number": CellFault.ERROR_VALUE}, Field.NUMBER, Reason.ERROR_VALUE),
        ({"received_on": ""}, Field.RECEIVED_ON, Reason.DATE_MISSING),
        ({"received_on": "2019年2月30日"}, Field.RECEIVED_ON, Reason.DATE_UNREADABLE),
        ({"received_on": "2026/3/3"}, Field.RECEIVED_ON, Reason.DATE_IN_FUTURE),
        ({"received_on": "1948/12/31"}, Field.RECEIVED_ON, Reason.DATE_BEFORE_1949),
        ({"received_on": CellFault.FORMULA_WITHOUT_VALUE}, Field.RECEIVED_ON, Reason.FORMULA_WITHOUT_VALUE),
        ({"text": ""}, Field.TEXT, Reason.TEXT_EMPTY),
        ({"text": " \n\t　"}, Field.TEXT, Reason.TEXT_EMPTY),
        ({"text": "……！？"}, Field.TEXT, Reason.TEXT_EMPTY),
        ({"text": "#REF!"}, Field.TEXT, Reason.ERROR_VALUE),
        ({"text": CellFault.ERROR_VALUE}, Field.TEXT, Reason.ERROR_VALUE),
        ({"text": CellFault.FORMULA_WITHOUT_VALUE}, Field.TEXT, Reason.FORMULA_WITHOUT_VALUE),
        ({"text": "甲\x00乙"}, Field.TEXT, Reason.UNREADABLE),
        ({"text": "甲\ud800乙"}, Field.TEXT, Reason.UNREADABLE),
        ({"title": "甲\x07"}, Field.TITLE, Reason.UNREADABLE),
        ({"earlier_reply": CellFault.ERROR_VALUE}, Field.EARLIER_REPLY, Reason.ERROR_VALUE),
        ({"earlier_replied_on": "改日"}, Field.EARLIER_REPLIED_ON, Reason.DATE_UNREADABLE),
        ({"reporter_name": "甲" * 201}, Field.REPORTER_NAME, Reason.TOO_LONG),
        ({"channel": "飞鸽"}, Field.CHANNEL, Reason.UNKNOWN_CODE),
        ({"channel": ""}, Field.CHANNEL, Reason.CODE_MISSING),
        ({"nature": "N9"}, Field.NATURE, Reason.UNKNOWN_CODE),
        ({"nature": "N1", "violations": "V3;V9"}, Field.VIOLATIONS, Reason.UNKNOWN_CODE),
        ({"nature": "N4", "violations": "V3"}, Field.VIOLATIONS, Reason.CODE_CONTRADICTS),
        ({"violations": "V3"}, Field.NATURE, Reason.CODE_MISSING),
        ({"party_rank": "77"}, Field.PARTY_RANK, Reason.UNKNOWN_CODE),
        ({"party_region": "999999"}, Field.PARTY_REGION, Reason.UNKNOWN_CODE),
        ({"party_post": "省委书记"}, Field.PARTY_POST, Reason.SUPERIOR_LEVEL),
        ({"party_name": "某省副省长"}, Field.PARTY_NAME, Reason.SUPERIOR_LEVEL),
        ({"party_unit": "中央纪委某室"}, Field.PARTY_UNIT, Reason.SUPERIOR_LEVEL),
        ({"party_authority": "中管"}, Field.PARTY_AUTHORITY, Reason.SUPERIOR_LEVEL),
        ({"party_rank": "03"}, Field.PARTY_RANK, Reason.SUPERIOR_LEVEL),
        ({"text": "请省委书记过问此事"}, Field.TEXT, Reason.GATE_UNANSWERED),
        ({"title": "致省长"}, Field.TITLE, Reason.GATE_UNANSWERED),
        ({"earlier_reply": "省委副书记已批示"}, Field.EARLIER_REPLY, Reason.GATE_UNANSWERED),
    ],
)
def test_a_row_that_cannot_be_entered_comes_back_with_column_and_reason(
    cells: dict[str, Any], field: Field, reason: Reason
) -> None:
    row = judged(judge_of(), **cells)

    assert isinstance(row, ReturnedRow)
    assert (row.column, row.reason) == (f"列-{field.value}", reason)
    assert row.number == (None if field is Field.NUMBER else "12")


def test_what_is_kept_of_a_returned_row_has_no_place_for_its_text() -> None:
    assert {field.name for field in fields(ReturnedRow)} == {"row", "number", "column", "reason"}


def test_rows_a_person_looked_at_pass_the_question_but_not_the_refusal() -> None:
    looked_at = judge_of(MAPPING, "12")

    passed = judged(looked_at, text="请省委书记过问此事")
    refused = judged(looked_at, party_post="省委书记")

    assert isinstance(passed, RegisterRow)
    assert passed.cleared
    assert isinstance(refused, ReturnedRow)


def test_the_gate_stands_at_the_level_of_the_organ() -> None:
    county = judge_of(level=Level.COUNTY)

    assert isinstance(judged(county, text="县委书记不管"), ReturnedRow)
    assert isinstance(judged(judge_of(), text="县委书记不管"), RegisterRow)


@pytest.mark.parametrize(
    "text", ["=1+1", "+公开", "-甲", "@某人", "'引号", "<script>alert(1)</script>", "{{7*7}}"]
)
def test_a_text_is_a_text_like_any_other(text: str) -> None:
    row = judged(judge_of(), text=text)

    assert isinstance(row, RegisterRow)
    assert row.texts[Field.TEXT] == text


@pytest.mark.parametrize(
    "cell", ["V3;V7", "V3；V7", "V3、V7", "违反廉洁纪律,职务违法犯罪", "V3 V7", "V3;V3;V7"]
)
def test_codes_are_read_by_code_or_by_name_and_several_at_once(cell: str) -> None:
    row = judged(judge_of(), nature="检举控告", violations=cell)

    assert isinstance(row, RegisterRow)
    assert row.codes[Field.NATURE] == (Nature.ACCUSATION,)
    assert row.codes[Field.VIOLATIONS] == ("V3", "V7")


@pytest.mark.parametrize(
    ("cells", "field"),
    [({}, Field.NATURE), ({"nature": "N1"}, Field.VIOLATIONS)],
)
def test_what_was_confirmed_on_paper_must_be_there(cells: dict[str, Any], field: Field) -> None:
    row = judged(judge_of(ON_PAPER), **cells)

    assert isinstance(row, ReturnedRow)
    assert (row.column, row.reason) == (f"列-{field.value}", Reason.CODE_MISSING)


def test_the_first_violation_is_the_primary_one() -> None:
    row = judged(judge_of(ON_PAPER), nature="N1", violations="V7;V3", occurrence="重复", party_rank="08")

    assert isinstance(row, RegisterRow)
    elements = elements_of(row, reporter_ref=None, party=uuid4(), taxonomy_version="2026.1")
    classified = elements.classification
    assert classified is not None
    assert (classified.primary_violation, classified.violations) == ("V7", ("V7", "V3"))
    assert classified.occurrence == "REPEAT"
    (party,) = elements.parties
    assert (party.party_type, party.rank, party.authority) == (PartyType.PERSON, "08", Authority.UNKNOWN)


def test_a_unit_alone_is_a_reported_organisation() -> None:
    row = judged(judge_of(), party_unit="青禾村村委会")

    assert isinstance(row, RegisterRow)
    (party,) = elements_of(row, reporter_ref=None, party=uuid4(), taxonomy_version="2026.1").parties
    assert (party.party_type, party.name) == (PartyType.ORGANISATION, "青禾村村委会")


@pytest.mark.parametrize(
    ("cells", "status", "identity"),
    [
        ({}, NameStatus.ANONYMOUS, {}),
        ({"reporter_name": "A0012"}, NameStatus.SIGNED_UNVERIFIED, {"name": "A0012"}),
        ({"reporter_name": "周晓岚", "name_status": "匿名"}, NameStatus.ANONYMOUS, {}),
        ({"reporter_phone": "000", "name_status": "匿名"}, NameStatus.ANONYMOUS, {}),
        (
            {"reporter_name": "周晓岚", "reporter_phone": "000", "name_status": "SIGNED_UNVERIFIED"},
            NameStatus.SIGNED_UNVERIFIED,
            {"name": "周晓岚", "phone": "000"},
        ),
    ],
)
def test_an_anonymous_row_leaves_no_identity(
    cells: dict[str, Any], status: NameStatus, identity: dict[str, str]
) -> None:
    row = judged(judge_of(), **cells)

    assert isinstance(row, RegisterRow)
    assert (name_status_of(row), identity_of(row)) == (status, identity)


def test_a_short_row_has_empty_cells() -> None:
    row = judge_of().judge(2, ["12"])

    assert isinstance(row, ReturnedRow)
    assert row.reason is Reason.DATE_MISSING


def sheet(*rows: dict[Field, Any]) -> list[tuple[int, list[Any]]]:
    return [(n, [({**GOOD, **row}).get(f, "") for f in ORDER]) for n, row in enumerate(rows, start=2)]


def digest(row: RegisterRow) -> bytes:
    return row.texts[Field.TEXT].encode()


def test_every_row_is_in_exactly_one_place() -> None:
    rows = sheet({}, {Field.NUMBER: ""}, {Field.NUMBER: 13, Field.TEXT: "！"}, {Field.NUMBER: 14})

    judged_all = judge_all(rows, judge_of())

    assert (judged_all.total, len(judged_all.rows), len(judged_all.returned)) == (4, 2, 2)


def test_the_first_of_two_contents_stays_and_equal_ones_are_known() -> None:
    rows = judge_all(
        sheet(
            {Field.TEXT: "甲"},
            {Field.TEXT: "乙"},
            {Field.NUMBER: "12.0", Field.TEXT: "甲"},
            {Field.NUMBER: 13, Field.TEXT: "甲"},
            {Field.NUMBER: 14, Field.TEXT: "丙"},
            {Field.NUMBER: 15, Field.TEXT: "丁"},
        ),
        judge_of(),
    ).rows

    settled = settle(rows, {"14": "丙".encode(), "15": "戊".encode()}, digest)

    assert [row.row for row in settled.fresh] == [2, 5]
    assert [row.row for row in settled.known] == [4, 6]
    assert [row.row for row in settled.conflicts] == [3, 7]
