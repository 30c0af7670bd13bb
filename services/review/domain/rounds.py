"""The closed table of the audit 四轮审核, domain.md 16.4: which decision leads where; all else is refused."""

from collections.abc import Mapping
from types import MappingProxyType

from services.review.domain.values import Decision, Desk, State

NEXT: Mapping[tuple[State, Decision], frozenset[State]] = MappingProxyType(
    {
        (State.SUPPLEMENTING, Decision.SUBMIT): frozenset({State.R1_PENDING, State.R4_PENDING}),
        (State.R1_PENDING, Decision.WITHDRAW): frozenset({State.SUPPLEMENTING}),
        (State.R1_PENDING, Decision.TAKE): frozenset({State.R1_IN_REVIEW}),
        (State.R1_IN_REVIEW, Decision.RELEASE): frozenset({State.R1_PENDING}),
        (State.R1_IN_REVIEW, Decision.PASS): frozenset({State.R2_PENDING}),
        (State.R1_IN_REVIEW, Decision.RETURN): frozenset({State.SUPPLEMENTING}),
        (State.R2_PENDING, Decision.TAKE): frozenset({State.R2_IN_REVIEW}),
        (State.R2_IN_REVIEW, Decision.RELEASE): frozenset({State.R2_PENDING}),
        (State.R2_IN_REVIEW, Decision.PASS): frozenset({State.R3_PENDING}),
        (State.R2_IN_REVIEW, Decision.RETURN): frozenset({State.SUPPLEMENTING}),
        (State.R3_PENDING, Decision.TAKE): frozenset({State.R3_IN_REVIEW}),
        (State.R3_IN_REVIEW, Decision.RELEASE): frozenset({State.R3_PENDING}),
        (State.R3_IN_REVIEW, Decision.PASS): frozenset({State.CHIEF_SIGN_PENDING}),
        (State.R3_IN_REVIEW, Decision.RETURN): frozenset({State.SUPPLEMENTING, State.R2_PENDING}),
        (State.CHIEF_SIGN_PENDING, Decision.SIGN): frozenset({State.R4_PENDING}),
        (State.CHIEF_SIGN_PENDING, Decision.RETURN): frozenset({State.SUPPLEMENTING}),
        (State.R4_PENDING, Decision.TAKE): frozenset({State.R4_IN_REVIEW}),
        (State.R4_IN_REVIEW, Decision.RELEASE): frozenset({State.R4_PENDING}),
        (State.R4_IN_REVIEW, Decision.ACCEPT): frozenset({State.ACCEPTED}),
        (State.R4_IN_REVIEW, Decision.RETURN): frozenset({State.SUPPLEMENTING}),
    }
)
"""The whole table: where a decision leads. A submission reaches R4_PENDING only when it resumes there (the
setting for MISSING_DOCS); the third round chooses where its return leads. No other code moves a case, but
for calling it off and for taking a round from an excluded officer."""

DESK_OF: Mapping[State, Desk] = MappingProxyType(
    {
        State.R1_PENDING: Desk.R1,
        State.R1_IN_REVIEW: Desk.R1,
        State.R2_PENDING: Desk.R2,
        State.R2_IN_REVIEW: Desk.R2,
        State.R3_PENDING: Desk.R3,
        State.R3_IN_REVIEW: Desk.R3,
        State.CHIEF_SIGN_PENDING: Desk.CHIEF,
        State.R4_PENDING: Desk.R4,
        State.R4_IN_REVIEW: Desk.R4,
    }
)

ENTRANCES = frozenset({State.R1_PENDING, State.R2_PENDING, State.R3_PENDING, State.R4_PENDING})
"""Where a round waits to be taken."""
