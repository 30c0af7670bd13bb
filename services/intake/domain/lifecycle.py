"""How the entry desk moves a report, and how the facts of others move its parts; domain.md 4.2, 6.2."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from services.intake.domain.values import Desk, State

S = State


class Step(StrEnum):
    """What a person does at the entry desk."""

    EDIT = "EDIT"
    COMPLETE = "COMPLETE"
    CHECK = "CHECK"
    CONFIRM = "CONFIRM"


NEXT: Mapping[tuple[Desk, Step], Desk] = MappingProxyType(
    {
        (Desk.DRAFT, Step.EDIT): Desk.DRAFT,
        (Desk.ELEMENT_COMPLETE, Step.EDIT): Desk.DRAFT,
        (Desk.CHECKED, Step.EDIT): Desk.DRAFT,
        (Desk.DRAFT, Step.COMPLETE): Desk.ELEMENT_COMPLETE,
        (Desk.ELEMENT_COMPLETE, Step.CHECK): Desk.CHECKED,
        (Desk.CHECKED, Step.CONFIRM): Desk.CONFIRMED,
    }
)
"""The whole entry desk: an edit begins the checks anew; after CONFIRMED only a correction changes it."""


OWN: frozenset[tuple[State | None, State]] = frozenset(
    {
        (None, S.RECEIVED),
        (None, S.REGISTERED),
        (S.RECEIVED, S.REGISTERED),
        (S.REGISTERED, S.UNDER_TRIAGE),
        *((state, S.FROZEN) for state in State if state is not S.FROZEN),
    }
)
"""The transitions intake moves by itself: T1, T3, T4 and the freeze that begins T32."""


PROJECTED: Mapping[str, State] = MappingProxyType(
    {
        "report-queued-for-study": S.UNDER_COLLECTIVE_STUDY,
        "report-accepted": S.ACCEPTED,
        "report-moved": S.MOVED,
        "report-transferred": S.TRANSFER_PENDING,
        "report-assigned": S.ASSIGNED,
        "report-returned:HANDLER": S.RETURNED_BY_HANDLER,
        "report-returned:LOWER_ORGAN": S.UNDER_TRIAGE,
        "report-retained:REPEAT": S.RETAINED_REPEAT,
        "report-retained:NO_SUBSTANCE": S.RETAINED_NO_SUBSTANCE,
        "report-advised": S.OOS_ADVISED,
        "report-forwarded": S.OOS_FORWARDED,
        "appeal-routed": S.APPEAL_ROUTED,
        "suggestion-filed": S.SUGGESTION_FILED,
        "disposal-decided:TALK_OR_INQUIRY": S.IN_VERIFICATION,
        "disposal-decided:PRELIMINARY_VERIFICATION": S.IN_VERIFICATION,
        "disposal-decided:HELD": S.HELD,
        "disposal-decided:CLOSED": S.DISPOSAL_DECIDED,
        "report-concluded": S.CONCLUDED,
        "routing-withdrawn": S.UNDER_TRIAGE,
        "result-submitted": S.UNDER_AUDIT,
        "result-returned": S.ASSIGNED,
    }
)
"""Where a fact of referral or review leaves a part; they own these transitions, intake only shows them."""
