"""A sample organisation: invented people and units in real Guizhou regions, everything marked synthetic.

An entry has the shape of ``referral.directory-changed.v1``: kind, id, organ, day in force and whole state.
Ids speak: ``520000`` is an organ and its region's code, ``520000-petition`` a unit, ``520000-clerk-1`` a
person, ``520000-seat-clerk-1`` the seat that person holds.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deploy.local.staff import Officer

SINCE = "2001-01-01"


@dataclass(frozen=True, slots=True)
class Place:
    """One commission: its region's code and name, its level, and the code of the one above."""

    code: str
    name: str
    level: str
    superior: str | None


PLACES = (
    Place("520000", "贵州省", "PROVINCE", None),
    Place("520100", "贵阳市", "PREFECTURE", "520000"),
    Place("520300", "遵义市", "PREFECTURE", "520000"),
    Place("522600", "黔东南苗族侗族自治州", "PREFECTURE", "520000"),
    Place("520102", "南明区", "COUNTY", "520100"),
    Place("520103", "云岩区", "COUNTY", "520100"),
    Place("520302", "红花岗区", "COUNTY", "520300"),
    Place("520322", "桐梓县", "COUNTY", "520300"),
    Place("522601", "凯里市", "COUNTY", "522600"),
)
MANAGED_BY = {"PROVINCE": "PROVINCIAL", "PREFECTURE": "PREFECTURE", "COUNTY": "COUNTY"}
"""Who manages the leading groups of units beside a commission: the committee of the same level."""
AREA_DIGITS = {"PROVINCE": 2, "PREFECTURE": 4, "COUNTY": 6}


@dataclass(frozen=True, slots=True)
class Job:
    """One post that every commission has: whose unit, which post, which roles at the desks."""

    name: str
    unit: str | None
    post: str
    roles: tuple[str, ...]


