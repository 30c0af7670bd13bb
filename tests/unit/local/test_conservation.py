"""Each promise is judged on views in which exactly one thing is wrong."""

from collections.abc import Callable
from typing import Any

import pytest

from deploy.local.conservation import dead_letters, doubled, judge, lost
from deploy.local.oracle import Finding, Views

LAWS = {"MOVED": "open", "HELD": "open", "REGISTERED": "waiting", "CONCLUDED": "terminal"}


def platform() -> dict[tuple[str, str], tuple[dict[str, Any], ...]]:
    """A small drained platform in which every promise holds."""
    return {
        ("intake", "report"): (
            {"report_id": "a", "organ": "520000", "state": "MOVED"},
            {"report_id": "b", "organ": "520000", "state": "CONCLUDED"},
        ),
        ("intake", "import_row"): (
            {
                "organ": "520000",
                "register": "r",
                "number": "1",
                "report_id": "a",
                "returned_reason": None,
                "conflict": False,
            },
            {
                "organ": "520000",
                "register": "r",
                "number": "2",
                "report_id": None,
                "returned_reason": "text-empty",
                "conflict": False,
            },
        ),
        ("intake", "outbox"): (
            {
                "event_id": "e1",
                "type": "intake.report-registered.v1",
                "aggregate_id": "a",
                "published_at": "t",
            },
            {
                "event_id": "e2",
                "type": "intake.report-registered.v1",
                "aggregate_id": "b",
                "published_at": "t",
            },
        ),
        ("referral", "consumer"): ({"name": "petition.referral", "types": ["intake.report-registered.v1"]},),
        ("referral", "inbox"): (
            {"consumer": "petition.referral", "event_id": "e1"},
            {"consumer": "petition.referral", "event_id": "e2"},
        ),
        ("referral", "applied"): (
            {
                "consumer": "petition.referral",
                "topic": "petition.intake.reports.v1",
                "aggregate_id": "a",
                "sequence": 1,
                "applied_seq": 4,
            },
            {
                "consumer": "petition.referral",
                "topic": "petition.intake.reports.v1",
                "aggregate_id": "a",
                "sequence": 2,
                "applied_seq": 9,
            },
        ),
        ("referral", "routing"): (
            {
                "report_id": "a",
                "target_organ": "520000",
                "target_unit": "u1",
                "target_seat": None,
                "opened_at": 5,
                "closed_at": None,
            },
        ),
        ("referral", "exclusion"): (
            {"report_id": "a", "unit": "u9", "seat": None, "officer": None, "since": 3},
        ),
        ("intake", "transition"): (
            {"entity": "part", "entity_id": "a/520000", "seq": 9, "to_state": "MOVED"},
            {"entity": "part", "entity_id": "a/520000", "seq": 1, "to_state": "REGISTERED"},
            {"entity": "part", "entity_id": "b/520000", "seq": 2, "to_state": "CONCLUDED"},
        ),
        ("referral", "transition"): (
            {"entity": "part", "entity_id": "a/520000", "seq": 1, "to_state": "HELD"},
        ),
        ("review", "audit_decision"): (
            {"case_id": "c", "round": "R1", "actor": "anna", "decision": "pass"},
            {"case_id": "c", "round": "R4", "actor": "bo", "decision": "accept"},
        ),
        ("reception", "booking"): ({"session_id": "s", "slot": 1, "visit_id": "v"},),
    }


def broken(findings: list[Finding]) -> set[str]:
    return {finding.promise[:2] for finding in findings if not finding.holds}


def test_a_drained_platform_keeps_every_promise() -> None:
    assert broken(judge(Views(platform()), LAWS)) == set()


def with_row(service: str, view: str, **row: Any) -> Callable[[dict[Any, Any]], None]:
    def change(rows: dict[Any, Any]) -> None:
        rows[service, view] = (*rows.get((service, view), ()), {**rows[service, view][0], **row})

    return change


def without(service: str, view: str) -> Callable[[dict[Any, Any]], None]:
    def change(rows: dict[Any, Any]) -> None:
        rows[service, view] = ()

    return change


