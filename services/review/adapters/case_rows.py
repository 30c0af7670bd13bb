"""A case as rows, and the rows as a case."""

from collections.abc import Sequence
from typing import Any

from services.review.domain.audit import AssignedCase
from services.review.domain.values import (
    CaseId,
    Decision,
    Desk,
    Ground,
    OfficerId,
    Outcome,
    Paper,
    People,
    Reason,
    Result,
    ReturnKind,
    State,
    Substantiation,
)
from services.review.domain.verdicts import Ruling

CASE_COLUMNS = """
           c.case_id, c.report_id, c.organ, c.handling_organ, c.synthetic, c.ground, c.themes, c.opened_on,
           c.state, c.handlers, c.submitters, c.handling_unit, c.submission, c.holder, c.entries,
           c.resumes_at_r4, c.version, s.substantiation, s.outcome, s.four_form, s.papers
      FROM business.assigned_case c
      LEFT JOIN business.submission s ON s.case_id = c.case_id AND s.number = c.submission
"""
SELECT_CASE = f"SELECT {CASE_COLUMNS} WHERE c.case_id = $1"
LOCK_CASE = SELECT_CASE + " FOR UPDATE OF c"
LOCK_OPEN_CASE = f"""
    SELECT {CASE_COLUMNS}
     WHERE c.report_id = $1 AND c.state NOT IN ('ACCEPTED', 'WITHDRAWN')
       FOR UPDATE OF c
"""
SELECT_RULINGS = """
    SELECT r.position, r.submission, r.desk, r.decision, r.officer, r.recused, r.reasons, r.kind, r.stands,
           r.at, array(SELECT a.officer FROM business.ruling_actor a
                        WHERE a.case_id = r.case_id AND a.position = r.position) AS actors
      FROM business.ruling r
     WHERE r.case_id = $1
     ORDER BY r.position
"""


def case_of(row: Any, rulings: Sequence[Any]) -> AssignedCase:
    """The aggregate in a row of ``CASE_COLUMNS`` and the rows of its rulings."""
    return AssignedCase(
        id=CaseId(row["case_id"]),
        report_id=row["report_id"],
        organ=row["organ"],
        handling_organ=row["handling_organ"],
        synthetic=row["synthetic"],
        ground=Ground(row["ground"]),
        themes=tuple(row["themes"]),
        opened_on=row["opened_on"],
        state=State(row["state"]),
        people=People(_officers(row["handlers"]), _officers(row["submitters"]), row["handling_unit"]),
        submission=row["submission"],
        result=_result_of(row),
        holder=None if row["holder"] is None else OfficerId(row["holder"]),
        rulings=tuple(_ruling_of(ruling) for ruling in rulings),
        entries=row["entries"],
        resumes_at_r4=row["resumes_at_r4"],
        version=row["version"],
    )


def _officers(ids: Sequence[str]) -> frozenset[OfficerId]:
    return frozenset(OfficerId(id_) for id_ in ids)


def _result_of(row: Any) -> Result | None:
    if row["substantiation"] is None:
        return None
    return Result(
        Substantiation(row["substantiation"]),
        Outcome(row["outcome"]),
        row["four_form"],
        frozenset(Paper(paper) for paper in row["papers"]),
    )


def _ruling_of(row: Any) -> Ruling:
    return Ruling(
        submission=row["submission"],
        desk=Desk(row["desk"]),
        decision=Decision(row["decision"]),
        officer=OfficerId(row["officer"]),
        actors=_officers(row["actors"]),
        recused=_officers(row["recused"]),
        reasons=frozenset(Reason(reason) for reason in row["reasons"]),
        kind=None if row["kind"] is None else ReturnKind(row["kind"]),
        stands=row["stands"],
    )
