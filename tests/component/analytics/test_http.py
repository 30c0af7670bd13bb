"""What officers get, and what they do not get."""

import pytest

from services.analytics.domain.errors import IdentityBroken
from services.chassis.metrics import IDENTITIES_BROKEN
from tests.component.analytics.conftest import Bureau, organ, report
from tests.support import told_facts as told

pytestmark = pytest.mark.component
MARCH = {"from": "2026-03", "to": "2026-03"}


async def test_only_who_may_read_figures_reads_them(bureau: Bureau) -> None:
    assert (await bureau.client.get("/analytics/v1/months")).status_code == 401
    for role in ("handler", "receptionist", "administrator", "importer", "case-handler"):
        assert (await bureau.look("/statistics", role, **MARCH)).status_code == 403
        assert (await bureau.look(f"/reports/{report()}/timeline", role)).status_code == 403
    assert (await bureau.look("/overview", "administrator")).status_code == 200
    denied = "SELECT count(*) FROM mechanism.audit_event WHERE action = 'access-denied'"
    assert await bureau.worker.fetchval(denied) == 10


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"from": "2026-3", "to": "2026-03"}, 422),
        ({"from": "2026-13", "to": "2026-13"}, 422),
        ({"from": "2026-04", "to": "2026-03"}, 422),
        ({"from": "1950-12", "to": "2026-03"}, 422),
        ({"from": "2011-01", "to": "2026-03"}, 200),
        ({"from": "2026-03"}, 422),
        ({**MARCH, "scope": "secret"}, 422),
        ({**MARCH, "organ": "'; DROP TABLE receipt;--"}, 422),
        ({**MARCH, "organ": "530000"}, 404),
        (MARCH, 200),
    ],
)
async def test_a_question_is_answered_or_refused_with_a_problem(
    bureau: Bureau, query: dict[str, str], status: int
) -> None:
    answer = await bureau.look("/statistics", **query)

    assert answer.status_code == status
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        assert "DROP" not in answer.text


async def test_figures_of_other_organs_stay_away_in_every_answer(bureau: Bureau) -> None:
    one = report()
    facts = [
        bureau.mouth.fact("intake.report-registered.v1", told.registered(one, "520100")),
        bureau.mouth.fact("intake.report-classified.v1", told.classified(one, "520100")),
    ]
    await bureau.mouth.say(*facts)
    await bureau.counted(2)

    assert (await bureau.ask("/months", by="520100"))["months"][0]["item_times"] == 1
    assert (await bureau.ask("/months", by="520200"))["months"] == []
    assert (await bureau.ask("/overview", by="520200"))["receipts"] == 0
    assert (await bureau.ask("/statistics", by="520200", **MARCH))["total"]["item_times"] == 0
    foreign = await bureau.look(f"/reports/{one}/timeline", by="520200")
    unknown = await bureau.look(f"/reports/{report()}/timeline", by="520200")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.content == unknown.content


async def test_a_timeline_tells_the_facts_in_order_and_in_chinese(bureau: Bureau) -> None:
    one = report()
    said = bureau.mouth.fact
    facts = [
        said("intake.report-registered.v1", told.registered(one)),
        said("intake.report-classified.v1", told.classified(one, violations=["V3-02"])),
        said("referral.report-retained.v1", told.of_part(one, kind="REPEAT")),
    ]
    await bureau.mouth.say(*reversed(facts))
    await bureau.counted(3)

    timeline = await bureau.ask(f"/reports/{one}/timeline")

    assert [fact["zh"] for fact in timeline["facts"]] == ["登记", "信息录入确认、分类", "留存备查"]
    details = {d["field"]: d["value_zh"] for d in timeline["facts"][1]["details"]}
    assert details["nature"] == "检举控告"
    assert "礼" in details["violations"]
    assert "parties" not in details
    assert timeline["facts"][2]["details"][0]["value_zh"] == "重复"
    read = await bureau.worker.fetchval(
        "SELECT subject FROM mechanism.audit_event WHERE action = 'timeline-read' AND entity_id = $1",
        str(one),
    )
    assert read == "P-1"


async def test_the_reported_side_cannot_follow_a_report(bureau: Bureau) -> None:
    one = report()
    said = bureau.mouth.fact
    topic = "petition.referral.directory.v1"
    unit = {"kind": "UNIT", "id": "works", "synthetic": True, "effective_on": "2020-01-01",
            "state": {"kind": "HOST_UNIT", "parent": "520100", "organ": None}}  # fmt: skip
    desk = {**unit, "id": "works-desk", "state": {"kind": "DEPARTMENT", "parent": "works"}}
    person = {"kind": "PERSON", "id": "P-9", "synthetic": True, "effective_on": "2020-01-01",
              "state": {"units": [{"unit": "works-desk", "is_head": False}], "seats": []}}  # fmt: skip
    entries = [organ("520100", None, "虚构市纪委"), unit, desk, person]
    facts = [said("referral.directory-changed.v1", entry, topic=topic) for entry in entries]
    facts += [
        said("intake.report-registered.v1", told.registered(one)),
        said(
            "intake.report-classified.v1",
            told.classified(one, parties=[told.party("07", unit="works", is_unit_head=True)]),
        ),
    ]
    await bureau.mouth.say(*facts)
    await bureau.counted(6)

    assert (await bureau.look(f"/reports/{one}/timeline", sub="P-9")).status_code == 404
    assert (await bureau.look(f"/reports/{one}/timeline", sub="P-1")).status_code == 200


