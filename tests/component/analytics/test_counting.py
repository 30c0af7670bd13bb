"""Facts from the real broker become figures in the real database: each once, whenever it comes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY

from services.analytics.adapters.archive_rebuilding import rebuild_from_archive
from services.analytics.adapters.desk_figures import WITHIN, measure
from services.analytics.adapters.rebuilding import rebuild
from services.analytics.adapters.recomputing import recompute
from services.chassis.stored_record import StoredRecord
from tests.component.analytics.conftest import Bureau, Said, line, organ, report
from tests.support import told_facts as told

pytestmark = pytest.mark.component
MARCH = datetime(2026, 3, 2, 2, tzinfo=UTC)


def life(bureau: Bureau, days: int = 0, **more: Any) -> list[Said]:
    """A report that was registered, classified, accepted, moved and concluded, a day apart each."""
    one, at = report(), MARCH + timedelta(days=days)
    said = bureau.mouth.fact
    return [
        said("intake.report-registered.v1", told.registered(one), at=at),
        said("intake.report-classified.v1", told.classified(one, **more), at=at + timedelta(days=1)),
        said("referral.report-accepted.v1", told.of_part(one, basis="TRIAGE"), at=at + timedelta(days=2)),
        said(
            "referral.report-moved.v1",
            told.of_part(
                one, way="ROOM", target_organ=told.ORGAN, case_management_notified_at=at.isoformat()
            ),
            at=at + timedelta(days=3),
        ),
        said(
            "referral.report-concluded.v1",
            told.of_part(one, concluded_on=str((at + timedelta(days=40)).date())),
            at=at + timedelta(days=40),
        ),
    ]


async def test_a_report_is_counted_where_it_was_received_and_where_it_moved(bureau: Bureau) -> None:
    facts = life(bureau, violations=["V3-02", "V3-08", "V7"], region_of_conduct="520102")
    await bureau.mouth.say(*facts)

    await bureau.counted(len(facts))

    table = await bureau.statistic("2026-03")
    assert (table["total"]["item_times"], table["total"]["items"], table["accusations"]) == (1, 1, 1)
    assert line(table, "violation", "V3")["count"] == line(table, "violation", "V7")["count"] == 1
    assert line(table, "region", "520102")["count"] == 1
    assert {act["code"]: act["count"] for act in table["flow"] if act["count"]} == {
        "registered": 1, "accepted": 1, "moved": 1,
    }  # fmt: skip
    assert [s["state"] for s in table["stock"] if s["closing"]] == ["MOVED"]
    april = await bureau.statistic("2026-04")
    assert april["total"]["item_times"] == 0
    assert [(s["state"], s["opening"], s["closing"]) for s in april["stock"]] == [
        ("MOVED", 1, 0), ("CONCLUDED", 0, 1),
    ]  # fmt: skip


async def test_facts_told_twice_and_out_of_order_are_counted_once(bureau: Bureau) -> None:
    first, second = life(bureau), life(bureau, 1)
    shuffled = [*first[2:], first[1], first[0], *second[::-1], *first, *second]
    await bureau.mouth.say(*shuffled)

    await bureau.counted(len(shuffled))

    table = await bureau.statistic("2026-03")
    assert table["total"]["item_times"] == 2
    assert await bureau.worker.fetchval("SELECT count(*) FROM fact") == 10
    assert await bureau.worker.fetchval("SELECT count(*) FROM passage") == 10
    assert {row["state"] for row in await bureau.worker.fetch("SELECT state FROM part")} == {"CONCLUDED"}


async def test_a_batch_that_dies_before_its_commit_is_counted_once(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = life(bureau)
    await bureau.mouth.say(*facts)
    monkeypatch.setenv("FAILPOINTS", "consumer.applied_not_committed=raise:1")

    await bureau.counted(len(facts))

    assert (await bureau.statistic("2026-03"))["total"]["item_times"] == 1


async def test_a_corrected_category_moves_the_report_and_leaves_the_total(bureau: Bureau) -> None:
    facts = life(bureau)
    one = facts[0].key
    changed = told.classified(
        one, version=2, nature="N4", violations=[], received_on=date(2026, 2, 27), channel="PHONE"
    )
    correction = bureau.mouth.fact(
        "intake.category-changed.v1", changed | {"changed_on": "2026-05-01", "reason_code": "NEW_FACTS"}
    )
    await bureau.mouth.say(*facts, correction)

    await bureau.counted(6)

    assert (await bureau.statistic("2026-03"))["total"]["item_times"] == 0
    table = await bureau.statistic("2026-02")
    assert (table["total"]["item_times"], table["accusations"]) == (1, 0)
    assert line(table, "nature", "N4")["count"] == line(table, "channel", "PHONE")["count"] == 1


async def test_a_frozen_report_leaves_every_figure_and_the_sight_of_all(bureau: Bureau) -> None:
    kept, gone = life(bureau), life(bureau)
    freeze = bureau.mouth.fact("intake.report-frozen.v1", told.of_part(gone[0].key))
    late = bureau.mouth.fact("referral.routing-withdrawn.v1", told.of_part(gone[0].key, reason="FROZEN"))
    await bureau.mouth.say(*kept, *gone, freeze, late)

    await bureau.counted(12)

    table = await bureau.statistic("2026-03")
    assert table["total"]["item_times"] == 1
    assert sum(stock["closing"] for stock in table["stock"]) == 1
    assert (await bureau.look(f"/reports/{gone[0].key}/timeline")).status_code == 404
    assert (await bureau.look(f"/reports/{kept[0].key}/timeline")).status_code == 200
    assert (await bureau.ask("/overview"))["receipts"] == 1


async def test_the_office_sees_what_came_and_where_it_lies_but_not_what_was_frozen(bureau: Bureau) -> None:
    def measured(name: str, **labels: str) -> float | None:
        return REGISTRY.get_sample_value(name, labels)

    kept, moved, gone = life(bureau), life(bureau, days=10)[:4], life(bureau)
    freeze = bureau.mouth.fact("intake.report-frozen.v1", told.of_part(gone[0].key))
    call = told.registered(report(), received_on=date(2026, 3, 8), channel="PHONE")
    new = bureau.mouth.fact("intake.report-registered.v1", call)
    await bureau.mouth.say(*kept, *moved, *gone, freeze, new)
    await bureau.counted(16)

    await measure(bureau.worker, date(2026, 3, 9))

    assert {
        channel: [measured("petition_receipts", channel=channel, within=within) for within in WITHIN]
        for channel in ("LETTER", "PHONE")
    } == {"LETTER": [0, 0, 2, 2], "PHONE": [0, 1, 1, 1]}
    assert measured("petition_parts", state="CONCLUDED") == measured("petition_parts", state="MOVED") == 1
    assert measured("petition_parts", state="FROZEN") is None


async def test_receipts_of_a_transfer_and_an_assignment_are_item_times_of_one_report(bureau: Bureau) -> None:
    one, two = report(), report()
    said = bureau.mouth.fact
    below: dict[str, Any] = {"received_on": date(2026, 3, 9)}
    directory = [
        said("referral.directory-changed.v1", organ(id_, up, name), topic="petition.referral.directory.v1")
        for id_, up, name in (("520000", None, "虚构省纪委"), ("520100", "520000", "虚构市纪委"))
    ]
    facts = [
        said("intake.report-registered.v1", told.registered(one, "520000")),
        said("intake.report-classified.v1", told.classified(one, "520000")),
        said("referral.report-transferred.v1", told.of_part(one, "520000", target_organ="520100")),
        said(
            "referral.transfer-signed-for.v1",
            told.of_part(one, "520100", from_organ="520000", signed_on="2026-03-09"),
        ),
        said(
            "intake.report-registered.v1",
            told.registered(one, "520100", kind="TRANSFER_RECEIPT", source="SUPERIOR_TRANSFER", **below),
        ),
        said(
            "intake.report-classified.v1",
            told.classified(one, "520100", source="SUPERIOR_TRANSFER", **below),
        ),
        said("intake.report-registered.v1", told.registered(two, "520000")),
        said("intake.report-classified.v1", told.classified(two, "520000", violations=["V5"])),
        said(
            "referral.report-assigned.v1",
            told.of_part(two, "520000", target_organ="520100", ground="A2", themes=[],
                         assigned_on="2026-03-05", officers=[]),
        ),
        said(
            "intake.report-registered.v1",
            told.registered(two, "520100", kind="ASSIGNMENT_RECEIPT", source="SUPERIOR_ASSIGNMENT", **below),
        ),
    ]  # fmt: skip
    await bureau.mouth.say(*directory, *facts)

    await bureau.counted(len(directory) + len(facts))

    march = {"from": "2026-03", "to": "2026-03"}
    lower = await bureau.ask("/statistics", organ="all", **march)
    assert (lower["total"]["item_times"], lower["total"]["items"]) == (2, 2)
    province = await bureau.ask("/statistics", by="520000", **march)
    assert (province["total"]["item_times"], province["total"]["items"]) == (4, 2)
    assert line(province, "violation", "V5")["count"] == 2
    city = await bureau.ask("/statistics", by="520000", organ="520100", **march)
    assert city["organ_name"] == "虚构市纪委"
    assert line(city, "source", "SUPERIOR_TRANSFER")["count"] == 1
    assert line(city, "source", "SUPERIOR_ASSIGNMENT")["count"] == 1
    assert [s["state"] for s in city["stock"] if s["closing"]] == ["REGISTERED"]
    assert (await bureau.look("/statistics", by="520100", organ="520000", **march)).status_code == 404
    assert (await recompute(bureau.worker, bureau.codes)).differing == 0


def stored(said: Said) -> StoredRecord:
    """A fact as its service keeps it."""
    return StoredRecord(said.topic, 0, 0, said.key.encode(), said.body, tuple(said.headers))


async def test_recomputation_and_rebuild_agree_and_each_finds_what_was_hidden(bureau: Bureau) -> None:
    facts = [fact for n in range(20) for fact in life(bureau, n % 5)]
    not_yet = told.of_part(facts[0].key, basis="TRIAGE")
    visit = {"visit_id": str(report()), "organ": told.ORGAN, "synthetic": True}
    visits = [
        bureau.mouth.fact(
            f"reception.visit-{name}.v1", visit | more, topic="petition.reception.visits.v1"
        )
        for name, more in (
            ("booked", {"session_id": str(report()), "held_on": "2026-03-20"}),
            ("registered", {"form": "RECEIVE", "persons": 2, "received_on": "2026-03-20"}),
        )
    ]  # fmt: skip
    await bureau.mouth.say(*facts, *visits, *facts[:7])
    await bureau.counted(len(facts) + 9)

    found = await recompute(bureau.worker, bureau.codes)
    rebuilt = await rebuild(bureau.worker, bureau.mouth.broker, bureau.codes)
    archive = [*reversed(visits), *facts, bureau.mouth.fact("referral.report-accepted.v1", not_yet)]
    archived = await rebuild_from_archive(bureau.worker, map(stored, archive), bureau.codes)

    assert archived.differing == []
    assert (archived.kept, archived.records) == (rebuilt.kept, len(facts) + 2)
    assert found.compared > 30
    assert found.differing == 0
    assert rebuilt.differing == []
    assert rebuilt.kept["fact"].rows == 100
    assert rebuilt.records == len(facts) + 9

    await bureau.worker.execute("DELETE FROM receipt WHERE ctid = (SELECT min(ctid) FROM receipt)")

    assert (await recompute(bureau.worker, bureau.codes)).differing > 0
    assert (await rebuild(bureau.worker, bureau.mouth.broker, bureau.codes)).differing == ["receipt"]
    again = await rebuild_from_archive(bureau.worker, map(stored, archive), bureau.codes)
    assert again.differing == ["receipt"]
    kinds = await bureau.oracle.fetch("SELECT kind, differing FROM oracle.comparison ORDER BY at")
    assert [(row["kind"], row["differing"] > 0) for row in kinds] == [
        ("recompute", False), ("rebuild", False), ("rebuild", False), ("recompute", True), ("rebuild", True),
        ("rebuild", True),
    ]  # fmt: skip
