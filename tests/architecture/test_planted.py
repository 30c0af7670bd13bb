"""A planted bug that no longer fits the code catches nothing; known at once, not in the next siege."""

import pytest

from tests.planted.run import ROOT, Bug, bugs, patched


@pytest.mark.parametrize("bug", bugs(), ids=lambda bug: bug.name)
def test_every_planted_bug_fits_the_code_and_names_tests_that_are_there(bug: Bug) -> None:
    assert patched(bug, ROOT, "--dry-run")
    for named in bug.caught_by:
        file, _, test = named.partition("::")
        assert f"def {test.partition('[')[0]}(" in (ROOT / file).read_text(encoding="utf-8"), named
