"""A planted bug that no longer fits the code catches nothing; known at once, not in the next siege."""

import subprocess

import pytest

from tests.planted.run import ROOT, Bug, bugs


@pytest.mark.parametrize("bug", bugs(), ids=lambda bug: bug.name)
def test_every_planted_bug_fits_the_code_and_names_tests_that_are_there(bug: Bug) -> None:
    tried = subprocess.run(
        ["patch", "--strip=1", "--dry-run", "--silent", "--input", str(bug.file)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert tried.returncode == 0, tried.stdout
    for named in bug.caught_by:
        file, _, test = named.partition("::")
        assert f"def {test.partition('[')[0]}(" in (ROOT / file).read_text(encoding="utf-8"), named
