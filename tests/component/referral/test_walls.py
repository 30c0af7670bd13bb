"""Who sees what: the database alone keeps others out, a recusal acts at once, the directory is told whole."""

import pytest

from tests.component.referral.conftest import (
    REPORTS,
    House,
    approval,
    classification,
    move_body,
    party,
)
from tests.support.referral_offices import PREFECTURE, PROVINCE, organ, unit

pytestmark = pytest.mark.component
TABLES = """
    SELECT format('%I.%I', n.nspname, c.relname) AS name
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'business' AND c.relkind = 'r' ORDER BY 1
"""
UNGUARDED = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'business' AND c.relkind = 'r' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
"""
DEFINERS = """
    SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE n.nspname IN ('business', 'mechanism', 'oracle') AND p.prosecdef ORDER BY 1
"""


@pytest.mark.parametrize(
    ("subject", "organ_id"), [(None, None), ("", ""), ("", PROVINCE), ("P-forged", ""), (None, PROVINCE)]
)
async def test_the_api_role_without_a_whole_subject_sees_no_report(
    house: House, subject: str | None, organ_id: str | None
) -> None:
    await house.classified()

    async with house.as_role("api") as connection, connection.transaction():
        for name, value in (("app.subject", subject), ("app.organ", organ_id)):
            if value is not None:
                await connection.execute("SELECT set_config($1, $2, true)", name, value)
        for table in ("part", "routing", "transition", "recusal", "exclusion", "exclusion_entry", "paper"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0, table


async def test_a_subject_of_another_organ_sees_nothing_of_ours_in_any_table(house: House) -> None:
    report = await house.classified()
    await house.act(report, "move", house.head(), move_body())
    await house.excluded(report, units=["works-city"])

    async with house.as_role("api") as connection, connection.transaction():
        await connection.execute(
            "SELECT set_config('app.subject', 'P-x', true), set_config('app.organ', '520102', true)"
        )
        seen = {
            row["name"]: await connection.fetchval(f"SELECT count(*) FROM {row['name']}")
            for row in await connection.fetch(TABLES)
        }

    assert {name for name, rows in seen.items() if rows} <= {
        "business.directory_entry", "business.directory_version", "business.directory_swept",
    }  # fmt: skip


async def test_the_database_alone_hides_a_report_from_an_excluded_seat_and_its_unit(house: House) -> None:
    by_seat, by_unit = await house.classified(), await house.classified()
    await house.excluded(by_seat, seats=[f"{PROVINCE}-head"])
    await house.excluded(by_unit, units=[f"{PROVINCE}-petition"])

    async with house.as_role("api") as connection, connection.transaction():
        await connection.execute(
            "SELECT set_config('app.subject', $1, true), set_config('app.organ', $2, true), "
            "set_config('app.seats', $3, true)",
            f"P-{PROVINCE}-head", PROVINCE, f"{PROVINCE}-head",
        )  # fmt: skip
        count = "SELECT count(*) FROM part WHERE report_id = ANY ($1)"
        assert await connection.fetchval(count, [by_seat, by_unit]) == 0


async def test_every_business_table_is_guarded_and_the_definers_are_the_two_we_know(house: House) -> None:
    async with house.as_role("worker") as connection:
        assert await connection.fetch(UNGUARDED) == []
        definers = [row["proname"] for row in await connection.fetch(DEFINERS)]

    assert definers == ["concerns", "not_excluded"]


async def test_the_oracle_reads_its_views_and_no_table_content(house: House) -> None:
    report = await house.classified()
    await house.act(report, "move", house.head(), move_body())
    await house.excluded(report, officers=["P-nobody"])

    async with house.as_role("oracle") as connection:
        routing = await connection.fetchrow("SELECT * FROM oracle.routing WHERE report_id = $1", report)
        excluded = await connection.fetchrow("SELECT * FROM oracle.exclusion WHERE report_id = $1", report)
        steps = await connection.fetch(
            "SELECT from_state, to_state FROM oracle.transition WHERE entity_id = $1 ORDER BY seq",
            f"{report}/{PROVINCE}",
        )
        denied = await connection.fetchval("SELECT has_table_privilege('business.paper', 'SELECT')")

    assert routing is not None
    assert (routing["target_unit"], routing["route"], routing["closed_at"]) == (
        f"{PROVINCE}-supervision", "ROOM", None,
    )  # fmt: skip
    assert excluded is not None
    assert excluded["officer"] == "P-nobody"
    assert [tuple(step) for step in steps] == [
        (None, "UNDER_TRIAGE"), ("UNDER_TRIAGE", "ACCEPTED"), ("ACCEPTED", "MOVED"),
    ]  # fmt: skip
    assert denied is False


async def test_a_recusal_asked_for_takes_effect_on_the_next_read_and_ends_when_it_is_refused(
    house: House,
) -> None:
    report = await house.classified()
    clerk = house.who("clerk", "petition-clerk")
    body = {"report_id": str(report), "officer": f"P-{PROVINCE}-clerk", "ground": "INTEREST"}

    before = await house.get(f"/reports/{report}", clerk)
    asked = await house.post("/recusals", clerk, body)
    during = await house.get(f"/reports/{report}", clerk)
    decision = f"/recusals/{asked.json()['recusal_id']}/decision"
    decided = await house.post(decision, house.who("deputy", "deputy-in-charge"), {"granted": False})
    after = await house.get(f"/reports/{report}", clerk)

    statuses = [one.status_code for one in (before, asked, during, decided, after)]
    assert statuses == [200, 201, 404, 204, 200]


async def test_a_handler_who_steps_back_loses_the_report_moved_to_the_own_seat(house: House) -> None:
    report = await house.classified(parties=[party(authority="PREFECTURE", unit="works-city")])
    named = [f"P-{PREFECTURE}-head"]
    body = {"ground": "A1", "letter_no": "虚构〔2026〕9号", "approval": approval(), "officers": named}
    await house.act(report, "assignment", house.head(), body)

    asked = await house.post(
        "/recusals",
        house.head(PREFECTURE),
        {"report_id": str(report), "officer": named[0], "ground": "WITNESS"},
    )

    assert asked.status_code == 201, asked.text
    assert await house.state(report) == "UNDER_TRIAGE"
    assert (await house.said(report))[-1] == "routing-withdrawn"


async def test_a_meeting_decides_and_only_then_a_report_without_substance_is_kept(house: House) -> None:
    report = await house.classified(nature="N5")
    head, deputy = house.head(), f"P-{PROVINCE}-deputy"

    alone = await house.act(report, "retention", head, {"kind": "NO_SUBSTANCE"})
    await house.act(report, "study", head, {"reasons": ["NO_SUBSTANCE"]})
    members = [f"P-{PROVINCE}-head", deputy]
    meeting = await house.meeting(head, members)
    item = {
        "report_id": str(report),
        "decision": "RETAIN_NO_SUBSTANCE",
        "opinions": [{"member": member, "text": "金丝雀意见，同意留存"} for member in members],
    }
    path = f"/meetings/{meeting.json()['meeting_id']}/items"
    silent = await house.post(path, head, item | {"opinions": item["opinions"][:1]}, 2)
    decided = await house.post(path, head, item, 2)
    kept = await house.act(report, "retention", head, {"kind": "NO_SUBSTANCE"})

    assert [one.status_code for one in (alone, meeting, silent, decided, kept)] == [422, 201, 422, 200, 200]
    assert await house.said(report) == ["report-queued-for-study", "report-studied", "report-retained"]


async def test_a_handler_sends_back_with_the_approval_of_its_own_deputy_and_the_office_screens_anew(
    house: House,
) -> None:
    report = await house.classified()
    await house.act(report, "move", house.head(), move_body())
    await house.act(report, "move/signature", house.handler())
    body = {"reason_code": "OTHER_ORGAN", "reasons": "金丝雀理由", "approval": approval(word="head")}

    wrong = await house.act(report, "return", house.handler(), body)
    stranger = await house.act(report, "return", house.who("clerk", "handler"), body)
    back = await house.act(report, "return", house.handler(), body | {"approval": approval()})
    again = await house.act(report, "rescreening", house.head())

    assert [one.status_code for one in (wrong, stranger, back, again)] == [422, 403, 200, 200]
    assert await house.state(report) == "UNDER_TRIAGE"


async def test_imported_reports_of_earlier_days_start_no_clock_and_fresh_ones_do(house: House) -> None:
    old = await house.classified(imported=True, received_on="2019-03-04")
    fresh = await house.classified(imported=True)

    clock = "SELECT count(*) FROM mechanism.clock WHERE entity_id = $1"
    assert await house.pool.fetchval(clock, f"{old}/{PROVINCE}") == 0
    assert await house.pool.fetchval(clock, f"{fresh}/{PROVINCE}") == 1


async def test_a_set_of_classified_reports_opens_as_many_parts_with_their_log(house: House) -> None:
    reports = [await house.classified(received_on="2019-03-04", imported=True) for _ in range(3)]

    rows = await house.pool.fetch(
        "SELECT seq, to_state FROM transition WHERE entity_id = ANY ($1)",
        [f"{report}/{PROVINCE}" for report in reports],
    )
    assert [tuple(row) for row in rows] == [(1, "UNDER_TRIAGE")] * 3


async def test_a_changed_directory_withdraws_what_now_leads_to_the_reported_side(house: House) -> None:
    report = await house.classified(parties=[party(authority="HOST_PARTY_GROUP", unit="host-agri")])
    await house.excluded(report, units=["works-city"])
    moved = await house.act(report, "move", house.head(), move_body())
    below = unit("team-agri", "STATIONED_TEAM", organ=PROVINCE, region=PROVINCE, parent="works-city")

    answer = await house.client.put(
        "/referral/v1/directory/UNIT/team-agri",
        headers=house.installation.staff("referral", "directory-keeper") | {"Idempotency-Key": "team"},
        json={name: below[name] for name in ("synthetic", "effective_on", "state")},
    )

    assert (moved.status_code, answer.json()) == (200, {"changed": 1, "given": 1})
    await house.until("SELECT state = 'UNDER_TRIAGE' FROM part WHERE report_id = $1", report)
    swept = "(SELECT max(position) FROM directory_swept)"
    await house.until(f"SELECT {swept} = (SELECT max(position) FROM directory_version)")


async def test_the_directory_is_told_whole_without_names_and_the_same_again_tells_nothing(
    house: House,
) -> None:
    keeper = house.installation.staff("referral", "directory-keeper")
    given = organ("529900", "PREFECTURE", PROVINCE, "5299")
    told = "SELECT count(*) FROM mechanism.outbox_archive WHERE subject = '529900'"

    for key in ("first", "second"):
        answer = await house.client.put(
            "/referral/v1/directory", headers=keeper | {"Idempotency-Key": key}, json={"entries": [given]}
        )
        assert answer.status_code == 200
    contradicting = await house.client.put(
        "/referral/v1/directory",
        headers=keeper | {"Idempotency-Key": "third"},
        json={"entries": [given | {"state": given["state"] | {"superior": "529900"}}]},
    )
    listed = await house.get("/directory?kind=PERSON&limit=200", keeper)

    await house.until(f"SELECT ({told}) = 1")
    assert contradicting.status_code == 422
    assert all(item["staff_name"] == "虚构某" for item in listed.json()["items"])
    named = "position(convert_to('虚构某', 'UTF8') IN data) > 0"
    assert await house.pool.fetchval(f"SELECT count(*) FROM mechanism.outbox_archive WHERE {named}") == 0


async def test_a_category_that_becomes_superior_freezes_what_was_moved(house: House) -> None:
    report = await house.classified()
    await house.act(report, "move", house.head(), move_body())
    data = classification(report) | {"version": 2, "parties": [party(authority="CENTRAL")]}

    await house.tell(REPORTS, "intake.category-changed.v1", data)

    await house.until("SELECT state = 'FROZEN' FROM part WHERE report_id = $1", report)
    assert (await house.said(report))[-2:] == ["superior-level-suspected", "routing-withdrawn"]
