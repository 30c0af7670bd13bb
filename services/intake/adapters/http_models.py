"""The bodies of requests: strict, no unknown field, ids and codes typed; texts go nowhere unsealed."""

from typing import Annotated, Literal
from uuid import UUID, uuid4

from pydantic import ConfigDict, Field, StringConstraints

from services.chassis.strict_json import Day, Line, StrictModel, Text
from services.intake.domain.elements import (
    Allegation,
    Arrival,
    Classification,
    Content,
    ReportedParty,
    Reporter,
)
from services.intake.domain.register_cells import EARLIEST
from services.intake.domain.values import (
    Authority,
    Channel,
    NameStatus,
    Nature,
    Occurrence,
    PartyType,
    Source,
    StudyReason,
    Urgency,
    VerifyMethod,
)

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9:._-]{0,63}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]
ReasonCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,39}$")]
Region = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
Codes = Annotated[tuple[Code, ...], Field(max_length=50)]
Ids = Annotated[tuple[Id, ...], Field(max_length=20)]


class SuperiorSaid(StrictModel):
    """The gate's question was answered with yes; whatever else was sent is not looked at."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    superior_level: Literal[True]


class GateAsked(StrictModel):
    """Is a reported person managed above this organ, or its chief? Asked before any content field."""

    superior_level: bool


class ArrivalGiven(StrictModel):
    """How and when the material came; not before 1949, as in a register."""

    received_on: Annotated[Day, Field(ge=EARLIEST)]
    channel: Channel
    source: Source = Source.SELF_RECEIVED
    network_kind: Literal["WEB", "WECHAT", "APP"] | None = None
    receipt_method: Code | None = None
    postmark_on: Day | None = None
    material_count: Annotated[int, Field(ge=1, le=10_000)] = 1
    superior_ref_no: Line | None = None
    superior_organ: Id | None = None
    superior_deadline_on: Day | None = None

    def meant(self) -> Arrival:
        """The arrival as the domain knows it."""
        return Arrival(**dict(self))


class IdentityGiven(StrictModel):
    """Who the reporter is; goes to the vault and is kept nowhere else."""

    name: Line | None = None
    unit_name: Line | None = None
    id_no: Line | None = None
    phone: Line | None = None
    address: Line | None = None
    political_status: Line | None = None
    safe_contact: Line | None = None

    def said(self) -> dict[str, str]:
        """What was filled in."""
        return {name: value for name, value in dict(self).items() if value is not None}


class ReporterGiven(StrictModel):
    """The reporter; an anonymous one has no identity."""

    name_status: NameStatus = NameStatus.ANONYMOUS
    count: Annotated[int, Field(ge=1, le=100_000)] = 1
    identity: IdentityGiven | None = None
    verify_method: VerifyMethod | None = None
    verified_on: Day | None = None

    def meant(self, ref: UUID | None, officer: str) -> Reporter:
        """The reporter outside the vault; who verified is whom the token names."""
        if self.name_status is NameStatus.ANONYMOUS:
            return Reporter(count=self.count)
        said = {} if self.identity is None else self.identity.said()
        return Reporter(
            self.name_status,
            self.count,
            ref,
            bool({"phone", "address", "safe_contact"} & said.keys()),
            self.verify_method,
            officer if self.verify_method is not None else None,
            self.verified_on,
        )


class AllegationGiven(StrictModel):
    """One thing alleged; each must be answered later."""

    what: Text
    when: Line | None = None
    where: Line | None = None
    who: Line | None = None
    amount: Line | None = None
    evidence: Text | None = None
    witness_hint: Line | None = None


class ContentGiven(StrictModel):
    """All free text of a report."""

    text: Text
    title: Line | None = None
    summary: Text | None = None
    allegations: Annotated[tuple[AllegationGiven, ...], Field(max_length=50)] = ()
    keywords: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    other_violation: Line | None = None

    def meant(self) -> Content:
        """The content as the domain knows it."""
        return Content(
            self.text,
            self.title or "",
            self.summary or "",
            tuple(Allegation(**dict(row)) for row in self.allegations),
            self.keywords,
            self.other_violation,
        )


class ClassificationGiven(StrictModel):
    """The codes an officer ticks; the version of the taxonomy is the one in force."""

    nature: Nature
    occurrence: Occurrence = Occurrence.INITIAL
    repeat_group_id: UUID | None = None
    violations: Codes = ()
    primary_violation: Code | None = None
    themes: Codes = ()
    oos_kinds: Codes = ()
    has_oos_part: bool = False
    oos_impact: bool = False
    study_reasons: Annotated[tuple[StudyReason, ...], Field(max_length=7)] = ()
    urgency: Urgency = Urgency.NORMAL
    region_of_conduct: Region | None = None
    conduct_on: Day | None = None
    is_typical: bool = False
    new_facts: bool = False

    def meant(self, taxonomy_version: str) -> Classification:
        """The classification as the domain knows it."""
        return Classification(taxonomy_version=taxonomy_version, **dict(self))


class PartyGiven(StrictModel):
    """A reported party; ``party`` picks one of the register, else a new one is entered."""

    party_type: PartyType
    party: UUID | None = None
    name: Line | None = None
    post: Line | None = None
    unit_name: Line | None = None
    unit: Id | None = None
    authority: Authority = Authority.UNKNOWN
    rank: Code | None = None
    is_unit_head: bool = False
    region: Region | None = None
    is_party_member: bool | None = None
    is_supervision_object: bool | None = None
    is_own_staff: bool | None = None
    persons: Ids = ()
    units: Ids = ()

    def meant(self) -> ReportedParty:
        """The party as the domain knows it; a new one gets an id made here."""
        given = dict(self)
        for text in ("name", "post", "unit_name"):
            given[text] = given[text] or ""
        given["party"] = self.party or uuid4()
        return ReportedParty(**given, from_register=self.party is not None)


class EntryGiven(StrictModel):
    """A report at the desk: the gate was answered with no, then the elements."""

    superior_level: Literal[False]
    gate_second_no: bool = False
    arrival: ArrivalGiven
    reporter: ReporterGiven = ReporterGiven()
    content: ContentGiven
    classification: ClassificationGiven | None = None
    parties: Annotated[tuple[PartyGiven, ...], Field(max_length=50)] = ()


class ElementsGiven(StrictModel):
    """The elements put anew; parties have a door of their own."""

    gate_second_no: bool = False
    arrival: ArrivalGiven
    reporter: ReporterGiven = ReporterGiven()
    content: ContentGiven
    classification: ClassificationGiven | None = None


class CorrectionGiven(StrictModel):
    """Text and classification as they should stand, with the code of the reason."""

    reason_code: ReasonCode
    gate_second_no: bool = False
    content: ContentGiven
    classification: ClassificationGiven


class LinkGiven(StrictModel):
    """A directory entry that the party is."""

    kind: Literal["PERSON", "UNIT"]
    entry_id: Id


class AliasGiven(StrictModel):
    """Another name of the same party."""

    alias: Line
