"""The figures of the published bulletin come out, and none of its three contradictions can."""

from dataclasses import replace

import pytest

from services.analytics.domain.codes import Codes
from services.analytics.domain.errors import IdentityBroken
from services.analytics.domain.identities import check
from services.analytics.domain.table import Block, Line, Statistic
from services.analytics.domain.values import Month, Scope, Span
from tests.support.bulletin_facts import FIGURES, ORGAN, rows_of_2017, rows_of_2018
from tests.support.recount import Fingers
from tests.unit.analytics.conftest import figures

SPAN = Span(Month(2018, 1), Month(2018, 7))


@pytest.fixture(scope="module")
def fingers(codes: Codes) -> Fingers:
    reports = {
        report: figures([("intake.report-registered.v1", first), ("intake.report-classified.v1", then)])
        for rows in (rows_of_2018(), rows_of_2017())
        for report, first, then in rows
    }
    return Fingers(reports, codes)


@pytest.fixture(scope="module")
def accusations(fingers: Fingers) -> Statistic:
    return fingers.statistic(SPAN, organ=ORGAN, home=ORGAN, scope=Scope.ACCUSATIONS)


def block(table: Statistic, code: str) -> Block:
    return next(found for found in table.blocks if found.code == code)


def lines(table: Statistic, code: str) -> dict[str, Line]:
    return {line.code: line for line in block(table, code).lines}


def test_totals_of_the_bulletin(fingers: Fingers) -> None:
    table = fingers.statistic(SPAN, organ=ORGAN, home=ORGAN)

    assert table.total.item_times == table.total.items == FIGURES["total_received_item_times"]
    assert table.accusations == FIGURES["accusations_in_scope"]
    nature = lines(table, "nature")
    assert nature["N4"].count + nature["N5"].count == FIGURES["out_of_scope_or_no_substance"]
    assert nature["UNCLASSIFIED"].count == 0


def test_marginals_of_the_accusations(accusations: Statistic) -> None:
    assert accusations.total.item_times == 401
    assert [line.count for line in block(accusations, "occurrence").lines] == [362, 39]
    status = lines(accusations, "name_status")
    assert status["SIGNED_UNVERIFIED"].count + status["REAL_NAME"].count == FIGURES["signed"]
    channel = lines(accusations, "channel")
    assert {name: channel[name.upper()].count for name in FIGURES["channel"]} == FIGURES["channel"]
    rank = lines(accusations, "rank_group")
    assert {name: rank[name.upper()].count for name in FIGURES["rank"]} == FIGURES["rank"]
    assert rank["OTHER"].count == 401 - sum(FIGURES["rank"].values())


def test_violations_are_ticks_on_the_base_of_all_accusations(accusations: Statistic) -> None:
    ticks = dict(FIGURES["violation_ticks"])
    ticks["V7"] = ticks.pop("duty_or_other_offence")
    found = block(accusations, "violation")

    assert {line.code: line.count for line in found.lines if line.code in ticks} == ticks
    assert (found.base, found.multi_select) == (401, True)
    assert sum(line.count for line in found.lines) == 499
    shares = {line.code: line.share for line in found.lines}
    assert (shares["V3"], shares["V7"], shares["V1"]) == ("32.9%", "29.2%", "1.5%")


def test_the_change_against_the_year_before_is_minus_286(accusations: Statistic) -> None:
    change = accusations.total.year_on_year

    assert (change.base, change.difference, change.shown) == (687, -286, "-41.6%")


def test_the_wrong_change_the_wrong_sum_and_the_wrong_base_cannot_be_printed(accusations: Statistic) -> None:
    wrong_change = replace(accusations.total.year_on_year, difference=-268)
    of_382 = [replace(line, share="34.6%") if line.code == "V3" else line
              for line in block(accusations, "violation").lines]  # fmt: skip
    too_many = [replace(line, count=line.count + 354) if line.code == "UNKNOWN" else line
                for line in block(accusations, "region").lines]  # fmt: skip

    def with_lines(code: str, changed: list[Line]) -> Statistic:
        blocks = [replace(b, lines=tuple(changed)) if b.code == code else b for b in accusations.blocks]
        return replace(accusations, blocks=tuple(blocks))

    for table, name in (
        (
            replace(accusations, total=replace(accusations.total, year_on_year=wrong_change)),
            "change-is-difference",
        ),
        (with_lines("violation", of_382), "share-stands-on-its-base"),
        (with_lines("region", too_many), "total-is-sum-of-region"),
    ):
        with pytest.raises(IdentityBroken) as broken:
            check(table)
        assert name in broken.value.names
