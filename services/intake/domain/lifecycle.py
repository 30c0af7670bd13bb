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


PROJECTED: Mapping[str, tuple[State, ...]] = MappingProxyType(
    {
        "report-queued-for-study": (S.UNDER_COLLECTIVE_STUDY,),
        "report-accepted": (S.ACCEPTED,),
        "report-moved": (S.MOVED,),
        "report-transferred": (S.TRANSFER_PENDING,),
        "report-assigned": (S.ASSIGNED,),
        "transfer-signed-for": (S.TRANSFERRED,),
        "report-returned:HANDLER": (S.RETURNED_BY_HANDLER,),
        "report-returned:LOWER_ORGAN": (S.UNDER_TRIAGE,),
        "report-retained:REPEAT": (S.RETAINED_REPEAT,),
        "report-retained:NO_SUBSTANCE": (S.RETAINED_NO_SUBSTANCE,),
        "report-advised": (S.OOS_ADVISED,),
        "report-forwarded": (S.OOS_FORWARDED,),
        "appeal-routed": (S.APPEAL_ROUTED,),
        "suggestion-filed": (S.SUGGESTION_FILED,),
        "disposal-decided:TALK_OR_INQUIRY": (S.DISPOSAL_DECIDED, S.IN_VERIFICATION),
        "disposal-decided:PRELIMINARY_VERIFICATION": (S.DISPOSAL_DECIDED, S.IN_VERIFICATION),
        "disposal-decided:HELD": (S.DISPOSAL_DECIDED, S.HELD),
        "disposal-decided:CLOSED": (S.DISPOSAL_DECIDED,),
        "report-concluded": (S.CONCLUDED,),
        "routing-withdrawn": (S.UNDER_TRIAGE,),
        "result-submitted": (S.UNDER_AUDIT,),
        "result-withdrawn": (S.ASSIGNED,),
        "result-returned": (S.ASSIGNED,),
    }
)
"""The states a fact of referral or review leads a part through; they own these transitions."""


def way_to(now: State, word: str) -> tuple[State, ...]:
    """The states from ``now`` on that a fact named ``word`` leads through; empty when it changes nothing.

    A returned report is screened again (T16) without a fact of its own: the next fact shows it. What is
    frozen stays so, and a withdrawal changes nothing where no routing is open. Raises KeyError for an
    unknown word.
    """
    way = PROJECTED[word]
    if now is State.FROZEN or way[-1] is now:
        return ()
    if word == "routing-withdrawn" and now not in OPEN:
        return ()
    if now is State.RETURNED_BY_HANDLER and way[0] is not State.UNDER_TRIAGE:
        return State.UNDER_TRIAGE, *way
    return way


OPEN = frozenset(
    {
        S.MOVED,
        S.TRANSFER_PENDING,
        S.ASSIGNED,
        S.UNDER_AUDIT,
        S.DISPOSAL_DECIDED,
        S.IN_VERIFICATION,
        S.HELD,
    }
)
"""The states in which a routing is open."""
