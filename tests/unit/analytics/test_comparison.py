"""Shares and changes by the rules of 13.3, months, regions and words."""

from datetime import date

import pytest
import yaml

from services.analytics.adapters.reference_files import RULES, read_words
from services.analytics.adapters.vocabulary import MODELS
from services.analytics.domain.codes import Codes, violation_groups
from services.analytics.domain.comparison import change, share
from services.analytics.domain.fence import Asker, ReportedSide
from services.analytics.domain.values import Month, Span
from tests.support.installation import REFERENCE


@pytest.mark.parametrize(
    ("now", "base", "shown"),
    [
        (401, 687, "-41.6%"), (5, 0, "–"), (0, 0, "–"), (7, 4, "+3"), (0, 4, "-4"), (4, 4, "+0"),
        (5, 5, "+0.0%"), (6, 5, "+20.0%"), (12, 8, "+50.0%"), (16, 9, "+77.8%"), (0, 10, "-100.0%"),
    ],
)  # fmt: skip
def test_a_change_is_a_percentage_only_on_a_base_of_five(now: int, base: int, shown: str) -> None:
    assert change(now, base).shown == shown


def test_a_change_of_unlike_things_is_a_dash_with_its_reason() -> None:
    found = change(9, 8, "borders-changed")

    assert (found.shown, found.difference, found.why_not) == ("–", None, "borders-changed")


@pytest.mark.parametrize(
    ("part", "base", "shown"),
    [(1, 8, "12.5%"), (1, 16, "6.3%"), (2, 3, "66.7%"), (0, 0, "–"), (3, 2, "150.0%")],
)
def test_a_share_is_rounded_half_up_and_may_pass_the_whole(part: int, base: int, shown: str) -> None:
    assert share(part, base) == shown


def test_spans_reach_back_over_years() -> None:
    span = Span(Month(2018, 1), Month(2018, 2))

    assert (str(span.year_before().since), str(span.period_before().since)) == ("2017-01", "2017-11")
    assert span.period_before().last == date(2017, 12, 31)
    assert Span(Month(2024, 2), Month(2024, 2)).last == date(2024, 2, 29)
    assert str(span.year_to_date().since) == "2018-01"


@pytest.mark.parametrize(
    ("region", "home", "line"),
    [
        ("520102", "520000", "520100"), ("520000", "520000", "520000"), ("522301", "520000", "522300"),
        ("520102", "520100", "520102"), ("520100", "520100", "520100"), ("520201", "520100", "OUTSIDE"),
        ("520102", "520102", "520102"), (None, "520000", "UNKNOWN"), ("530102", "520000", "OUTSIDE"),
        ("520102", None, "520100"), ("520102", "organ-x", "520100"),
    ],
)  # fmt: skip
def test_a_place_counts_in_the_line_of_the_next_level(
    codes: Codes, region: str | None, home: str | None, line: str
) -> None:
    assert codes.region_line(region, home) == line


def test_a_region_is_compared_only_within_one_life_of_its_code(codes: Codes) -> None:
    before, after = Span(Month(2019, 1), Month(2019, 12)), Span(Month(2020, 1), Month(2020, 12))

    assert codes.same_borders("520201", (before, after))
    assert not codes.same_borders("520221", (before, after))
    assert not codes.same_borders("520204", (before, after))


def test_two_sub_codes_of_a_group_are_one_tick() -> None:
    assert violation_groups(["V3-02", "V3-08", "V7"]) == ("V3", "V7")


def test_every_fact_of_a_report_has_a_chinese_name_and_no_party_is_shown() -> None:
    words = read_words(REFERENCE)
    of_reports = {
        kind
        for kind in MODELS
        if not kind.startswith(("reception.", "referral.directory", "intake.exclusion"))
    }

    assert set(words.types) == of_reports
    assert not set(words.fields) & {"parties", "officers", "target_unit", "target_seat", "signed_by_seat"}


def test_every_role_of_the_table_exists() -> None:
    known = yaml.safe_load((REFERENCE / "roles.yaml").read_text(encoding="utf-8"))["roles"]
    given = yaml.safe_load((RULES / "roles.yaml").read_text(encoding="utf-8"))["permissions"]

    assert {role for roles in given.values() for role in roles} <= {row["role"] for row in known}


@pytest.mark.parametrize(
    ("party", "kept_away"),
    [
        ({"unit": "works", "party_type": "ORGANISATION"}, True),
        ({"unit": "works", "party_type": "PERSON", "is_unit_head": True}, True),
        ({"unit": "works", "party_type": "PERSON", "is_unit_head": False}, False),
        ({"unit": "school", "party_type": "ORGANISATION"}, False),
        ({"party_type": "ORGANISATION"}, False),
    ],
)
def test_whoever_stands_in_or_below_a_reported_unit_is_kept_away(
    party: dict[str, object], kept_away: bool
) -> None:
    asker = Asker("P-9", units=frozenset({"works", "520100"}))

    assert ReportedSide().named_in([{"parties": [party]}, {}]).holds(asker) is kept_away


@pytest.mark.parametrize(
    ("side", "kept_away"),
    [
        (ReportedSide(officers=frozenset({"P-9"})), True),
        (ReportedSide(seats=frozenset({"S-9"})), True),
        (ReportedSide(units=frozenset({"works"})), True),
        (ReportedSide("520100", frozenset({"school"}), frozenset({"S-1"}), frozenset({"P-1"})), False),
    ],
)
def test_whoever_intake_excludes_by_person_seat_or_unit_is_kept_away(
    side: ReportedSide, kept_away: bool
) -> None:
    assert side.holds(Asker("P-9", frozenset({"S-9"}), frozenset({"works", "520100"}))) is kept_away
