"""The superior-level gate of every level of organ: who is above it, by fields, rank, post and directory."""

from datetime import date
from uuid import uuid4

import pytest

from services.intake.adapters import rule_files
from services.intake.domain.directory import Directory, Organ, Person, Seat, Unit
from services.intake.domain.elements import Allegation, Content, ReportedParty
from services.intake.domain.errors import GateUnanswered, SuperiorLevelParty
from services.intake.domain.gate import Gate
from services.intake.domain.values import Authority, Level, PartyType, Post, UnitKind
from tests.support.installation import REFERENCE

RULES = rule_files.read_rules(REFERENCE)
DAY = date(2026, 3, 16)
A = Authority
ABOVE = {
    Level.PROVINCE: {A.CENTRAL},
    Level.PREFECTURE: {A.CENTRAL, A.PROVINCIAL},
    Level.COUNTY: {A.CENTRAL, A.PROVINCIAL, A.PREFECTURE},
}
"""Whom each level of organ may not handle, by cadre authority; source: domain rules 8.4."""


def gate(level: Level = Level.PREFECTURE) -> Gate:
    organ = Organ("here", level, None, "520100", ("5201",), chief_seat="chief-seat")
    directory = Directory(
        DAY,
        organs={"here": organ},
        units={
            "high": Unit("high", UnitKind.HOST_UNIT, authority=A.PROVINCIAL),
            "low": Unit("low", UnitKind.HOST_UNIT, authority=A.COUNTY),
        },
        seats={
            "chief-seat": Seat("chief-seat", "here", "chief", Post.CHIEF),
            "former": Seat("former", "here", "former-chief", Post.CHIEF, valid_to=date(2025, 1, 1)),
            "desk": Seat("desk", "here", "officer", Post.OFFICER),
        },
        persons={
            "high-person": Person("high-person", authority=A.PROVINCIAL),
            "low-person": Person("low-person", authority=A.COUNTY),
        },
    )
    return Gate(organ, (directory,), RULES.posts, RULES.ranks)


def person(**given: object) -> ReportedParty:
    return ReportedParty(uuid4(), PartyType.PERSON, **given)  # type: ignore[arg-type] # rows of a table


@pytest.mark.parametrize("level", ABOVE)
@pytest.mark.parametrize("authority", Authority)
def test_an_authority_above_the_organ_is_of_superior_level_and_no_other(
    level: Level, authority: Authority
) -> None:
    assert gate(level).is_superior(person(authority=authority)) is (authority in ABOVE[level])


PARTIES = [
    ("nobody known", person(), False),
    ("a post above", person(post="省委书记"), True),
    ("a post above in traditional characters", person(post="省委書記"), True),
    ("a post above with a space", person(post="省委 书记"), True),
    ("a post below", person(post="村委会主任"), False),
    ("a post above as a name", person(name="副省长"), True),
    ("a person above", person(persons=("high-person",)), True),
    ("a person above among others", person(persons=("low-person", "high-person")), True),
    ("a person below", person(persons=("low-person",)), False),
    ("a person the directory does not know", person(persons=("nobody",)), False),
    ("the organ's own chief", person(persons=("chief",)), True),
    ("who was its chief before", person(persons=("former-chief",)), False),
    ("an officer of the organ", person(persons=("officer",)), False),
    ("the head of the organ", person(unit="here", is_unit_head=True), True),
    ("somebody in the organ", person(unit="here"), False),
    ("somebody in a unit above", person(unit="high"), False),
    ("a unit above", ReportedParty(uuid4(), PartyType.ORGANISATION, unit="high"), True),
    ("a unit above by a link", ReportedParty(uuid4(), PartyType.ORGANISATION, units=("low", "high")), True),
    ("a unit below", ReportedParty(uuid4(), PartyType.ORGANISATION, unit="low"), False),
]


@pytest.mark.parametrize(("party", "superior"), [row[1:] for row in PARTIES], ids=[row[0] for row in PARTIES])
def test_post_name_and_directory_say_who_is_above_a_prefecture(party: ReportedParty, superior: bool) -> None:
    asked = gate()

    assert asked.is_superior(party) is superior
    if superior:
        with pytest.raises(SuperiorLevelParty):
            asked.pass_parties([person(), party])


PLACES = {
    "text": Content("信中提到省长。"),
    "title": Content("虚构", title="反映省长"),
    "summary": Content("虚构", summary="反映省长"),
    "allegation": Content("虚构", allegations=(Allegation("省长批示"),)),
    "who of an allegation": Content("虚构", allegations=(Allegation("虚构", who="省长"),)),
    "evidence": Content("虚构", allegations=(Allegation("虚构", evidence="省长签字"),)),
    "keyword": Content("虚构", keywords=("省长",)),
    "other violation": Content("虚构", other_violation="省长打招呼"),
    "earlier reply": Content("虚构", earlier_reply="省长已批"),
}


@pytest.mark.parametrize("content", PLACES.values(), ids=PLACES)
def test_a_superior_post_anywhere_in_the_text_needs_a_second_no(content: Content) -> None:
    asked = gate()

    with pytest.raises(GateUnanswered):
        asked.pass_text(content, second_no=False)
    asked.pass_text(content, second_no=True)
    gate(Level.PROVINCE).pass_text(Content("信中提到县长。"), second_no=False)
