"""Which way the desk may go: the decision order's, or what a study meeting decided instead."""

from services.referral.domain.directory import Directory
from services.referral.domain.errors import (
    ChannelWrong,
    NotAsDecided,
    StudyDecisionMissing,
    SuperiorLevel,
)
from services.referral.domain.jurisdiction import Decision
from services.referral.domain.lifecycle import Step
from services.referral.domain.referral import Referral, Target
from services.referral.domain.values import Kind, State, StudyDecision, UnitKind, Way

PROPOSED: dict[Step, Kind] = {
    Step.ACCEPT: Kind.MOVE,
    Step.TRANSFER: Kind.TRANSFER,
    Step.ASSIGN: Kind.TRANSFER,
    Step.RETAIN_REPEAT: Kind.RETAIN_REPEAT,
    Step.ADVISE: Kind.ADVISE_OR_FORWARD,
    Step.FORWARD: Kind.ADVISE_OR_FORWARD,
    Step.APPEAL: Kind.APPEAL,
    Step.SUGGEST: Kind.SUGGESTION,
}
"""What the decision order must propose for an act at the triage desk; retention for NA3 is never there."""

STUDIED: dict[Step, StudyDecision] = {
    Step.ACCEPT: StudyDecision.ACCEPT_MOVE,
    Step.TRANSFER: StudyDecision.TRANSFER,
    Step.ASSIGN: StudyDecision.ASSIGN,
    Step.RETAIN_REPEAT: StudyDecision.RETAIN_REPEAT,
    Step.RETAIN_NO_SUBSTANCE: StudyDecision.RETAIN_NO_SUBSTANCE,
    Step.ADVISE: StudyDecision.OOS_ADVISE,
    Step.FORWARD: StudyDecision.OOS_FORWARD,
}
"""The meeting's decision that allows an act."""


def permit(part: Referral, step: Step, decision: Decision) -> None:
    """Refuse an act that neither the decision order nor a recorded study decision gives.

    Raises SuperiorLevel, StudyDecisionMissing, NotAsDecided, ChannelWrong.
    """
    if decision.kind is Kind.SUPERIOR_LEVEL:
        raise SuperiorLevel
    if part.state is State.UNDER_COLLECTIVE_STUDY:
        if part.study is None or part.study.decision is not STUDIED.get(step):
            raise StudyDecisionMissing
    elif step is Step.RETAIN_NO_SUBSTANCE:
        raise StudyDecisionMissing
    elif decision.kind is not PROPOSED.get(step):
        raise NotAsDecided
    by_letter = part.matter.channel == "LETTER"
    if (step is Step.ADVISE and by_letter) or (
        step is Step.FORWARD and part.matter.channel in {"VISIT", "PHONE", "NETWORK"}
    ):
        raise ChannelWrong


def target_of(part: Referral, decision: Decision, directory: Directory) -> Target:
    """Where the permitted act leads: the meeting's target, the order's, or our own 室.

    Raises NotAsDecided when none can be told.
    """
    if (
        part.state is State.UNDER_COLLECTIVE_STUDY
        and part.study is not None
        and part.study.target is not None
    ):
        return part.study.target
    proposed = decision.kind is Kind.MOVE or part.state is not State.UNDER_COLLECTIVE_STUDY
    if proposed and decision.way is not None and decision.target_organ is not None:
        return Target(
            decision.way,
            decision.target_organ,
            decision.target_unit,
            decision.target_seat,
            decision.informed,
        )
    organ = directory.organs.get(directory.resolve(part.organ) or "")
    room = directory.resolve(organ.departments.supervision) if organ is not None else None
    accepted = part.study is not None and part.study.decision is StudyDecision.ACCEPT_MOVE
    if not accepted or organ is None or room is None:
        raise NotAsDecided
    return Target(Way.ROOM, organ.id, room)


def studied_target(
    decision: StudyDecision, chosen: str | None, part: Referral, directory: Directory
) -> Target | None:
    """The target a meeting chose, as far as its decision has one; ``chosen`` is a unit or organ id.

    A transfer or assignment goes one level down only; a move to a department of ours or a stationed team.
    Raises NotAsDecided for anything else.
    """
    if decision not in {StudyDecision.ACCEPT_MOVE, StudyDecision.TRANSFER, StudyDecision.ASSIGN}:
        return None
    downwards = decision is not StudyDecision.ACCEPT_MOVE
    if chosen is None:
        if downwards:
            raise NotAsDecided
        return None
    id_ = directory.resolve(chosen)
    if id_ is None:
        raise NotAsDecided
    if downwards:
        organ, ours = directory.organs.get(id_), directory.standing_for(part.organ)
        if organ is None or organ.superior is None or directory.resolve(organ.superior) not in ours:
            raise NotAsDecided
        return Target(Way.LOCAL, id_)
    return _own_desk(id_, directory.resolve(part.organ), directory)


def _own_desk(id_: str, organ_id: str | None, directory: Directory) -> Target:
    unit, organ = directory.units.get(id_), directory.organs.get(organ_id or "")
    if unit is None or organ is None or directory.resolve(unit.organ) != organ.id:
        raise NotAsDecided
    if unit.kind is UnitKind.STATIONED_TEAM:
        return Target(Way.GROUP, organ.id, id_)
    if unit.kind is not UnitKind.DEPARTMENT:
        raise NotAsDecided
    internal = id_ == organ.departments.internal_supervision
    return Target(Way.INTERNAL if internal else Way.ROOM, organ.id, id_)
