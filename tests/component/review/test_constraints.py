"""What may never stand is refused by the database even if the code is wrong."""

from uuid import uuid4

import asyncpg
import pytest

from services.review.domain.rounds import NEXT
from tests.component.review.conftest import Bureau

pytestmark = pytest.mark.component


async def test_the_database_knows_the_same_table_as_the_code(bureau: Bureau) -> None:
    rows = await bureau.worker.fetch(
        "SELECT from_state, decision, to_state FROM business.way WHERE decision NOT IN ('VACATE', 'CALL_OFF')"
    )

    assert {tuple(row) for row in rows} == {
        (state.value, decision.value, to.value) for (state, decision), ways in NEXT.items() for to in ways
    }


SECOND_RULING = """
    INSERT INTO business.ruling
    SELECT case_id, 9, submission, desk, decision, officer, recused, reasons, kind, {stands}, at
      FROM business.ruling
     WHERE desk = '{desk}'
"""
SECOND_BENCH = """
    INSERT INTO business.ruling_actor (case_id, position, officer, desk)
    SELECT case_id, position, 'trial', 'R4' FROM business.ruling WHERE desk = 'R4'
"""
OTHER_BENCH = """
    INSERT INTO business.bench (case_id, officer, bench)
    SELECT case_id, 'reviewer', 'R2' FROM business.assigned_case
"""
SKIPPED = """
    INSERT INTO business.passage
    SELECT case_id, 99, 'R1_PENDING', 'ACCEPT', 'ACCEPTED', 'x', now() FROM business.assigned_case
"""
NEW_WAY = "INSERT INTO business.way VALUES ('R1_PENDING', 'ACCEPT', 'ACCEPTED')"
SECOND_CASE = """
    INSERT INTO business.assigned_case
    SELECT gen_random_uuid(), report_id, organ, handling_organ, synthetic, ground, themes, opened_on,
           opened_at, state, handlers, submitters, handling_unit, submission, holder, entries, resumes_at_r4,
           version
      FROM business.assigned_case
"""


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        (SECOND_RULING.format(stands="true", desk="R1"), asyncpg.UniqueViolationError),
        (SECOND_RULING.format(stands="false", desk="R4"), asyncpg.UniqueViolationError),
        (SECOND_BENCH, asyncpg.ForeignKeyViolationError),
        (OTHER_BENCH, asyncpg.UniqueViolationError),
        (SKIPPED, asyncpg.ForeignKeyViolationError),
        (NEW_WAY, asyncpg.InsufficientPrivilegeError),
        ("DELETE FROM business.ruling", asyncpg.InsufficientPrivilegeError),
        ("UPDATE business.paper SET text = ''", asyncpg.InsufficientPrivilegeError),
    ],
)
async def test_the_database_alone_refuses_what_may_never_stand(
    bureau: Bureau, statement: str, refusal: type[Exception]
) -> None:
    case_id = await bureau.brought_to("R4")
    await bureau.decide(case_id, "R4")

    with pytest.raises(refusal):
        await bureau.worker.execute(statement)


async def test_an_open_case_keeps_a_second_assignment_of_the_report_out(bureau: Bureau) -> None:
    report = uuid4()
    await bureau.assigned(report_id=report)

    with pytest.raises(asyncpg.UniqueViolationError):
        await bureau.worker.execute(SECOND_CASE)
