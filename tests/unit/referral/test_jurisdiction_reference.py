"""The decision order and the excluded set agree with a reference written from the text alone."""

import pytest

from tests.support.jurisdiction_cases import differences, exclusion_differences
from tests.support.jurisdiction_reference import reference, reference_excluded


@pytest.mark.parametrize("seed", [1, 2])
def test_two_thousand_random_reports_go_where_the_text_sends_them(seed: int) -> None:
    assert differences(reference, seed, 2000) == []


def test_the_excluded_set_is_that_of_the_text() -> None:
    assert exclusion_differences(reference_excluded, 3, 2000) == []
