"""The transitions of domain.md 4.2 that referral moves, as one closed table."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from services.referral.domain.values import State

S = State


class Step(StrEnum):
    """What moves a part; named after the act, with the number of the transition in the table."""

    QUEUE = "QUEUE"
    ACCEPT = "ACCEPT"
    MOVE = "MOVE"
    TRANSFER = "TRANSFER"
    SIGN_TRANSFER = "SIGN_TRANSFER"
    REFUSE_TRANSFER = "REFUSE_TRANSFER"
    ASSIGN = "ASSIGN"
    RETAIN_REPEAT = "RETAIN_REPEAT"
    RETAIN_NO_SUBSTANCE = "RETAIN_NO_SUBSTANCE"
    ADVISE = "ADVISE"
    FORWARD = "FORWARD"
    APPEAL = "APPEAL"
    SUGGEST = "SUGGEST"
    RETURN = "RETURN"
    RESCREEN = "RESCREEN"
    DECIDE_DISPOSAL = "DECIDE_DISPOSAL"
    VERIFY = "VERIFY"
    HOLD = "HOLD"
    CONCLUDE = "CONCLUDE"
    SUBMIT_RESULT = "SUBMIT_RESULT"
    RETURN_RESULT = "RETURN_RESULT"
    WITHDRAW = "WITHDRAW"
    FREEZE = "FREEZE"


OPEN = frozenset(
    {
        S.MOVED,
        S.TRANSFER_PENDING,
        S.ASSIGNED,
        S.DISPOSAL_DECIDED,
        S.IN_VERIFICATION,
        S.HELD,
        S.UNDER_AUDIT,
    }
)
"""States of which each has exactly one open routing."""
SCREENING = (S.UNDER_TRIAGE, S.UNDER_COLLECTIVE_STUDY)

NEXT: Mapping[tuple[State, Step], State] = MappingProxyType(
    {
        (S.UNDER_TRIAGE, Step.QUEUE): S.UNDER_COLLECTIVE_STUDY,
        **{(s, Step.ACCEPT): S.ACCEPTED for s in SCREENING},
        (S.ACCEPTED, Step.MOVE): S.MOVED,
        **{(s, Step.TRANSFER): S.TRANSFER_PENDING for s in SCREENING},
        (S.TRANSFER_PENDING, Step.SIGN_TRANSFER): S.TRANSFERRED,
        (S.TRANSFER_PENDING, Step.REFUSE_TRANSFER): S.UNDER_TRIAGE,
        **{(s, Step.ASSIGN): S.ASSIGNED for s in SCREENING},
        **{(s, Step.RETAIN_REPEAT): S.RETAINED_REPEAT for s in SCREENING},
        **{(s, Step.RETAIN_NO_SUBSTANCE): S.RETAINED_NO_SUBSTANCE for s in SCREENING},
        **{(s, Step.ADVISE): S.OOS_ADVISED for s in SCREENING},
        **{(s, Step.FORWARD): S.OOS_FORWARDED for s in SCREENING},
        (S.UNDER_TRIAGE, Step.APPEAL): S.APPEAL_ROUTED,
        (S.UNDER_TRIAGE, Step.SUGGEST): S.SUGGESTION_FILED,
        (S.MOVED, Step.RETURN): S.RETURNED_BY_HANDLER,
        (S.RETURNED_BY_HANDLER, Step.RESCREEN): S.UNDER_TRIAGE,
        (S.MOVED, Step.DECIDE_DISPOSAL): S.DISPOSAL_DECIDED,
        (S.HELD, Step.DECIDE_DISPOSAL): S.DISPOSAL_DECIDED,
        (S.DISPOSAL_DECIDED, Step.VERIFY): S.IN_VERIFICATION,
        (S.DISPOSAL_DECIDED, Step.HOLD): S.HELD,
        (S.DISPOSAL_DECIDED, Step.CONCLUDE): S.CONCLUDED,
        (S.IN_VERIFICATION, Step.CONCLUDE): S.CONCLUDED,
        (S.ASSIGNED, Step.SUBMIT_RESULT): S.UNDER_AUDIT,
        (S.UNDER_AUDIT, Step.RETURN_RESULT): S.ASSIGNED,
        (S.UNDER_AUDIT, Step.CONCLUDE): S.CONCLUDED,
        **{(s, Step.WITHDRAW): S.UNDER_TRIAGE for s in State if s in OPEN},
        **{(s, Step.FREEZE): S.FROZEN for s in State if s is not S.FROZEN},
    }
)
"""The whole state machine: where a step leads from a state. No other code moves a part."""
