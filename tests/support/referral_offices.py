"""An invented province for referral's tests: three organs, their departments, seats and people."""

from typing import Any

PROVINCE, PREFECTURE, COUNTY = "520000", "520100", "520102"
SINCE = "2000-01-01"
TODAY_ON = "2020-01-01"


def entry(kind: str, id_: str, state: dict[str, Any], name: str | None = None) -> dict[str, Any]:
    """One entry as ``PUT /directory`` takes it."""
    given = {"kind": kind, "id": id_, "synthetic": True, "effective_on": TODAY_ON, "state": state}
    return given | ({} if name is None else {"staff_name": name})


def organ(id_: str, level: str, superior: str | None, *areas: str) -> dict[str, Any]:
    """An organ with all its departments, named after what they are."""
    words = ("supervision", "internal_supervision", "case_management", "trial", "petition", "general_office")
    departments = {word: f"{id_}-{word.split('_')[0]}" for word in words}
    return entry(
        "ORGAN",
        id_,
        {
            "level": level,
            "superior": superior,
            "region": id_,
            "areas": list(areas),
            "name": f"虚构纪委监委{id_}",
            "chief_seat": f"{id_}-chief",
            "departments": departments,
            "appeals_unit": f"{id_}-trial",
            "suggestions_unit": f"{id_}-general",
        },
    )


def unit(id_: str, kind: str, **state: Any) -> dict[str, Any]:
    """A unit."""
    return entry("UNIT", id_, {"kind": kind, "name": f"虚构单位{id_}", **state})


def seat(id_: str, organ_id: str, post: str, person: str, unit_id: str | None = None) -> dict[str, Any]:
    """A seat that ``person`` holds."""
    return entry(
        "SEAT", id_, {"organ": organ_id, "person": person, "post": post, "unit": unit_id, "valid_from": SINCE}
    )


def staffed(id_: str) -> list[dict[str, Any]]:
    """The departments and seats of an organ: chief, deputies, petition head and clerk, a handler."""
    units = ("supervision", "internal", "case", "trial", "petition", "general")
    posts = {
        "chief": ("CHIEF", None),
        "deputy": ("DEPUTY", None),
        "head": ("HEAD", f"{id_}-petition"),
        "clerk": ("OFFICER", f"{id_}-petition"),
        "handler": ("OFFICER", f"{id_}-supervision"),
    }
    return [
        *(unit(f"{id_}-{word}", "DEPARTMENT", organ=id_, region=id_) for word in units),
        *(
            seat(f"{id_}-{word}", id_, post, f"P-{id_}-{word}", place)
            for word, (post, place) in posts.items()
        ),
        *(entry("PERSON", f"P-{id_}-{word}", {"seats": [f"{id_}-{word}"]}, "虚构某") for word in posts),
    ]


def offices() -> list[dict[str, Any]]:
    """The whole directory."""
    return [
        organ(PROVINCE, "PROVINCE", None, "52"),
        organ(PREFECTURE, "PREFECTURE", PROVINCE, "5201"),
        organ(COUNTY, "COUNTY", PREFECTURE, "520102"),
        *staffed(PROVINCE),
        *staffed(PREFECTURE),
        *staffed(COUNTY),
        unit("team-agri", "STATIONED_TEAM", organ=PROVINCE, region=PROVINCE),
        unit(
            "host-agri",
            "HOST_UNIT",
            region=PROVINCE,
            authority="PROVINCIAL",
            stationed_team="team-agri",
            head="P-agri-head",
        ),
        unit("works-city", "HOST_UNIT", region="520100", authority="PREFECTURE"),
        unit("labour", "COMPETENT_DEPT", region=PROVINCE),
        seat("team-agri-officer", PROVINCE, "OFFICER", "P-team-officer", "team-agri"),
        entry("PERSON", "P-agri-head", {"units": [{"unit": "host-agri", "is_head": True}]}, "虚构某"),
    ]
