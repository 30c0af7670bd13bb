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


def with_lines(table: Statistic, code: str, **changed: Line) -> Statistic:
    """The table with lines of one block in place of its own."""
    new = tuple(changed.get(line.code, line) for line in block(table, code).lines)
    return replace(table, blocks=tuple(replace(b, lines=new) if b.code == code else b for b in table.blocks))


def broken_by(table: Statistic) -> tuple[str, ...]:
    """The identities for which the table is withheld."""
    with pytest.raises(IdentityBroken) as broken:
        check(table)
    return broken.value.names


def test_the_change_of_minus_268_that_was_printed_cannot_be(accusations: Statistic) -> None:
    change = accusations.total.year_on_year

    for wrong in (replace(change, difference=-268), replace(change, base=669)):
        spoilt = replace(accusations, total=replace(accusations.total, year_on_year=wrong))
        assert "change-is-difference" in broken_by(spoilt)


def test_counties_that_add_up_to_755_of_550_cannot_be_printed(fingers: Fingers) -> None:
    table = fingers.statistic(SPAN, organ=ORGAN, home=ORGAN)
    unknown = lines(table, "region")["UNKNOWN"]
    assert sum(line.count for line in block(table, "region").lines) == 550

    too_many = with_lines(table, "region", UNKNOWN=replace(unknown, count=unknown.count + 755 - 550))

    assert "total-is-sum-of-region" in broken_by(too_many)


def test_shares_on_a_base_of_382_or_cut_short_cannot_be_printed(accusations: Statistic) -> None:
    ticked = lines(accusations, "violation")
    on_382 = replace(ticked["V3"], share="34.6%")
    cut = replace(ticked["V7"], share="29.1%")
    six = [replace(b, base=382) if b.code == "violation" else b for b in accusations.blocks]

    assert "share-stands-on-its-base" in broken_by(with_lines(accusations, "violation", V3=on_382))
    assert "share-stands-on-its-base" in broken_by(with_lines(accusations, "violation", V7=cut))
    assert "multi-select-is-based-on-accusations" in broken_by(replace(accusations, blocks=tuple(six)))


def test_none_of_the_three_stands_anywhere_in_the_tables_given_out(fingers: Fingers) -> None:
    for scope in Scope:
        table = fingers.statistic(SPAN, organ=ORGAN, home=ORGAN, scope=scope)
        shown = [line for b in table.blocks for line in b.lines]

        assert table.total.year_on_year.difference != -268
        assert {b.base for b in table.blocks} <= {550, 401}
        assert "34.6%" not in {line.share for line in shown}
