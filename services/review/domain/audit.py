"""An assigned case 交办件 in its four-round audit: acts, verdicts and the bar (domain.md 16.4)."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.review.domain.errors import (
    Barred,
    FourFormWrong,
    IllegalDecision,
    NotSeated,
    NotTaken,
    NotTheChief,
    NotTheSubmitter,
    PapersMissing,
)
from services.review.domain.events import (
    CaseAccepted,
    CaseWithdrawn,
    ChiefSigned,
    Event,
    Matter,
    ResultReturned,
    ResultSubmitted,
    ResultWithdrawn,
    RoundPassed,
)
from services.review.domain.rounds import DESK_OF, ENTRANCES, NEXT
from services.review.domain.seating import Seating
from services.review.domain.values import (
    CLOSED,
    NOBODY,
    REQUIRED_PAPERS,
    CaseId,
    Cause,
    Decision,
    Desk,
    Ground,
    OfficerId,
    Outcome,
    People,
    Result,
    ReturnKind,
    State,
)
from services.review.domain.verdicts import Accept, Minutes, Pass, Return, Ruling, Sign, Verdict, decision_of


@dataclass(frozen=True, slots=True)
class AssignedCase:
    """An assigned case at one moment; every change makes a new one.

    ``submission`` counts results submitted, ``entries`` how often any round was entered (a released round is
    not entered anew). ``holder`` took the present round. ``version`` counts the saved states from 1.
    """

    id: CaseId
    report_id: UUID
    organ: str
    handling_organ: str
    synthetic: bool
    ground: Ground
    themes: tuple[str, ...]
    opened_on: date
    state: State = State.SUPPLEMENTING
    people: People = NOBODY
    submission: int = 0
    result: Result | None = None
    holder: OfficerId | None = None
    rulings: tuple[Ruling, ...] = ()
    entries: int = 0
    resumes_at_r4: bool = False
    version: int = 0

    @property
    def matter(self) -> Matter:
        """What every fact of this case carries."""
        return Matter(self.id, self.report_id, self.organ, self.handling_organ, self.synthetic)

    def submit(
        self, officer: OfficerId, result: Result, seating: Seating, today: date
    ) -> tuple["AssignedCase", list[Event]]:
        """Hand in a result; it gets the next number. Raises NotTheSubmitter, PapersMissing, FourFormWrong."""
        to = State.R4_PENDING if self.resumes_at_r4 else State.R1_PENDING
        self._expect(Decision.SUBMIT, to)
        self._refuse_other_submitters(officer, seating)
        if not result.papers >= REQUIRED_PAPERS:
            raise PapersMissing
        if result.four_form is not None and (
            result.four_form not in range(1, 5) or result.outcome is Outcome.NONE
        ):
            raise FourFormWrong
        number = self.submission + 1
        after = replace(
            self, state=to, submission=number, result=result, entries=self.entries + 1, resumes_at_r4=False
        )
        return after, [ResultSubmitted(self.matter, number, today)]

    def withdraw(self, officer: OfficerId, seating: Seating) -> tuple["AssignedCase", list[Event]]:
        """Take the result back before the first round is taken. Raises NotTheSubmitter."""
        self._expect(Decision.WITHDRAW, State.SUPPLEMENTING)
        self._refuse_other_submitters(officer, seating)
        return replace(self, state=State.SUPPLEMENTING), [ResultWithdrawn(self.matter, self.submission)]

    def take(self, desk: Desk, officer: OfficerId, seating: Seating) -> "AssignedCase":
        """Take the present round. Raises NotSeated, Barred."""
        state = self._at(desk, Decision.TAKE)
        if officer not in seating.of(desk):
            raise NotSeated
        self._refuse_barred(officer, desk, seating)
        return replace(self, state=state, holder=officer)

    def release(self, desk: Desk, officer: OfficerId) -> "AssignedCase":
        """Give a taken round back; no act in the sense of the bar. Raises NotTaken."""
        state = self._at(desk, Decision.RELEASE)
        if officer != self.holder:
            raise NotTaken
        return replace(self, state=state, holder=None)

    def vacate(self, recused: frozenset[OfficerId]) -> "AssignedCase":
        """Take the round from a holder who is out now; it waits again for another."""
        if self.holder not in recused:
            return self
        return replace(self, state=self._expect(Decision.RELEASE, None), holder=None)

    def rule(
        self,
        desk: Desk,
        verdict: Verdict,
        officer: OfficerId,
        seating: Seating,
        today: date,
        *,
        missing_docs_resume: bool = False,
    ) -> tuple["AssignedCase", list[Event]]:
        """Take the verdict of a desk: the row of the table, the bar, and what the verdict must bring.

        ``missing_docs_resume`` lets a result returned for MISSING_DOCS come back at the fourth round with
        its earlier passes standing. Raises IllegalDecision, NotTaken, NotTheChief, Barred, and what the
        verdict refuses.
        """
        decision = decision_of(verdict)
        to = verdict.back_to if isinstance(verdict, Return) else None
        state = self._at(desk, decision, to)
        if desk is Desk.CHIEF:
            if officer != seating.chief:
                raise NotTheChief
        elif officer != self.holder:
            raise NotTaken
        if isinstance(verdict, Pass):
            verdict.refuse_if_incomplete(desk)
        elif isinstance(verdict, Return):
            verdict.refuse_if_incomplete(desk, today)
        actors = self._actors(desk, verdict, officer, seating)
        for actor in actors:
            self._refuse_barred(actor, desk, seating)
        resumes = missing_docs_resume and desk is Desk.R4 and _asks_for_papers(verdict)
        minutes = _minutes_of(verdict)
        ruling = Ruling(
            submission=self.submission,
            desk=desk,
            decision=decision,
            officer=officer,
            actors=actors,
            recused=minutes.recused if minutes else frozenset(),
            reasons=verdict.reasons if isinstance(verdict, Return) else frozenset(),
            kind=verdict.kind if isinstance(verdict, Return) else None,
        )
        return self._ruled(ruling, state, resumes), self._told(ruling, verdict, today)

    def call_off(self, cause: Cause) -> tuple["AssignedCase", list[Event]]:
        """End the case without a result; nothing happens to one that has ended."""
        if self.state in CLOSED:
            return self, []
        return replace(self, state=State.WITHDRAWN, holder=None), [CaseWithdrawn(self.matter, cause)]

    def barred(self, officer: OfficerId, desk: Desk, seating: Seating) -> bool:
        """Whether the officer may not act at a desk: handler, submitter, recused, or active at another desk.

        The chief may preside in the third round and sign; all submissions of the case count.
        """
        if officer in seating.recused | self.people.everyone() | self.stepped_back():
            return True
        elsewhere = {ruling.desk for ruling in self.rulings if officer in ruling.actors} - {desk}
        return bool(elsewhere) and not {desk, *elsewhere} <= {Desk.R3, Desk.CHIEF}

    def stepped_back(self) -> frozenset[OfficerId]:
        """Members whose recusal a meeting of the third round has minuted; it holds for the whole case."""
        return frozenset().union(*(ruling.recused for ruling in self.rulings))

    def _at(self, desk: Desk, decision: Decision, to: State | None = None) -> State:
        if DESK_OF.get(self.state) is not desk:
            raise IllegalDecision
        return self._expect(decision, to)

    def _expect(self, decision: Decision, to: State | None) -> State:
        ways = NEXT.get((self.state, decision), frozenset())
        if to is None and len(ways) == 1:
            return next(iter(ways))
        if to is None or to not in ways:
            raise IllegalDecision
        return to

    def _refuse_other_submitters(self, officer: OfficerId, seating: Seating) -> None:
        if officer not in self.people.submitters or officer in seating.recused:
            raise NotTheSubmitter

    def _refuse_barred(self, officer: OfficerId, desk: Desk, seating: Seating) -> None:
        if self.barred(officer, desk, seating):
            raise Barred

    def _actors(
        self, desk: Desk, verdict: Verdict, officer: OfficerId, seating: Seating
    ) -> frozenset[OfficerId]:
        minutes = _minutes_of(verdict)
        if desk is not Desk.R3 or minutes is None:
            return frozenset({officer})
        minutes.refuse_unless_quorate(seating.of(Desk.R3), seating.recused | self.stepped_back())
        return minutes.present

    def _ruled(self, ruling: Ruling, state: State, resumes: bool) -> "AssignedCase":
        """The case after a ruling; what it goes behind, or takes the place of, stands no longer."""
        goes_back = ruling.decision is Decision.RETURN and not resumes
        behind = {desk for desk in Desk if state is State.SUPPLEMENTING or desk is Desk.R2}
        earlier = tuple(
            replace(
                r,
                stands=r.stands
                and not (r.submission == ruling.submission and r.desk is ruling.desk)
                and not (goes_back and r.desk in behind and r.decision is not Decision.RETURN),
            )
            for r in self.rulings
        )
        return replace(
            self,
            state=state,
            holder=None,
            rulings=(*earlier, ruling),
            entries=self.entries + (state in ENTRANCES),
            resumes_at_r4=resumes,
        )

    def _told(self, ruling: Ruling, verdict: Verdict, today: date) -> list[Event]:
        match verdict:
            case Pass():
                return [RoundPassed(self.matter, self.submission, ruling.desk)]
            case Sign():
                return [ChiefSigned(self.matter, self.submission)]
            case Accept():
                assert self.result is not None  # nothing reaches the fourth round without a submission
                return [CaseAccepted(self.matter, self.submission, today, self.result)]
            case Return(back_to=back_to, kind=kind, new_due_on=new_due_on):
                reasons = tuple(sorted(ruling.reasons))
                return [
                    ResultReturned(
                        self.matter, self.submission, ruling.desk, reasons, back_to, kind, new_due_on
                    )
                ]


def _minutes_of(verdict: Verdict) -> Minutes | None:
    return verdict.minutes if isinstance(verdict, Pass | Return) else None


def _asks_for_papers(verdict: Verdict) -> bool:
    return isinstance(verdict, Return) and verdict.kind is ReturnKind.MISSING_DOCS
