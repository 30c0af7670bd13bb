"""The house rules hold, and each finds what it is there to find."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture import house_rules as rule
from tests.architecture.tree import HOUSES, lines_with, named, python_files, syntax

Rule = Callable[[ast.AST], bool]
SERVICES = [f"services/{house}" for house in HOUSES]
PURE = [f"services/{house}/{room}" for house in HOUSES for room in ("domain", "application")]


def found(broken: Rule, files: list[Path]) -> list[str]:
    return [f"{named(file)} {at}" for file in files for at in lines_with(file, syntax(file), broken)]


def test_only_main_reads_the_clock() -> None:
    files = [file for file in python_files(*SERVICES) if file.name != "main.py"]

    assert found(rule.reads_the_clock, files) == []


def test_only_the_chassis_catches_everything() -> None:
    assert found(rule.catches_everything, python_files(*SERVICES)) == []


def test_no_use_case_commits_by_hand() -> None:
    assert found(rule.commits_by_hand, python_files(*SERVICES)) == []


def test_only_main_reads_the_environment() -> None:
    files = [file for file in python_files(*SERVICES) if file.name != "main.py"]

    assert found(rule.reads_the_environment, files) == []


def test_the_domain_never_waits() -> None:
    assert found(rule.awaits, python_files(*[f"services/{house}/domain" for house in HOUSES])) == []


def test_nothing_is_read_that_could_run() -> None:
    assert found(rule.unpickles, python_files("services", "deploy")) == []


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        (rule.reads_the_clock, "at = datetime.now(UTC)"),
        (rule.reads_the_clock, "day = date.today()"),
        (rule.catches_everything, "try:\n    pass\nexcept Exception:\n    pass"),
        (rule.catches_everything, "try:\n    pass\nexcept (ValueError, BaseException):\n    pass"),
        (rule.catches_everything, "try:\n    pass\nexcept:\n    pass"),
        (rule.commits_by_hand, "await transaction.commit()"),
        (rule.commits_by_hand, "await connection.execute('commit;')"),
        (rule.reads_the_environment, "port = os.environ['PORT']"),
        (rule.reads_the_environment, "port = os.getenv('PORT')"),
        (rule.awaits, "async def judge(): ..."),
        (rule.unpickles, "yaml.load(text)"),
    ],
)
def test_each_rule_finds_what_it_is_there_to_find(broken: Rule, line: str, tmp_path: Path) -> None:
    file = tmp_path / "sample.py"
    file.write_text(line)

    assert list(lines_with(file, ast.parse(line), broken)) != []


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        (rule.reads_the_clock, "day = command.today"),
        (rule.catches_everything, "try:\n    pass\nexcept ValueError:\n    pass"),
        (rule.commits_by_hand, "sql = 'INSERT INTO a VALUES (1)'"),
        (rule.awaits, "def judge(): ..."),
    ],
)
def test_no_rule_finds_what_is_right(broken: Rule, line: str, tmp_path: Path) -> None:
    file = tmp_path / "sample.py"
    file.write_text(line)

    assert list(lines_with(file, ast.parse(line), broken)) == []
