"""The triage desk: a part comes in, is classified anew, or ends here without handling."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from services.referral.domain.directory import Directory
from services.referral.domain.errors import SuperiorLevel
from services.referral.domain.events import (
    AppealRouted,
    ReportAdvised,
    ReportEvent,
    ReportForwarded,
    ReportQueuedForStudy,
    ReportRetained,
    SuggestionFiled,
)
from services.referral.domain.exclusion import Excluded
from services.referral.domain.jurisdiction import Decision
from services.referral.domain.lifecycle import Step
from services.referral.domain.referral import Matter, Referral, Study
from services.referral.domain.values import Kind, State, StudyReason
from services.referral.domain.withdrawal import freeze, judge_anew


def open_part(
    part: Referral, excluded: Excluded, directory: Directory, at: datetime, *, frozen: bool
) -> tuple[Referral, list[ReportEvent]]:
    """A part that just came in, judged by rules 1 and 2 at once; stopped when its report is frozen."""
    if frozen:
        return freeze(part, at)
    return judge_anew(part, excluded, directory, at)


def reclassify(part: Referral, matter: Matter) -> Referral:
    """T31: what intake's newer classification says; a study decision made on another matter falls.

    Unchanged when ``matter`` is not newer, and when the part is frozen.
    """
    if matter.version <= part.matter.version or part.state is State.FROZEN:
        return part
    study = part.study
    other = (matter.nature, matter.parties) != (part.matter.nature, part.matter.parties)
    if study is not None and other:
        study = replace(study, decision=None, target=None)
    return replace(part, matter=matter, study=study)


def queue(
    part: Referral, reasons: Iterable[StudyReason], decision: Decision
) -> tuple[Referral, list[ReportEvent]]:
    """T5: before the meeting. Raises SuperiorLevel, IllegalStep."""
    if decision.kind is Kind.SUPERIOR_LEVEL:
        raise SuperiorLevel
    named = tuple(dict.fromkeys(reason.value for reason in reasons))
    after = replace(part.step(Step.QUEUE), study=Study(named))
    return after, [ReportQueuedForStudy(part.report_id, part.organ, part.matter.synthetic, named)]


def retain(part: Referral, step: Step) -> tuple[Referral, list[ReportEvent]]:
    """T8 and T9; ``step`` is RETAIN_REPEAT or RETAIN_NO_SUBSTANCE. Raises IllegalStep."""
    kind = "REPEAT" if step is Step.RETAIN_REPEAT else "NO_SUBSTANCE"
    event = ReportRetained(part.report_id, part.organ, part.matter.synthetic, kind, _meeting(part))
    return part.step(step), [event]


def advise(part: Referral) -> tuple[Referral, list[ReportEvent]]:
    """T12: the person was told where to go. Raises IllegalStep."""
    event = ReportAdvised(part.report_id, part.organ, part.matter.synthetic, part.matter.oos_kinds)
    return part.step(Step.ADVISE), [event]


def sent_away(part: Referral, step: Step, unit: str) -> list[ReportEvent]:
    """What is said of a report that left for ``unit`` by FORWARD (T12), APPEAL or SUGGEST (T14)."""
    about = (part.report_id, part.organ, part.matter.synthetic)
    match step:
        case Step.FORWARD:
            return [ReportForwarded(*about, unit)]
        case Step.APPEAL:
            return [AppealRouted(*about, unit)]
        case _:
            return [SuggestionFiled(*about, unit)]


def study_wait_starts(part: Referral) -> date | None:
    """The day from which D30 counts, None when it counts no more."""
    return part.matter.received_on if part.clocked else None


def _meeting(part: Referral) -> UUID | None:
    before_meeting = part.state is State.UNDER_COLLECTIVE_STUDY and part.study is not None
    return part.study.meeting_id if before_meeting and part.study is not None else None
