"""The state of a directory entry on the wire and in rows, and the domain object it stands for."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import StringConstraints, ValidationError

from services.chassis.strict_json import Day, Line, StrictModel
from services.referral.domain.directory import (
    BEGINNING,
    Departments,
    Membership,
    Organ,
    Person,
    Seat,
    Unit,
)
from services.referral.domain.errors import EntryMalformed
from services.referral.domain.values import Authority, Level, Post, UnitKind

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9:._-]{0,63}$")]
"""A directory id; six digits for an organ or anything speaking for the others."""
Region = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
Area = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}([0-9]{2}){0,2}$")]


class DepartmentsState(StrictModel):
    """The ids of an organ's own departments."""

    supervision: Id | None = None
    internal_supervision: Id | None = None
    case_management: Id | None = None
    trial: Id | None = None
    petition: Id | None = None
    general_office: Id | None = None


class OrganState(StrictModel):
    """The state of an organ."""

    level: Level
    superior: Id | None = None
    region: Region
    areas: tuple[Area, ...]
    name: Line
    deciding_body: tuple[Id, ...] = ()
    chief_seat: Id | None = None
    departments: DepartmentsState = DepartmentsState()
    appeals_unit: Id | None = None
    suggestions_unit: Id | None = None
    authority: Authority | None = None
    valid_from: Day = BEGINNING
    valid_to: Day | None = None
    successors: tuple[Id, ...] = ()


class UnitState(StrictModel):
    """The state of a unit."""

    kind: UnitKind
    region: Region | None = None
    organ: Id | None = None
    parent: Id | None = None
    name: Line
    authority: Authority | None = None
    head: Id | None = None
    stationed_team: Id | None = None
    line_target: Id | None = None
    valid_from: Day = BEGINNING
    valid_to: Day | None = None
    successors: tuple[Id, ...] = ()


class SeatState(StrictModel):
    """The state of a seat."""

    organ: Id
    person: Id | None = None
    post: Post
    unit: Id | None = None
    valid_from: Day = BEGINNING
    valid_to: Day | None = None


class MembershipState(StrictModel):
    """A person's place in a unit."""

    unit: Id
    is_head: bool = False
    valid_from: Day = BEGINNING
    valid_to: Day | None = None


class PersonState(StrictModel):
    """The state of a person, without a name."""

    units: tuple[MembershipState, ...] = ()
    seats: tuple[Id, ...] = ()
    authority: Authority = Authority.UNKNOWN


STATES: Mapping[str, type[StrictModel]] = {
    "ORGAN": OrganState,
    "UNIT": UnitState,
    "SEAT": SeatState,
    "PERSON": PersonState,
}


def full_state(kind: str, id_: str, given: Mapping[str, object]) -> dict[str, Any]:
    """The whole state with every member, as it is kept and told.

    Raises EntryMalformed when it is no state of ``kind``, or contradicts itself.
    """
    model = STATES.get(kind)
    if model is None:
        raise EntryMalformed
    try:
        state = model.model_validate(given).model_dump(mode="json")
    except ValidationError as wrong:
        raise EntryMalformed from wrong
    ends = [state, *state.get("units", ())]
    if any(e.get("valid_to") is not None and e["valid_to"] < e["valid_from"] for e in ends):
        raise EntryMalformed
    if id_ in {*state.get("successors", ()), state.get("superior"), state.get("parent")}:
        raise EntryMalformed
    return state


def organ_of(kind: str, id_: str, state: Mapping[str, Any], named: str | None) -> str | None:
    """The organ an entry belongs to. Raises EntryMalformed when another one is named."""
    own = id_ if kind == "ORGAN" else state.get("organ")
    if kind == "PERSON":
        return named
    if named is not None and named != own:
        raise EntryMalformed
    return own


def _days(state: Mapping[str, Any]) -> tuple[date, date | None]:
    ends = state["valid_to"]
    return date.fromisoformat(state["valid_from"]), None if ends is None else date.fromisoformat(ends)


def _authority(state: Mapping[str, Any]) -> Authority | None:
    return None if state["authority"] is None else Authority(state["authority"])


def organ(id_: str, state: Mapping[str, Any]) -> Organ:
    """The organ a full state describes."""
    return Organ(
        id_,
        Level(state["level"]),
        state["superior"],
        state["region"],
        tuple(state["areas"]),
        state["name"],
        tuple(state["deciding_body"]),
        state["chief_seat"],
        Departments(**state["departments"]),
        state["appeals_unit"],
        state["suggestions_unit"],
        _authority(state),
        *_days(state),
        tuple(state["successors"]),
    )


def unit(id_: str, state: Mapping[str, Any]) -> Unit:
    """The unit a full state describes."""
    return Unit(
        id_,
        UnitKind(state["kind"]),
        state["region"],
        state["organ"],
        state["parent"],
        state["name"],
        _authority(state),
        state["head"],
        state["stationed_team"],
        state["line_target"],
        *_days(state),
        tuple(state["successors"]),
    )


def seat(id_: str, state: Mapping[str, Any]) -> Seat:
    """The seat a full state describes."""
    return Seat(id_, state["organ"], state["person"], Post(state["post"]), state["unit"], *_days(state))


def person(id_: str, state: Mapping[str, Any]) -> Person:
    """The person a full state describes."""
    places = tuple(Membership(m["unit"], m["is_head"], *_days(m)) for m in state["units"])
    return Person(id_, places, tuple(state["seats"]), Authority(state["authority"]))
