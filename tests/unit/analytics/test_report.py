"""The fold over the facts of one report."""

import random
from datetime import date
from uuid import UUID, uuid4

from services.analytics.domain.codes import Codes
from services.analytics.domain.facts import Told, in_order
from services.analytics.domain.projection import counted_receipts, standing_parts
from services.analytics.domain.report import fold_all
from services.analytics.domain.values import LEADS_TO, Act, State
from tests.support import told_facts as say
from tests.support.random_lives import Spoken
from tests.unit.analytics.conftest import figures, told

REPORT = UUID("0b1f6c52-8a3e-4d07-9c55-3f2a7e61d901")
REGISTERED: Spoken = ("intake.report-registered.v1", say.registered(REPORT))
CLASSIFIED: Spoken = ("intake.report-classified.v1", say.classified(REPORT))


def of_part(name: str, organ: str = say.ORGAN, **more: object) -> Spoken:
    return f"referral.{name}.v1", say.of_part(REPORT, organ, **more)


def assigned_life() -> list[Spoken]:
    case = {"case_id": str(uuid4()), "handling_organ": "520102"}
    return [
        REGISTERED,
        CLASSIFIED,
        of_part("report-assigned", target_organ="520102", ground="A2", themes=[], assigned_on="2026-03-05",
                officers=[]),
        ("review.result-submitted.v1",
         say.of_part(REPORT, **case, submission=1, submitted_on="2026-05-05")),
        ("review.result-returned.v1",
         say.of_part(REPORT, **case, submission=1, round="R4", reasons=["X3"], back_to="SUPPLEMENTING")),
        ("review.result-submitted.v1",
         say.of_part(REPORT, **case, submission=2, submitted_on="2026-05-20")),
        of_part("report-concluded", concluded_on="2026-06-01"),
    ]  # fmt: skip


def test_a_return_of_the_result_is_no_second_assignment() -> None:
    part = figures(assigned_life()).part(say.ORGAN)

    assert part.state is State.CONCLUDED
    assert [passage.act for passage in part.passages].count(Act.ASSIGN) == 1
    assert [passage.act for passage in part.passages].count(Act.RETURN_RESULT) == 1


def test_the_order_in_which_facts_are_heard_changes_nothing() -> None:
    facts = told(assigned_life())
    expected = fold_all(one.fact for one in in_order(facts))
    chance = random.Random(7)

    for _ in range(50):
        shuffled: list[Told] = [*facts, *chance.sample(facts, 3)]
        chance.shuffle(shuffled)
        assert fold_all(one.fact for one in in_order(shuffled)) == expected


def test_the_days_of_a_part_never_run_backwards() -> None:
    spoken = [REGISTERED, CLASSIFIED, of_part("report-concluded", concluded_on="2025-12-31")]

    days = [passage.on for passage in figures(spoken).part(say.ORGAN).passages]

    assert days == sorted(days)


def test_a_corrected_category_takes_the_place_of_the_first() -> None:
    corrected = say.classified(REPORT, version=2, nature="N4", violations=[], received_on=date(2026, 2, 27))
    known = figures([REGISTERED, CLASSIFIED, ("intake.category-changed.v1", corrected)]).part(say.ORGAN)

    assert known.classification is not None
    assert known.classification.nature == "N4"
    assert known.receipts[0].arrival.received_on == date(2026, 2, 27)
    assert known.state is State.UNDER_TRIAGE


def test_an_older_version_of_the_category_changes_nothing() -> None:
    newer = say.classified(REPORT, version=3, nature="N2", violations=[])
    older = say.classified(REPORT, version=2, nature="N4", violations=[])
    kinds = "intake.category-changed.v1"
    known = figures([REGISTERED, CLASSIFIED, (kinds, newer), (kinds, older)]).part(say.ORGAN)

    assert known.classification is not None
    assert known.classification.nature == "N2"


def test_a_receipt_of_an_assignment_is_counted_as_the_assigner_classified_it(codes: Codes) -> None:
    receipt = say.registered(REPORT, "520102", kind="ASSIGNMENT_RECEIPT", source="SUPERIOR_ASSIGNMENT")
    known = figures([*assigned_life(), ("intake.report-registered.v1", receipt)])

    rows = {row.organ: row for row in counted_receipts(known, codes)}

    assert rows["520102"].nature == "N1"
    assert rows["520102"].receipt.arrival.source == "SUPERIOR_ASSIGNMENT"
    assert [part.organ for part in standing_parts(known)] == [say.ORGAN]


def test_a_suspected_or_frozen_report_has_no_rows(codes: Codes) -> None:
    for fact in (of_part("superior-level-suspected"), ("intake.report-frozen.v1", say.of_part(REPORT))):
        known = figures([REGISTERED, CLASSIFIED, fact])

        assert list(counted_receipts(known, codes)) == []
        assert list(standing_parts(known)) == []


def test_the_highest_rank_of_several_parties_counts(codes: Codes) -> None:
    parties = [say.party("14"), say.party("05", is_unit_head=True), say.party("99"), say.party()]
    known = figures([REGISTERED, ("intake.report-classified.v1", say.classified(REPORT, parties=parties))])

    row = next(counted_receipts(known, codes))

    assert (row.rank_group, row.unit_head) == ("COUNTY_DIVISION", True)


def test_every_act_leads_somewhere() -> None:
    assert set(LEADS_TO) == set(Act)
    assert set(LEADS_TO.values()) == set(State)
