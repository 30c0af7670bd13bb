"""The entry desk as a state machine: which steps there are, who may take them, and what an edit keeps."""

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest

from services.intake.domain.elements import (
    Allegation,
    Arrival,
    Classification,
    Content,
    Elements,
    ReportedParty,
    Reporter,
)
from services.intake.domain.errors import ElementsMissing, IllegalStep, SecondPersonNeeded
from services.intake.domain.lifecycle import NEXT, Step
from services.intake.domain.report import Report
from services.intake.domain.values import (
    Authority,
    Channel,
    Desk,
    NameStatus,
    Nature,
    PartyType,
    State,
    VerifyMethod,
)

TODAY = date(2026, 3, 16)
LEGAL = {
    (Desk.DRAFT, Step.EDIT): Desk.DRAFT,
    (Desk.ELEMENT_COMPLETE, Step.EDIT): Desk.DRAFT,
    (Desk.CHECKED, Step.EDIT): Desk.DRAFT,
    (Desk.DRAFT, Step.COMPLETE): Desk.ELEMENT_COMPLETE,
    (Desk.ELEMENT_COMPLETE, Step.CHECK): Desk.CHECKED,
    (Desk.CHECKED, Step.CONFIRM): Desk.CONFIRMED,
}
"""The steps of domain.md 6.2, written down once more."""
REF, OTHER_REF = UUID(int=1), UUID(int=2)
VERIFIED = Reporter(NameStatus.REAL_NAME, 1, REF, True, VerifyMethod.PHONE, "clerk-1", TODAY)


def whole() -> Elements:
    return Elements(
        Arrival(TODAY, Channel.LETTER),
        Reporter(),
        Content("虚构", "虚构", "虚构", (Allegation("虚构", where="虚构村"),)),
        Classification(Nature.ACCUSATION, "2026.1", violations=("V3-08",)),
        (ReportedParty(uuid4(), PartyType.PERSON, authority=Authority.COUNTY),),
    )


def report(desk: Desk = Desk.DRAFT) -> Report:
    return Report(uuid4(), "520100", "520100", True, whole(), frozenset({"clerk-1"}), desk=desk)


def taken(before: Report, step: Step) -> Report:
    match step:
        case Step.EDIT:
            return before.edit(whole(), "clerk-1")
        case Step.COMPLETE:
            return before.complete(TODAY)
        case Step.CHECK:
            return before.check("clerk-2")
        case Step.CONFIRM:
            return before.confirm("head-1")[0]


@pytest.mark.parametrize("desk", Desk)
@pytest.mark.parametrize("step", Step)
def test_a_step_leads_where_the_rules_say_and_any_other_is_refused(desk: Desk, step: Step) -> None:
    before = report(desk)

    if (desk, step) in LEGAL:
        assert taken(before, step).desk is LEGAL[desk, step]
    else:
        with pytest.raises(IllegalStep):
            taken(before, step)


def test_the_table_of_the_code_is_that_of_the_rules() -> None:
    assert dict(NEXT) == LEGAL


@pytest.mark.parametrize(
    ("desk", "step"), [(Desk.ELEMENT_COMPLETE, Step.CHECK), (Desk.CHECKED, Step.CONFIRM)]
)
def test_whoever_entered_or_edited_neither_checks_nor_confirms(desk: Desk, step: Step) -> None:
    edited = replace(report(desk), editors=frozenset({"clerk-2", "head-1", "clerk-1"}))

    with pytest.raises(SecondPersonNeeded):
        taken(edited, step)


def test_an_edit_takes_the_check_back_and_its_editor_may_not_check_again() -> None:
    checked = report(Desk.ELEMENT_COMPLETE).check("clerk-2")

    edited = checked.edit(whole(), "clerk-2").complete(TODAY)

    assert edited.checked_by is None
    assert edited.editors == {"clerk-1", "clerk-2"}
    with pytest.raises(SecondPersonNeeded):
        edited.check("clerk-2")


def test_what_is_not_whole_is_not_declared_complete() -> None:
    bare = replace(report(), elements=replace(whole(), parties=()))

    with pytest.raises(ElementsMissing) as refused:
        bare.complete(TODAY)

    assert refused.value.elements == ("parties",)


def test_a_freeze_happens_once() -> None:
    frozen, said = report(Desk.CONFIRMED).freeze()

    again, nothing = frozen.freeze()

    assert (frozen.state, len(said)) == (State.FROZEN, 1)
    assert (again, nothing) == (frozen, [])


ANONYMOUS = Reporter(NameStatus.ANONYMOUS, 3)
GIVEN = {
    "nothing said of who it is": (
        Reporter(NameStatus.REAL_NAME, 1, None, False, VerifyMethod.PHONE, "clerk-2", TODAY),
        VERIFIED,
    ),
    "another day of verification": (
        Reporter(NameStatus.REAL_NAME, 1, None, False, VerifyMethod.PHONE, "clerk-2", date(2026, 3, 15)),
        replace(VERIFIED, verified_by="clerk-2", verified_on=date(2026, 3, 15)),
    ),
    "another way of verification": (
        Reporter(NameStatus.REAL_NAME, 1, None, False, VerifyMethod.MEETING, "clerk-2", TODAY),
        replace(VERIFIED, verified_by="clerk-2", verify_method=VerifyMethod.MEETING),
    ),
    "no verification any more": (
        Reporter(NameStatus.SIGNED_UNVERIFIED, 2),
        Reporter(NameStatus.SIGNED_UNVERIFIED, 2, REF, True),
    ),
    "another identity": (
        Reporter(NameStatus.REAL_NAME, 1, OTHER_REF, False, VerifyMethod.PHONE, "clerk-2", TODAY),
        Reporter(NameStatus.REAL_NAME, 1, OTHER_REF, False, VerifyMethod.PHONE, "clerk-2", TODAY),
    ),
    "anonymous": (replace(VERIFIED, name_status=NameStatus.ANONYMOUS, count=3), ANONYMOUS),
}


@pytest.mark.parametrize(("given", "stands"), GIVEN.values(), ids=GIVEN)
def test_what_is_known_of_a_reporter_after_an_edit(given: Reporter, stands: Reporter) -> None:
    assert VERIFIED.put_anew(given) == stands
