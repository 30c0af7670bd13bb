"""What the chassis must be to stay a chassis: used by three, free of the trade's words, small, explained."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.tree import FIVE, HOUSES, ROOT, named, python_files, syntax

CHASSIS = ROOT / "services" / "chassis"
MODULES = sorted(file for file in CHASSIS.rglob("*.py") if file.name != "__init__.py")
TRADE = re.compile(r"(^|_)(report|petition|referral|review|reception|stage)s?(_|$)", re.IGNORECASE)


def module_name(file: Path) -> str:
    return named(file).removesuffix(".py").replace("/", ".")


def imports(folder: str) -> set[str]:
    found: set[str] = set()
    for file in python_files(folder):
        for node in ast.walk(syntax(file)):
            if isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
            elif isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
    return found


@pytest.fixture(scope="module")
def users() -> dict[str, set[str]]:
    """Which services use a module, directly or through the chassis."""
    direct = {house: imports(f"services/{house}") for house in HOUSES}
    inside = {module_name(m): imports_of(m) for m in MODULES}
    found: dict[str, set[str]] = {module_name(m): set() for m in MODULES}
    for house, names in direct.items():
        reached = {name for name in found if name in names}
        while True:
            more = {n for r in reached for n in found if n in inside[r]} - reached
            if not more:
                break
            reached |= more
        for name in reached:
            found[name].add(house)
    return found


def imports_of(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(syntax(file)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_at_least_three_services_use_every_module(users: dict[str, set[str]]) -> None:
    commands = {  # run for every service by name
        f"services.chassis.{name}" for name in ("migrate", "dead_letters", "refill")
    }
    keepers = {"services.chassis.calling"}  # two services may call the vault, and must mint tokens alike

    few = {name for name, houses in users.items() if len(houses) < 3}
    assert few - commands - keepers == set()
    assert all(len(users[name]) == 2 for name in keepers)


def identifiers(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
    return found


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)


def test_the_chassis_speaks_no_word_of_the_trade() -> None:
    wrong = [
        f"{named(m)} {name}" for m in MODULES for name in identifiers(syntax(m)) if TRADE.search(snake(name))
    ]

    assert wrong == []


@pytest.mark.parametrize("word", ["open_report", "ReviewRound", "stages", "petition"])
def test_a_word_of_the_trade_would_be_found(word: str) -> None:
    assert TRADE.search(snake(word))


def names_from_the_chassis(file: Path) -> set[str]:
    return {
        alias.asname or alias.name
        for node in ast.walk(syntax(file))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("services.chassis")
        for alias in node.names
    }


def test_nothing_of_the_chassis_is_made_to_inherit_from_but_the_settings() -> None:
    inherited = {
        base.id
        for service in FIVE
        for file in python_files(f"services/{service}")
        for node in ast.walk(syntax(file))
        if isinstance(node, ast.ClassDef)
        for base in node.bases
        if isinstance(base, ast.Name) and base.id in names_from_the_chassis(file)
    }

    assert inherited <= {"Settings", "StrictModel"}


def test_every_module_has_its_row_in_the_chassis_readme() -> None:
    text = (CHASSIS / "README.md").read_text()

    assert [named(m) for m in MODULES if f"`{m.relative_to(CHASSIS).with_suffix('')}`" not in text] == []


def test_every_metric_is_used() -> None:
    names = [
        target.id
        for node in syntax(CHASSIS / "metrics.py").body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id.isupper()
    ]
    text = "\n".join(file.read_text() for file in python_files("services") if file != CHASSIS / "metrics.py")

    assert [name for name in names if not re.search(rf"\b{name}\b", text)] == []
