"""The bodies of requests: strict, no unknown field, ids and codes typed."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from services.chassis.strict_json import Day, Instant, Line, StrictModel, Text
from services.reception.application.pass_gate import VisitForm
from services.reception.domain.record import Allegation, Promise, Record, ReportedParty
from services.reception.domain.roster import RosterDay
from services.reception.domain.values import Form, NameStatus, Party, PartyType, Point, Sort, Staff
from services.reception.domain.visit import Group

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9:._-]{0,99}$")]
Authority = Literal[
    "CENTRAL", "PROVINCIAL", "PREFECTURE", "COUNTY", "GRASSROOTS", "HOST_PARTY_GROUP", "VERTICAL", "UNKNOWN"
]
"""Cadre authority 干部管理权限 of a party, as intake knows it; source: domain rules 5.6."""
FewIds = Annotated[tuple[Id, ...], Field(max_length=10)]
Minutes = Annotated[int, Field(ge=0, le=600)]
Persons = Annotated[int, Field(ge=1, le=10_000)]


class GateAsked(StrictModel):
    """Is a reported person managed above this organ, or its chief? Asked before any content field."""

    superior_level: bool


class DayGiven(StrictModel):
    """One leader on one day of a roster, with what the notice tells."""

    day: Day
    leader_seat: Id
    form: Form
    place: Line
    duties: Line

    def meant(self) -> RosterDay:
        """The day as the domain knows it."""
        return RosterDay(self.day, self.leader_seat, self.form, self.place, self.duties)


class RosterGiven(StrictModel):
    """A year's roster, or a quarter's."""

    year: Annotated[int, Field(ge=2004, le=2100)]
    quarter: Annotated[int, Field(ge=1, le=4)] | None = None
    days: Annotated[tuple[DayGiven, ...], Field(min_length=1, max_length=400)]


class LeaveGiven(StrictModel):
    """A leader is away, both days included."""

    leader_seat: Id
    first_on: Day
    last_on: Day

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last_on < self.first_on:
            raise ValueError("the last day comes before the first")
        return self


class StaffGiven(StrictModel):
    """Who receives."""

    leader_seat: Id
    recorder_seat: Id
    aide_seats: FewIds = ()

    def meant(self) -> Staff:
        """The staff as the domain knows it."""
        return Staff(self.leader_seat, self.recorder_seat, self.aide_seats)


class SessionGiven(StrictModel):
    """A session; both instants lie on its local day."""

    held_on: Day
    opens_at: Instant
    closes_at: Instant
    slot_minutes: Minutes
    place: Line
    form: Form
    staff: StaffGiven


class SessionChange(StrictModel):
    """Another staff or place."""

    staff: StaffGiven
    place: Line


class Identity(StrictModel):
    """Who comes; goes to the vault and nowhere else."""

    name: Line | None = None
    unit_name: Line | None = None
    id_no: Line | None = None
    phone: Line | None = None
    address: Line | None = None
    political_status: Line | None = None
    safe_contact: Line | None = None

    @model_validator(mode="after")
    def _says_who(self) -> Self:
        if not self.model_dump(exclude_none=True):
            raise ValueError("empty")
        return self


class PartyPicked(StrictModel):
    """A reported party by directory id."""

    party_type: PartyType
    unit: Id | None = None
    person: Id | None = None

    def meant(self) -> Party:
        """The party as the domain knows it."""
        return Party(self.party_type, self.unit, self.person)


class FormGiven(GateAsked):
    """The form of PT03; the gate's question stands before it."""

    gate_second_no: bool = False
    persons: Persons
    representatives: Persons | None = None
    name_status: NameStatus
    visitors: Annotated[tuple[Identity, ...], Field(max_length=20)] = ()
    matter: Text
    parties: Annotated[tuple[PartyPicked, ...], Field(max_length=50)] = ()
    about_report: UUID | None = None

    def meant(self, refs: tuple[UUID, ...] = ()) -> VisitForm:
        """The form as the use case knows it."""
        return VisitForm(
            Group(self.persons, self.representatives, self.name_status),
            self.matter,
            tuple(party.meant() for party in self.parties),
            self.about_report,
            self.gate_second_no,
            refs,
        )


class BookingAsked(FormGiven):
    """A slot by number, or any."""

    slot: Annotated[int, Field(ge=1, le=1000)] | None = None


class WalkInGiven(FormGiven):
    """Who came without a booking, and who receives."""

    staff: StaffGiven


class PointsPassed(StrictModel):
    """Points that staff tick."""

    points: Annotated[tuple[Point, ...], Field(min_length=1, max_length=18)]


class SortGiven(GateAsked):
    """PT05: the gate's question again, and the sort."""

    sort: Sort


class RecusalGiven(StrictModel):
    """Who steps back, by person's id."""

    officer: Id


class AllegationGiven(StrictModel):
    """One row of the record."""

    what: Text
    when: Line | None = None
    where: Line | None = None
    who: Line | None = None
    amount: Line | None = None
    evidence: Line | None = None
    witness_hint: Line | None = None

    def meant(self) -> Allegation:
        """The row as the domain knows it."""
        return Allegation(**self.model_dump())


class ReportedGiven(StrictModel):
    """A reported party as told in the talk."""

    party_type: PartyType
    name: Line | None = None
    unit_id: Id | None = None
    person_id: Id | None = None
    post: Line | None = None
    authority: Authority = "UNKNOWN"
    rank: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")] | None = None
    is_unit_head: bool = False
    region: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")] | None = None

    def meant(self) -> ReportedParty:
        """The party as the domain knows it."""
        return ReportedParty(
            self.party_type,
            self.name,
            self.unit_id,
            self.person_id,
            self.post,
            self.authority,
            self.rank,
            self.is_unit_head,
            self.region,
        )


class RecordGiven(GateAsked):
    """The record of the talk."""

    gate_second_no: bool = False
    title: Line
    text: Text
    allegations: Annotated[tuple[AllegationGiven, ...], Field(max_length=50)] = ()
    parties: Annotated[tuple[ReportedGiven, ...], Field(max_length=50)] = ()

    def meant(self) -> Record:
        """The record as the domain knows it."""
        return Record(
            self.title,
            self.text,
            tuple(row.meant() for row in self.allegations),
            tuple(party.meant() for party in self.parties),
        )


class PromiseGiven(StrictModel):
    """A promise with the day on which it is due."""

    text: Line
    due_on: Day
    owner_seat: Id

    def meant(self) -> Promise:
        """The promise as the domain knows it."""
        return Promise(self.text, self.due_on.isoformat(), self.owner_seat)


class AnswerGiven(StrictModel):
    """What the visitor was told."""

    text: Text
    promises: Annotated[tuple[PromiseGiven, ...], Field(max_length=20)] = ()


class OpinionGiven(StrictModel):
    """The leader's opinion on the record."""

    opinion: Text