JOBS = (
    Job("chief", None, "CHIEF", ("chief",)),
    Job("deputy-1", "petition", "DEPUTY", ("deputy-in-charge", "leader")),
    Job("deputy-2", "supervision", "DEPUTY", ("deputy-in-charge", "leader")),
    Job("member-1", None, "COMMITTEE_MEMBER", ("committee-member", "leader")),
    Job("member-2", None, "COMMITTEE_MEMBER", ("committee-member", "leader")),
    Job("member-3", None, "COMMITTEE_MEMBER", ("committee-member", "leader")),
    Job("head-1", "petition", "HEAD", ("petition-head",)),
    Job("clerk-1", "petition", "OFFICER", ("petition-clerk",)),
    Job("clerk-2", "petition", "OFFICER", ("petition-clerk",)),
    Job("superior-1", "petition", "OFFICER", ("superior-officer",)),
    Job("receptionist-1", "petition", "OFFICER", ("receptionist",)),
    Job("analyst-1", "petition", "OFFICER", ("analyst",)),
    Job("importer-1", "petition", "OFFICER", ("importer",)),
    Job("handler-1", "supervision", "HEAD", ("handler",)),
    Job("handler-2", "supervision", "OFFICER", ("handler", "case-handler")),
    Job("team-handler-1", "team-1", "HEAD", ("handler",)),
    Job("internal-1", "internal", "HEAD", ("handler",)),
    Job("case-1", "case", "HEAD", ("case-handler",)),
    Job("trial-1", "trial", "HEAD", ("trial-reviewer",)),
    Job("trial-2", "trial", "OFFICER", ("trial-reviewer",)),
    Job("keeper-1", "office", "OFFICER", ("directory-keeper",)),
    Job("administrator-1", "office", "OFFICER", ("administrator",)),
    Job("auditor-1", "office", "OFFICER", ("auditor",)),
)
UNITS = (
    ("supervision", "DEPARTMENT", "第一监督检查室"),
    ("internal", "DEPARTMENT", "干部监督室"),
    ("case", "DEPARTMENT", "案件监督管理室"),
    ("trial", "DEPARTMENT", "案件审理室"),
    ("petition", "DEPARTMENT", "信访室"),
    ("office", "DEPARTMENT", "办公厅（室）"),
    ("team-1", "STATIONED_TEAM", "派驻第一纪检监察组"),
    ("host-works", "HOST_UNIT", "住房和城乡建设部门"),
    ("host-roads", "HOST_UNIT", "交通运输部门"),
    ("dept-civil", "COMPETENT_DEPT", "民政部门"),
    ("dept-labour", "COMPETENT_DEPT", "人力资源和社会保障部门"),
    ("line-tax", "LINE_ORGAN", "税务系统纪检机构"),
)
SURNAMES = "林骆宋聂甘黎蓝邱柯阮覃池"
GIVEN = ("知远", "若溪", "景行", "望舒", "怀瑾", "清和", "子衿", "南乔", "云舒", "砚秋", "思齐")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the directory in whole; ``name`` is the invented name of a person, for screens only."""

    kind: str
    id: str
    organ: str | None
    state: Mapping[str, Any]
    name: str | None = None
    synthetic: bool = True
    effective_on: str = SINCE

    def body(self) -> dict[str, Any]:
        """The entry as ``PUT /referral/v1/directory`` takes it in a list."""
        given: dict[str, Any] = {
            "kind": self.kind,
            "id": self.id,
            "synthetic": self.synthetic,
            "effective_on": self.effective_on,
            "state": dict(self.state),
        }
        return (
            given
            | ({"organ": self.organ} if self.organ else {})
            | ({"staff_name": self.name} if self.name else {})
        )


def entries() -> Iterator[Entry]:
    """The whole directory: organs from the top down, then their units, persons and seats."""
    for place in PLACES:
        yield _organ(place)
    for index, place in enumerate(PLACES):
        yield from (_unit(place, name, kind, words) for name, kind, words in UNITS)
        for number, job in enumerate(JOBS):
            yield _person(place, job, _invented(index * len(JOBS) + number))
            yield _seat(place, job)


def _organ(place: Place) -> Entry:
    code = place.code
    own = {
        "supervision": f"{code}-supervision",
        "internal_supervision": f"{code}-internal",
        "case_management": f"{code}-case",
        "trial": f"{code}-trial",
        "petition": f"{code}-petition",
        "general_office": f"{code}-office",
    }
    deciding = ("chief", "deputy-1", "deputy-2", "member-1", "member-2", "member-3")
    state = {
        "level": place.level,
        "superior": place.superior,
        "region": code,
        "areas": [code[: AREA_DIGITS[place.level]]],
        "name": f"{place.name}纪委监委（虚构样例）",
        "deciding_body": [f"{code}-{job}" for job in deciding],
        "chief_seat": f"{code}-seat-chief",
        "departments": own,
        "appeals_unit": f"{code}-trial",
        "suggestions_unit": f"{code}-office",
        "authority": MANAGED_BY[place.level],
        "valid_from": SINCE,
        "valid_to": None,
        "successors": [],
    }
    return Entry("ORGAN", code, code, state)


def _unit(place: Place, name: str, kind: str, words: str) -> Entry:
    code, own = place.code, kind in {"DEPARTMENT", "STATIONED_TEAM"}
    heads = [f"{code}-{job.name}" for job in JOBS if job.unit == name and job.post == "HEAD"]
    state: dict[str, Any] = {
        "kind": kind,
        "region": code,
        "organ": code if own else None,
        "parent": None if own else _parent(place, kind),
        "name": f"{place.name}{words}（虚构样例）",
        "authority": "VERTICAL" if kind == "LINE_ORGAN" else MANAGED_BY[place.level],
        "head": heads[0] if heads else None,
        "stationed_team": f"{code}-team-1" if kind == "HOST_UNIT" else None,
        "line_target": f"{place.superior or code}-line-tax" if kind == "LINE_ORGAN" else None,
        "valid_from": SINCE,
        "valid_to": None,
        "successors": [],
    }
    return Entry("UNIT", f"{code}-{name}", code if own else None, state)


def _parent(place: Place, kind: str) -> str | None:
    if kind == "LINE_ORGAN":
        return f"{place.superior}-line-tax" if place.superior else None
    return place.code


def _person(place: Place, job: Job, name: str) -> Entry:
    unit = f"{place.code}-{job.unit}" if job.unit else None
    places = [{"unit": unit, "is_head": job.post == "HEAD", "valid_from": SINCE, "valid_to": None}]
    state: dict[str, Any] = {
        "units": places if unit else [],
        "seats": [f"{place.code}-seat-{job.name}"],
        "authority": MANAGED_BY[place.level],
    }
    return Entry("PERSON", f"{place.code}-{job.name}", place.code, state, name)


def _seat(place: Place, job: Job) -> Entry:
    state = {
        "organ": place.code,
        "person": f"{place.code}-{job.name}",
        "post": job.post,
        "unit": f"{place.code}-{job.unit}" if job.unit else None,
        "valid_from": SINCE,
        "valid_to": None,
    }
    return Entry("SEAT", f"{place.code}-seat-{job.name}", place.code, state)


def _invented(number: int) -> str:
    return SURNAMES[number % len(SURNAMES)] + GIVEN[number // len(SURNAMES) % len(GIVEN)]


def officer(organ: str, job: str) -> Officer:
    """The officer who holds a job in an organ; raises KeyError when there is no such job."""
    roles = {each.name: each.roles for each in JOBS}[job]
    return Officer(f"{organ}-{job}", organ, roles, (f"{organ}-seat-{job}",))


def officer_for(organ: str, role: str) -> Officer | None:
    """The first sample officer who holds a role in an organ, with that role alone; None for none."""
    if organ not in {place.code for place in PLACES}:
        return None
    for job in JOBS:
        if role in job.roles:
            return Officer(f"{organ}-{job.name}", organ, (role,), (f"{organ}-seat-{job.name}",))
    return None


def officers() -> Iterator[Officer]:
    """Every officer of the sample organisation."""
    for place in PLACES:
        for job in JOBS:
            yield officer(place.code, job.name)
