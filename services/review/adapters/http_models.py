"""What comes in over HTTP and what goes out; each desk has its own verdicts."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from services.chassis.strict_json import Day, StrictModel, Text
from services.review.application.ports import CaseLine, CasePage
from services.review.domain.values import (
    Check,
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
from services.review.domain.verdicts import Accept, Minutes, Pass, Return, Sign

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9:._-]{0,63}$")]
Ids = Annotated[list[Id], Field(max_length=100)]
ELEVATION = "ELEVATED_HANDLING"
"""What a second return of the fourth round suggests 提级办理."""


class PeopleIn(StrictModel):
    """Who works on the case below; added to those registered before."""

    handlers: Ids
    submitters: Ids
    handling_unit: Id | None = None

    def people(self) -> People:
        """The people in the domain's shape."""
        return People(_officers(self.handlers), _officers(self.submitters), self.handling_unit)


class ResultIn(StrictModel):
    """A result; the text says what was checked, how each allegation is answered, and what followed."""

    substantiation: Substantiation
    outcome: Outcome
    four_form: Annotated[int, Field(ge=1, le=4)] | None = None
    papers: Annotated[list[Paper], Field(max_length=5)]
    text: Text

    def result(self) -> Result:
        """The result without its text."""
        return Result(self.substantiation, self.outcome, self.four_form, frozenset(self.papers))


class MinutesIn(StrictModel):
    """Minutes of the deciding body."""

    text: Text
    present: Ids
    recused: Ids = Field(default_factory=list)

    def minutes(self) -> Minutes:
        """The minutes in the domain's shape."""
        return Minutes(self.text, _officers(self.present), _officers(self.recused))


class FirstPass(StrictModel):
    """R1 passes with its checklist."""

    decision: Literal["PASS"]
    checklist: Annotated[list[Check], Field(max_length=10)]

    def verdict(self) -> Pass:
        """The verdict in the domain's shape."""
        return Pass(checklist=frozenset(self.checklist))


class SecondPass(StrictModel):
    """R2 passes with a written opinion."""

    decision: Literal["PASS"]
    opinion: Text

    def verdict(self) -> Pass:
        """The verdict in the domain's shape."""
        return Pass(opinion=self.opinion)


class ThirdPass(StrictModel):
    """R3 passes with minutes."""

    decision: Literal["PASS"]
    minutes: MinutesIn

    def verdict(self) -> Pass:
        """The verdict in the domain's shape."""
        return Pass(minutes=self.minutes.minutes())


class Back(StrictModel):
    """R1, R2 or the chief sends the result back to the submitter."""

    decision: Literal["RETURN"]
    reasons: Annotated[list[Reason], Field(max_length=9)]
    note: Text | None = None

    def verdict(self) -> Return:
        """The verdict in the domain's shape."""
        return Return(frozenset(self.reasons), note=self.note)


class ThirdBack(Back):
    """R3 sends it back to the submitter or to R2."""

    minutes: MinutesIn
    back_to: Literal["SUPPLEMENTING", "R2_PENDING"] = "SUPPLEMENTING"

    def verdict(self) -> Return:
        """The verdict in the domain's shape."""
        reasons, back_to = frozenset(self.reasons), State(self.back_to)
        return Return(reasons, back_to, note=self.note, minutes=self.minutes.minutes())


class FourthBack(Back):
    """R4 sends it back with a kind and a new deadline."""

    kind: ReturnKind
    new_due_on: Day

    def verdict(self) -> Return:
        """The verdict in the domain's shape."""
        reasons = frozenset(self.reasons)
        return Return(reasons, note=self.note, kind=self.kind, new_due_on=self.new_due_on)


class Signature(StrictModel):
    """The chief signs."""

    decision: Literal["SIGN"]

    def verdict(self) -> Sign:
        """The verdict in the domain's shape."""
        return Sign()


class Acceptance(StrictModel):
    """R4 accepts and closes."""

    decision: Literal["ACCEPT"]

    def verdict(self) -> Accept:
        """The verdict in the domain's shape."""
        return Accept()


class ReadingIn(StrictModel):
    """Why a text is read."""

    reason_code: Literal["AUDIT", "HANDLING", "SUPERVISION", "QUALITY_INSPECTION"]


