"""Handling as the receiver reports it: disposal, verification, hold, conclusion."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from services.referral.domain.errors import ConclusionNotAllowed, IllegalStep, RecheckDateMissing
from services.referral.domain.events import DisposalDecided, ReportConcluded, ReportEvent
from services.referral.domain.handover import require_signature
from services.referral.domain.lifecycle import Step
from services.referral.domain.referral import Referral
from services.referral.domain.values import Disposal, State

CHECKED = frozenset({Disposal.TALK_OR_INQUIRY, Disposal.PRELIMINARY_VERIFICATION})


class Substantiation(StrEnum):
    """What was found 查实情况; not provable is not unfounded."""

    TRUE = "TRUE"
    PARTLY_TRUE = "PARTLY_TRUE"
    UNFOUNDED = "UNFOUNDED"
    NOT_PROVABLE = "NOT_PROVABLE"


class Outcome(StrEnum):
    """What followed for the reported person 处理结果."""

    NONE = "NONE"
    EDUCATION = "EDUCATION"
    ORG_TREATMENT = "ORG_TREATMENT"
    PARTY_SANCTION = "PARTY_SANCTION"
    ADMIN_SANCTION = "ADMIN_SANCTION"
    TRANSFERRED_TO_PROCURATORATE = "TRANSFERRED_TO_PROCURATORATE"


@dataclass(frozen=True, slots=True)
class Conclusion:
    """How it ended; ``four_form`` is one of the four forms 四种形态, 1 to 4, of a measure taken."""

    concluded_on: date
    substantiation: Substantiation | None = None
    outcome: Outcome | None = None
    four_form: int | None = None

    def refuse_if_wrong(self, received_on: date, today: date) -> None:
        """Raise ConclusionNotAllowed for a day outside receipt and today, or a measure without a finding.

        A four form needs a measure; a measure needs a finding that is at least partly true.
        """
        if not received_on <= self.concluded_on <= today:
            raise ConclusionNotAllowed
        measure = self.outcome not in {None, Outcome.NONE}
        true = self.substantiation in {Substantiation.TRUE, Substantiation.PARTLY_TRUE}
        if (self.four_form is not None and not (measure and 1 <= self.four_form <= 4)) or (
            measure and not true
        ):
            raise ConclusionNotAllowed


def decide_disposal(part: Referral, disposal: Disposal) -> tuple[Referral, list[ReportEvent]]:
    """T17 and T23. Raises IllegalStep, NotSignedFor."""
    after = replace(part.step(Step.DECIDE_DISPOSAL), disposal=disposal, recheck_on=None)
    require_signature(part)
    return after, [DisposalDecided(part.report_id, part.organ, part.matter.synthetic, disposal)]


def begin_verification(part: Referral) -> Referral:
    """T18: only where a talk, an inquiry or a preliminary verification was decided. Raises IllegalStep."""
    if part.disposal not in CHECKED:
        raise IllegalStep(f"{part.disposal}: verify")
    return part.step(Step.VERIFY)


def hold(part: Referral, recheck_on: date | None, today: date) -> Referral:
    """T19: a clue held for later. Raises IllegalStep, RecheckDateMissing."""
    if part.disposal is not Disposal.HELD:
        raise IllegalStep(f"{part.disposal}: hold")
    if recheck_on is None or recheck_on <= today:
        raise RecheckDateMissing
    return replace(part.step(Step.HOLD), recheck_on=recheck_on)


def conclude(
    part: Referral, end: Conclusion, today: date, at: datetime
) -> tuple[Referral, list[ReportEvent]]:
    """T20 and T22, by the handler. Raises IllegalStep, NotSignedFor, ConclusionNotAllowed."""
    if part.state is State.UNDER_AUDIT or (
        part.state is State.DISPOSAL_DECIDED and part.disposal is not Disposal.CLOSED
    ):
        raise IllegalStep(f"{part.state}: conclude")
    after = part.step(Step.CONCLUDE)
    require_signature(part)
    end.refuse_if_wrong(part.matter.received_on, today)
    return _ended(part, after, at, end.concluded_on, end.substantiation, end.outcome, end.four_form)


def conclude_assigned(
    part: Referral,
    accepted_on: date,
    found: tuple[str | None, str | None, int | None],
    at: datetime,
) -> tuple[Referral, list[ReportEvent]]:
    """T25: review accepted the result; ``found`` is substantiation, outcome, four form as it told them."""
    return _ended(part, part.step(Step.CONCLUDE), at, accepted_on, *found)


def _ended(
    part: Referral,
    after: Referral,
    at: datetime,
    on: date,
    substantiation: str | None,
    outcome: str | None,
    four_form: int | None,
) -> tuple[Referral, list[ReportEvent]]:
    event = ReportConcluded(
        part.report_id,
        part.organ,
        part.matter.synthetic,
        on,
        None if substantiation is None else str(substantiation),
        None if outcome is None else str(outcome),
        four_form,
    )
    return after.close(at, "CONCLUDED"), [event]