@pytest.mark.parametrize(
    ("change", "promise"),
    [
        (with_row("intake", "report"), "D1"),
        (with_row("intake", "report", report_id="c", state="LOST"), "D1"),
        (with_row("intake", "report", report_id="c", state="MOVED"), "D1"),
        (with_row("intake", "report", report_id="c", state="REGISTERED"), "D1"),
        (with_row("intake", "outbox", event_id="e2", aggregate_id="c"), "D1"),
        (with_row("intake", "import_row", number="3", report_id=None), "D1"),
        (with_row("intake", "import_row", number="3", report_id="nowhere"), "D1"),
        (with_row("intake", "import_row"), "D1"),
        (with_row("referral", "routing"), "R1"),
        (without("referral", "routing"), "D1"),
        (without("referral", "inbox"), "D4"),
        (with_row("intake", "outbox", event_id="e3", type="x", published_at=None), "D4"),
        (with_row("referral", "applied", sequence=4, applied_seq=12), "D5"),
        (with_row("intake", "import_row", number="3"), "D1"),
        (with_row("intake", "transition", seq=10, to_state="CONCLUDED"), "D1"),
        (with_row("referral", "transition", seq=2, to_state="CONCLUDED"), "D1"),
        (with_row("referral", "exclusion", unit="u1"), "R2"),
        (with_row("referral", "routing", target_unit="u9", closed_at=6), "R2"),
        (with_row("review", "audit_decision", round="R2"), "W2"),
        (with_row("reception", "booking", visit_id="w"), "V1"),
    ],
)
def test_one_wrong_row_breaks_the_promise_it_stands_for(
    change: Callable[[dict[Any, Any]], None], promise: str
) -> None:
    rows = platform()

    change(rows)

    assert promise in broken(judge(Views(rows), LAWS))


def test_nothing_is_lost_or_doubled_on_a_whole_platform() -> None:
    views = Views(platform())

    assert lost(views) == []
    assert doubled(views) == []


def test_a_routing_that_ended_before_its_aim_was_excluded_broke_nothing() -> None:
    rows = platform()
    with_row("referral", "routing", target_unit="u9", opened_at=1, closed_at=2)(rows)

    assert broken(judge(Views(rows), LAWS)) == set()


def test_a_report_that_waits_for_a_fact_may_stand_elsewhere_for_a_while() -> None:
    rows = platform()
    with_row("referral", "transition", seq=2, to_state="CONCLUDED")(rows)
    rows["intake", "waiting"] = ({"consumer": "petition.intake", "event_id": "e1"},)

    kinds = {finding.promise for finding in judge(Views(rows), LAWS) if not finding.holds}

    assert kinds == {"D4 nothing unsent or waiting after draining"}


def test_a_register_row_whose_report_is_nowhere_is_lost() -> None:
    rows = platform()
    rows["intake", "report"] = tuple(row for row in rows["intake", "report"] if row["report_id"] != "a")

    assert "r/1" in lost(Views(rows))


def test_a_fact_that_no_reader_took_is_lost() -> None:
    rows = platform()
    rows["referral", "inbox"] = ()

    assert lost(Views(rows)) == ["e1 at petition.referral", "e2 at petition.referral"]


def test_a_report_that_was_told_and_is_not_stored_is_lost() -> None:
    rows = platform()
    rows["intake", "report"] = tuple(row for row in rows["intake", "report"] if row["report_id"] != "b")

    assert lost(Views(rows)) == ["b"]


def test_what_is_frozen_from_its_first_moment_was_told_to_nobody() -> None:
    rows = platform()
    rows["intake", "report"] += ({"report_id": "s", "organ": "520000", "state": "FROZEN"},)

    assert broken(judge(Views(rows), {**LAWS, "FROZEN": "waiting"})) == set()


def test_dead_letters_are_counted_and_neither_lost_nor_doubled() -> None:
    rows = platform()
    rows["referral", "inbox"] = rows["referral", "inbox"][:1]
    rows["referral", "dead_letter"] = ({"consumer": "petition.referral", "event_id": "e2"},)

    assert (dead_letters(Views(rows)), lost(Views(rows)), doubled(Views(rows))) == (1, [], [])


@pytest.mark.parametrize(
    ("service", "view"), [("intake", "report"), ("intake", "import_row"), ("referral", "applied")]
)
def test_whatever_is_there_twice_is_doubled(service: str, view: str) -> None:
    rows = platform()
    rows[service, view] = (*rows[service, view], rows[service, view][0])

    assert len(doubled(Views(rows))) == 1