class TextOut(BaseModel):
    """A text, opened after its reading was noted."""

    text: str


class Moved(BaseModel):
    """Where a case lies after an act; ``version`` is also the ETag."""

    case_id: UUID
    state: State
    version: int
    submission: int


class RulingOut(BaseModel):
    """A verdict as the history keeps it."""

    submission: int
    desk: Desk
    decision: Decision
    officer: str
    actors: list[str]
    reasons: list[Reason]
    kind: ReturnKind | None
    stands: bool
    at: datetime


class ClockOut(BaseModel):
    """A running clock."""

    rule_id: str
    due_on: date
    provisional: bool
    state: str
    prewarned: bool


class PaperOut(BaseModel):
    """A sealed text, unopened."""

    paper_id: UUID
    kind: str
    submission: int
    desk: Desk | None
    written_by: str
    at: datetime


class CaseOut(BaseModel):
    """An assigned case."""

    case_id: UUID
    report_id: UUID
    organ: str
    handling_organ: str
    synthetic: bool
    ground: Ground
    themes: list[str]
    opened_on: date
    state: State
    version: int
    submission: int
    handlers: list[str]
    submitters: list[str]
    handling_unit: str | None
    holder: str | None
    expired: bool
    suggests: str | None
    substantiation: Substantiation | None
    outcome: Outcome | None
    four_form: int | None
    clocks: list[ClockOut]
    rulings: list[RulingOut]
    papers: list[PaperOut]

    @classmethod
    def of(cls, page: CasePage) -> "CaseOut":
        """The page of one case."""
        case, result = page.case, page.case.result
        returns = sum(r.desk is Desk.R4 and r.decision is Decision.RETURN for r in case.rulings)
        return cls(
            case_id=case.id,
            report_id=case.report_id,
            organ=case.organ,
            handling_organ=case.handling_organ,
            synthetic=case.synthetic,
            ground=case.ground,
            themes=list(case.themes),
            opened_on=case.opened_on,
            state=case.state,
            version=case.version,
            submission=case.submission,
            handlers=sorted(case.people.handlers),
            submitters=sorted(case.people.submitters),
            handling_unit=case.people.handling_unit,
            holder=case.holder,
            expired=page.expired,
            suggests=ELEVATION if returns > 1 else None,
            substantiation=result.substantiation if result else None,
            outcome=result.outcome if result else None,
            four_form=result.four_form if result else None,
            clocks=[
                ClockOut(
                    rule_id=clock.rule_id,
                    due_on=clock.due_on,
                    provisional=clock.provisional,
                    state=clock.state,
                    prewarned=clock.prewarned,
                )
                for clock in page.clocks
            ],
            rulings=_rulings(page),
            papers=[
                PaperOut(
                    paper_id=slip.id,
                    kind=slip.kind,
                    submission=slip.submission,
                    desk=slip.desk,
                    written_by=slip.written_by,
                    at=slip.at,
                )
                for slip in page.papers
            ],
        )


class LineOut(BaseModel):
    """An assigned case in a list."""

    case_id: UUID
    report_id: UUID
    organ: str
    handling_organ: str
    synthetic: bool
    state: State
    version: int
    submission: int
    opened_on: date
    due_on: date | None
    expired: bool

    @classmethod
    def of(cls, line: CaseLine) -> "LineOut":
        """One line."""
        return cls(**{name: getattr(line, name) for name in cls.model_fields})


class ListOut(BaseModel):
    """A part of a list; ``next_cursor`` is absent at its end."""

    cases: list[LineOut]
    next_cursor: str | None


def _rulings(page: CasePage) -> list[RulingOut]:
    return [
        RulingOut(
            submission=ruling.submission,
            desk=ruling.desk,
            decision=ruling.decision,
            officer=ruling.officer,
            actors=sorted(ruling.actors),
            reasons=sorted(ruling.reasons),
            kind=ruling.kind,
            stands=ruling.stands,
            at=at,
        )
        for ruling, at in zip(page.case.rulings, page.decided_at, strict=True)
    ]


def _officers(ids: list[str]) -> frozenset[OfficerId]:
    return frozenset(OfficerId(id_) for id_ in ids)