@pytest.mark.parametrize(
    ("excluded", "kept_away"),
    [
        ({"excluded_officers": ["P-9"]}, "P-9"),
        ({"excluded_seats": ["S-9"]}, "P-9"),
        ({"excluded_units": ["works"]}, "P-9"),
        ({"excluded_units": ["520000"]}, "P-0"),
    ],
)
async def test_whoever_intake_excludes_cannot_follow_the_report(
    bureau: Bureau, excluded: dict[str, list[str]], kept_away: str
) -> None:
    one = report()
    said, directory = bureau.mouth.fact, "petition.referral.directory.v1"
    entry = {"synthetic": True, "effective_on": "2020-01-01", "organ": "520100"}
    seat = {
        **entry,
        "kind": "SEAT",
        "id": "S-9",
        "state": {"person": "P-9", "unit": "works", "organ": "520100"},
    }
    unit = {**entry, "kind": "UNIT", "id": "works", "state": {"kind": "DEPARTMENT", "organ": "520100"}}
    entries = [organ("520000", None, "虚构省纪委"), organ("520100", "520000", "虚构市纪委"), unit, seat]
    nobody: dict[str, list[str]] = {"excluded_units": [], "excluded_seats": [], "excluded_officers": []}
    changed = {"report_id": str(one), "organ": "520100", "synthetic": True, "version": 1, **nobody}
    exclusions = "petition.intake.exclusions.v1"
    await bureau.mouth.say(
        *(said("referral.directory-changed.v1", told_of, topic=directory) for told_of in entries),
        said("intake.report-registered.v1", told.registered(one)),
        said("intake.exclusion-changed.v1", {**changed, "excluded_officers": ["P-1"]}, topic=exclusions),
        said("intake.exclusion-changed.v1", {**changed, "version": 2, **excluded}, topic=exclusions),
    )
    await bureau.counted(7)
    organ_of = {"P-0": "520000"}

    asked = {
        person: (
            await bureau.look(f"/reports/{one}/timeline", sub=person, by=organ_of.get(person, "520100"))
        ).status_code
        for person in ("P-0", "P-1", "P-9")
    }
    assert asked == {person: 404 if person == kept_away else 200 for person in asked}


@pytest.mark.parametrize("fallen", [{"valid_to": "2026-02-01"}, {"person": "P-2"}, {"organ": "520200"}])
async def test_whoever_lost_the_seat_is_out_at_once(bureau: Bureau, fallen: dict[str, str]) -> None:
    seat = {"person": "P-1", "unit": "works", "organ": "520100"}
    entry = {"kind": "SEAT", "id": "S-1", "synthetic": True, "effective_on": "2020-01-01", "organ": "520100"}
    said, directory = bureau.mouth.fact, "petition.referral.directory.v1"
    await bureau.mouth.say(
        said("referral.directory-changed.v1", {**entry, "state": seat}, topic=directory),
        said(
            "referral.directory-changed.v1", {**entry, "id": "S-0", "state": seat | fallen}, topic=directory
        ),
    )
    await bureau.counted(2)
    stands = await bureau.look("/months")
    named = bureau.installation.staff("analytics", "analyst", organ="520100", sub="P-1", seats=("S-0",))

    answers = [
        await bureau.client.get(path, headers=named)
        for path in (
            "/analytics/v1/months",
            "/analytics/v1/overview",
            f"/analytics/v1/reports/{report()}/timeline",
        )
    ]

    assert stands.status_code == 200
    assert {answer.status_code for answer in answers} == {401}


async def test_a_table_that_contradicts_itself_is_withheld_and_counted(bureau: Bureau) -> None:
    await bureau.mouth.say(bureau.mouth.fact("intake.report-registered.v1", told.registered(report())))
    await bureau.counted(1)
    await bureau.worker.execute("UPDATE receipt SET channel = 'PIGEON'")
    before = IDENTITIES_BROKEN.labels("total-is-sum-of-channel")._value.get()

    answer = await bureau.look("/statistics", **MARCH)

    assert answer.status_code == 503
    assert answer.json()["code"] == "identity-broken"
    assert IDENTITIES_BROKEN.labels("total-is-sum-of-channel")._value.get() == before + 1
    assert issubclass(IdentityBroken, Exception)


async def test_the_api_role_changes_no_figure(bureau: Bureau) -> None:
    for table in ("receipt", "fact", "passage", "part", "live_window", "entry"):
        for right in ("INSERT", "UPDATE", "DELETE"):
            asked = "SELECT has_table_privilege('analytics_api', 'business.' || $1, $2)"
            assert await bureau.worker.fetchval(asked, table, right) is False
    assert (
        await bureau.worker.fetchval("SELECT has_schema_privilege('analytics_api', 'shadow', 'USAGE')")
        is False
    )
