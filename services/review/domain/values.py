"""Words with meaning: rounds, decisions, states of a case, codes of results and returns."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NewType
from uuid import UUID

CaseId = NewType("CaseId", UUID)
OfficerId = NewType("OfficerId", str)
"""A person of the directory by id; the one a token names in ``sub``."""


class Desk(StrEnum):
    """Who judges: the four rounds 四轮审核, and the chief's desk between the third and the fourth."""

    R1 = "R1"
    R2 = "R2"
    R3 = "R3"
    CHIEF = "CHIEF"
    R4 = "R4"


class State(StrEnum):
    """Where an assigned case lies; those of domain.md 16.4, and WITHDRAWN when called off."""

    SUPPLEMENTING = "SUPPLEMENTING"
    R1_PENDING = "R1_PENDING"
    R1_IN_REVIEW = "R1_IN_REVIEW"
    R2_PENDING = "R2_PENDING"
    R2_IN_REVIEW = "R2_IN_REVIEW"
    R3_PENDING = "R3_PENDING"
    R3_IN_REVIEW = "R3_IN_REVIEW"
    CHIEF_SIGN_PENDING = "CHIEF_SIGN_PENDING"
    R4_PENDING = "R4_PENDING"
    R4_IN_REVIEW = "R4_IN_REVIEW"
    ACCEPTED = "ACCEPTED"
    WITHDRAWN = "WITHDRAWN"


CLOSED = frozenset({State.ACCEPTED, State.WITHDRAWN})


class Decision(StrEnum):
    """What somebody may want to do with a case; the words of the closed table."""

    SUBMIT = "SUBMIT"
    WITHDRAW = "WITHDRAW"
    TAKE = "TAKE"
    RELEASE = "RELEASE"
    PASS = "PASS"  # noqa: S105 - a word of the table, no secret
    RETURN = "RETURN"
    SIGN = "SIGN"
    ACCEPT = "ACCEPT"


class Ground(StrEnum):
    """Grounds of assignment 交办情形, rule art. 20."""

    A1 = "A1"
    A2 = "A2"
    A3 = "A3"
    A4 = "A4"


class Check(StrEnum):
    """What the first round looks at 内审清单: complete, each allegation answered, procedure kept."""

    COMPLETE = "COMPLETE"
    ALLEGATIONS_ANSWERED = "ALLEGATIONS_ANSWERED"
    PROCEDURE = "PROCEDURE"


class Reason(StrEnum):
    """Why a result goes back 退回原因, domain.md 16.4."""

    ALLEGATION_MISSED = "X1"
    FACTS_UNCLEAR = "X2"
    EVIDENCE_THIN = "X3"
    WRONG_CHARACTERISATION = "X4"
    HANDLING_TOO_LIGHT_OR_HEAVY = "X5"
    PROCEDURE_DEFECT = "X6"
    DOCUMENTS_MISSING = "X7"
    FEEDBACK_NOT_PLANNED = "X8"
    CONFIDENTIALITY_BREACH = "X9"


class ReturnKind(StrEnum):
    """What the superior office asks for 退回方式 (ground U3 of supervision, rule art. 22)."""

    SUPPLEMENT_CHECK = "SUPPLEMENT_CHECK"
    RECONSIDER_HANDLING = "RECONSIDER_HANDLING"
    MISSING_DOCS = "MISSING_DOCS"


class Paper(StrEnum):
    """The papers of a result 报结材料, after 1993 art. 29."""

    CHECK_REPORT = "CHECK_REPORT"
    REPORTED_PERSON_VIEWS = "REPORTED_PERSON_VIEWS"
    ORGAN_OPINION = "ORGAN_OPINION"
    REPORTER_VIEWS = "REPORTER_VIEWS"
    SELF_CRITICISM = "SELF_CRITICISM"


REQUIRED_PAPERS = frozenset({Paper.CHECK_REPORT, Paper.REPORTED_PERSON_VIEWS, Paper.ORGAN_OPINION})
"""Always asked for; the reporter's views only if real-name and safe, self-criticism only after a fault."""


class Substantiation(StrEnum):
    """Whether what was reported is true 查实情况; not provable is not unfounded."""

    TRUE = "TRUE"
    PARTLY_TRUE = "PARTLY_TRUE"
    UNFOUNDED = "UNFOUNDED"
    NOT_PROVABLE = "NOT_PROVABLE"


class Outcome(StrEnum):
    """What followed 处理结果, domain.md 5.7."""

    NONE = "NONE"
    EDUCATION = "EDUCATION"
    ORG_TREATMENT = "ORG_TREATMENT"
    PARTY_SANCTION = "PARTY_SANCTION"
    ADMIN_SANCTION = "ADMIN_SANCTION"
    TRANSFERRED_TO_PROCURATORATE = "TRANSFERRED_TO_PROCURATORATE"


class Cause(StrEnum):
    """Why a case is called off."""

    EXCLUDED = "EXCLUDED"
    FROZEN = "FROZEN"


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of a duty; ``provisional`` when it lies beyond the published calendar years."""

    day: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class People:
    """Who works on the case below 承办人、报送人, and the department that answers for it (a unit's id)."""

    handlers: frozenset[OfficerId] = frozenset()
    submitters: frozenset[OfficerId] = frozenset()
    handling_unit: str | None = None

    def everyone(self) -> frozenset[OfficerId]:
        """All who may act in no round of the case."""
        return self.handlers | self.submitters


NOBODY = People()
"""A case for which nobody is registered yet."""


@dataclass(frozen=True, slots=True)
class Result:
    """A result as submitted 报结意见, without its text; ``four_form`` is 1 to 4, or none."""

    substantiation: Substantiation
    outcome: Outcome
    four_form: int | None
    papers: frozenset[Paper]
