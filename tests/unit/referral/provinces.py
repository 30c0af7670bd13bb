"""A small directory and parts in the domain's words, for the unit tests of referral."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from services.referral.domain.directory import Departments, Directory, Organ, Seat, Unit
from services.referral.domain.exclusion import Excluded
from services.referral.domain.jurisdiction import Case, Decision, decide
from services.referral.domain.referral import Matter, Referral, Routing, Target
from services.referral.domain.values import (
    Authority,
    Level,
    Nature,
    Occurrence,
    Party,
    PartyType,
    Post,
    State,
    UnitKind,
    Way,
)

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
REPORT = UUID("0b1f6c52-8a3e-4d07-9c55-3f2a7e61d901")
ROUTING = UUID("5a8e2d3c-0b7f-4f4f-9c39-6d1b2a7c8e90")


def organ(id_: str, level: Level, superior: str | None, *areas: str, **more: Any) -> Organ:
    """An organ whose departments are ``<id>-room``, ``-inner``, ``-case``, ``-appeals``, ``-office``."""
    departments = Departments(f"{id_}-room", f"{id_}-inner", f"{id_}-case")
    rest: dict[str, Any] = {
        "chief_seat": f"{id_}-chief",
        "departments": departments,
        "appeals_unit": f"{id_}-appeals",
        "suggestions_unit": f"{id_}-office",
    } | more
    return Organ(id_, level, superior, areas[0].ljust(6, "0"), areas, **rest)


def directory(*more: Organ | Unit | Seat, day: date = TODAY) -> Directory:
    """A province, two prefectures, a county; their departments; a team with its host; further entries."""
    organs = [
        organ("p", Level.PROVINCE, None, "52"),
        organ("a", Level.PREFECTURE, "p", "5201"),
        organ("b", Level.PREFECTURE, "p", "5203"),
        organ("c", Level.COUNTY, "a", "520102"),
    ]
    units = [
        Unit(f"{o.id}-{word}", UnitKind.DEPARTMENT, o.region, o.id)
        for o in organs
        for word in ("room", "inner", "case", "appeals", "office")
    ]
    units += [
        Unit("team", UnitKind.STATIONED_TEAM, "520000", "p"),
        Unit("host", UnitKind.HOST_UNIT, "520000", authority=Authority.PROVINCIAL, stationed_team="team"),
        Unit("line", UnitKind.LINE_ORGAN, "520000", parent="line-above"),
        Unit("line-above", UnitKind.LINE_ORGAN, "520000"),
        Unit("branch", UnitKind.HOST_UNIT, "520000", line_target="line"),
        Unit("labour", UnitKind.COMPETENT_DEPT, "520000"),
    ]
    seats = [
        Seat("p-chief", "p", "P-chief", Post.CHIEF),
        Seat("p-deputy", "p", "P-deputy", Post.DEPUTY),
        Seat("p-head", "p", "P-head", Post.HEAD),
        Seat("p-handler", "p", "P-handler", Post.OFFICER, "p-room"),
    ]
    return Directory(
        day,
        {o.id: o for o in [*organs, *more] if isinstance(o, Organ)},
        {u.id: u for u in [*units, *more] if isinstance(u, Unit)},
        {s.id: s for s in [*seats, *more] if isinstance(s, Seat)},
    )


def person(authority: Authority = Authority.PROVINCIAL, unit: str | None = None, **more: Any) -> Party:
    """A reported person."""
    given: dict[str, Any] = {"region": "520100", **more}
    return Party(UUID(int=1), PartyType.PERSON, unit, authority, **given)


def body(unit: str, authority: Authority = Authority.UNKNOWN, **more: Any) -> Party:
    """A reported organisation."""
    return Party(UUID(int=2), PartyType.ORGANISATION, unit, authority, **more)


def proposal(
    *parties: Party, excluded: Excluded | None = None, where: Directory | None = None, **case: Any
) -> Decision:
    """What the decision order says for the province."""
    asked: dict[str, Any] = {
        "nature": Nature.ACCUSATION,
        "occurrence": Occurrence.INITIAL,
        "deciding_organ": "p",
    } | case
    return decide(Case(parties=parties, excluded=excluded or Excluded(), **asked), where or directory())


def matter(**more: Any) -> Matter:
    """An initial accusation received today by letter."""
    base: dict[str, Any] = {
        "received_on": TODAY,
        "channel": "LETTER",
        "source": "SELF_RECEIVED",
        "name_status": "ANONYMOUS",
        "nature": Nature.ACCUSATION,
        "occurrence": Occurrence.INITIAL,
        "parties": (person(),),
    }
    return Matter(**(base | more))


def part(state: State = State.UNDER_TRIAGE, **more: Any) -> Referral:
    """A part of the province; what it is about may be given as ``matter``."""
    given: dict[str, Any] = {"matter": matter(), **more}
    return Referral(report_id=REPORT, organ="p", opened_on=TODAY, state=state, **given)


def routing(target: Target | None = None, **more: Any) -> Routing:
    """An open routing to our room, unless said otherwise."""
    return Routing(ROUTING, target or Target(Way.ROOM, "p", "p-room"), NOW, "P-head", **more)
