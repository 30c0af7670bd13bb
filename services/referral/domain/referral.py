"""A part of a report (report, organ) on its way: triage, routing, handling."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from services.referral.domain.directory import Directory
from services.referral.domain.errors import IllegalStep, ReferralChanged, RouteToReportedSide
from services.referral.domain.exclusion import Excluded
from services.referral.domain.jurisdiction import Case
from services.referral.domain.lifecycle import NEXT, Step
from services.referral.domain.values import (
    Approval,
    Disposal,
    Ground,
    Nature,
    Occurrence,
    Party,
    State,
    StudyDecision,
    Way,
)


@dataclass(frozen=True, slots=True)
class Matter:
    """What intake's classification says of the report; ``version`` is intake's own."""

    received_on: date
    channel: str
    source: str
    name_status: str
    nature: Nature
    occurrence: Occurrence
    parties: tuple[Party, ...] = ()
    themes: tuple[str, ...] = ()
    oos_kinds: tuple[str, ...] = ()
    oos_impact: bool = False
    study_reasons: tuple[str, ...] = ()
    has_oos_part: bool = False
    imported: bool = False
    synthetic: bool = False
    version: int = 1


@dataclass(frozen=True, slots=True)
class Target:
    """Where a report goes; a unit or a seat only inside an organ; ``way`` None for what leaves by letter."""

    way: Way | None
    organ: str
    unit: str | None = None
    seat: str | None = None
    informed: tuple[str, ...] = ()

    def refuse_if_reported(self, excluded: Excluded, directory: Directory) -> None:
        """Raise RouteToReportedSide when the target, or a unit told of it, is excluded."""
        units = (self.organ, self.unit, *self.informed)
        if any(excluded.holds_unit(unit, directory) for unit in units) or excluded.holds_seat(
            self.seat, directory
        ):
            raise RouteToReportedSide


@dataclass(frozen=True, slots=True)
class Routing:
    """One hand-over; open until ``closed_at`` is set. At most one of a report is open.

    ``told_unit`` is the case-management department that had the notice, ``told_seat`` the chief's where that
    department is on the reported side. ``officers`` are persons named for an assignment.
    """

    id: UUID
    target: Target
    opened_at: datetime
    opened_by: str
    approval: Approval | None = None
    ground: Ground | None = None
    letter_no: str | None = None
    officers: tuple[str, ...] = ()
    told_unit: str | None = None
    told_seat: str | None = None
    signed_by_seat: str | None = None
    signed_at: datetime | None = None
    closed_at: datetime | None = None
    close_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Study:
    """The report's place before the meeting; ``decision`` None while it waits."""

    reasons: tuple[str, ...]
    meeting_id: UUID | None = None
    decision: StudyDecision | None = None
    target: Target | None = None
    deferred: int = 0


@dataclass(frozen=True, slots=True)
class Passage:
    """One transition that was made and not yet written to the log."""

    step: Step
    from_state: State
    to_state: State


@dataclass(frozen=True, slots=True)
class Referral:
    """A part at one moment; every change makes a new one.

    ``version`` counts the saved states from 1; a part never saved has 0. ``routing`` is the latest, open or
    closed. ``passages`` are the transitions since it was loaded. ``opened_on`` is the local day on which the
    part came here.
    """

    report_id: UUID
    organ: str
    matter: Matter
    opened_on: date
    state: State = State.UNDER_TRIAGE
    routing: Routing | None = None
    study: Study | None = None
    disposal: Disposal | None = None
    recheck_on: date | None = None
    version: int = 0
    passages: tuple[Passage, ...] = ()

    def case(self, excluded: Excluded) -> Case:
        """What the decision order asks of this part."""
        m = self.matter
        return Case(self.organ, m.parties, m.nature, m.occurrence, excluded, m.oos_impact, m.study_reasons)

    @property
    def clocked(self) -> bool:
        """Whether clocks of triage run: none starts before the day of import (domain.md 20)."""
        return not (self.matter.imported and self.matter.received_on < self.opened_on)

    def expect(self, version: int, *steps: Step) -> None:
        """Refuse a step the present state has not, then a version that is not the present one.

        Raises IllegalStep, ReferralChanged.
        """
        if not any((self.state, step) in NEXT for step in steps):
            raise IllegalStep(f"{self.state}: {', '.join(steps)}")
        if version != self.version:
            raise ReferralChanged

    def step(self, *steps: Step) -> "Referral":
        """The part after these steps. Raises IllegalStep."""
        now, passages = self.state, list(self.passages)
        for step in steps:
            if (now, step) not in NEXT:
                raise IllegalStep(f"{now}: {step}")
            passages.append(Passage(step, now, NEXT[now, step]))
            now = NEXT[now, step]
        return replace(self, state=now, passages=tuple(passages))

    def open_routing(self) -> Routing | None:
        """The routing now open, if any."""
        return self.routing if self.routing is not None and self.routing.closed_at is None else None

    def close(self, at: datetime, reason: str) -> "Referral":
        """The part with its open routing closed; unchanged when none is open."""
        routing = self.open_routing()
        if routing is None:
            return self
        return replace(self, routing=replace(routing, closed_at=at, close_reason=reason))
