"""Collective study 集体研判: a meeting and its recorded decision on one item."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.referral.domain.directory import Directory
from services.referral.domain.errors import (
    DeferredTwice,
    IllegalStep,
    MeetingNotHeld,
    MemberExcluded,
    MemberUnknown,
    OpinionMissing,
    StudyDecisionMissing,
)
from services.referral.domain.events import ReportEvent, ReportStudied
from services.referral.domain.exclusion import Excluded
from services.referral.domain.referral import Referral, Study, Target
from services.referral.domain.values import Nature, Occurrence, State, StudyDecision


class Tier(StrEnum):
    """Who meets: petition office, joint meeting, secretaries' meeting."""

    OFFICE = "OFFICE"
    JOINT = "JOINT"
    SECRETARIES = "SECRETARIES"


@dataclass(frozen=True, slots=True)
class Meeting:
    """A study meeting of one organ; ``present`` and ``absent`` are persons' ids."""

    id: UUID
    organ: str
    held_on: date
    tier: Tier
    present: tuple[str, ...]
    absent: tuple[str, ...] = ()
    recorder: str = ""


@dataclass(frozen=True, slots=True)
class ItemDecision:
    """What the meeting decided on one report; the opinions' words are sealed elsewhere.

    ``recused`` are members who left for this item, ``spoke`` those who stated a view, ``dissent`` those of
    them who disagreed.
    """

    decision: StudyDecision
    spoke: tuple[str, ...]
    recused: tuple[str, ...] = ()
    dissent: tuple[str, ...] = ()
    executor: str | None = None
    due_on: date | None = None


def refuse_strangers(meeting: Meeting, directory: Directory) -> None:
    """Raise MemberUnknown unless all named hold a seat of some organ today, and nobody is named twice.

    Joint members may come from the handling departments and stationed teams. Source: domain.md 9.
    """
    seated = {
        seat.person
        for seat in directory.seats.values()
        if seat.person is not None and directory.in_force(seat)
    }
    named = (*meeting.present, *meeting.absent)
    if len(set(named)) != len(named) or not {*named, meeting.recorder} <= seated:
        raise MemberUnknown


def refuse_untimely(meeting: Meeting, received_on: date, today: date) -> None:
    """Raise MeetingNotHeld when the meeting is still to come, or was over before the report came."""
    if not received_on <= meeting.held_on <= today:
        raise MeetingNotHeld


def decide_item_of(
    meeting: Meeting,
    item: ItemDecision,
    part: Referral,
    target: Target | None,
    excluded: Excluded,
    directory: Directory,
) -> tuple[Referral, list[ReportEvent]]:
    """Record the meeting's decision on a queued report.

    Raises IllegalStep when it is not before the meeting or was decided, MemberUnknown when who left was not
    there or who carries it out is nobody's id, MemberExcluded when a member of the reported side or a recused
    one did not leave, OpinionMissing when a member kept silent or fewer than two spoke, DeferredTwice,
    StudyDecisionMissing for a retention the report's nature does not bear.
    """
    study = part.study
    if part.state is not State.UNDER_COLLECTIVE_STUDY or study is None or study.decision is not None:
        raise IllegalStep(f"{part.state}: decide")
    _refuse_unknown(meeting, item, directory)
    taking_part = set(meeting.present) - set(item.recused)
    if any(excluded.holds_officer(member, directory) for member in taking_part | {item.executor or ""}):
        raise MemberExcluded
    if set(item.spoke) != taking_part or len(taking_part) < 2 or not set(item.dissent) <= taking_part:
        raise OpinionMissing
    _refuse_unfounded(item.decision, part)
    if target is not None:
        target.refuse_if_reported(excluded, directory)
    after = _after(study, meeting, item, target)
    event = ReportStudied(
        part.report_id, part.organ, part.matter.synthetic, meeting.id, item.decision, study.reasons
    )
    return replace(part, study=after), [event]


def _refuse_unknown(meeting: Meeting, item: ItemDecision, directory: Directory) -> None:
    known = {seat.person for seat in directory.seats.values()} | directory.persons.keys() | {None}
    if item.executor not in known or not set(item.recused) <= set(meeting.present):
        raise MemberUnknown


def _after(study: Study, meeting: Meeting, item: ItemDecision, target: Target | None) -> Study:
    if item.decision is StudyDecision.DEFER:
        if study.deferred:
            raise DeferredTwice
        return replace(study, meeting_id=meeting.id, deferred=1)
    return replace(study, meeting_id=meeting.id, decision=item.decision, target=target)


def _refuse_unfounded(decision: StudyDecision, part: Referral) -> None:
    repeat = part.matter.occurrence is Occurrence.REPEAT
    if decision is StudyDecision.RETAIN_REPEAT and not repeat:
        raise StudyDecisionMissing
    if decision is StudyDecision.RETAIN_NO_SUBSTANCE and part.matter.nature is not Nature.NO_SUBSTANCE:
        raise StudyDecisionMissing
