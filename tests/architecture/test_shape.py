"""The house is built as drawn: same rooms everywhere, names in the right tense, migrations in order."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import FIVE, HOUSES, ROOT, named, python_files, syntax

ROOMS = {
    "README.md", "__init__.py", "main.py", "settings.py", "domain", "application", "adapters", "migrations",
    "rules", "__pycache__",
}  # fmt: skip
NO_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "misc", "core", "shared", "manager"}
NO_CLASS_WORDS = re.compile(r"(Manager|Helper|Util|Common|Service|Handler|Processor|Data|Info)$")


@pytest.mark.parametrize("service", FIVE)
def test_every_service_has_the_same_rooms(service: str) -> None:
    rooms = {entry.name for entry in (ROOT / "services" / service).iterdir()}

    assert rooms <= ROOMS
    assert {"README.md", "main.py", "settings.py", "domain", "application", "adapters", "migrations"} <= rooms


@pytest.mark.parametrize("service", FIVE)
def test_main_offers_the_processes_of_its_service(service: str) -> None:
    tree = syntax(ROOT / "services" / service / "main.py")
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}

    assert {"api", "worker"} <= functions
    assert ("stream" in functions) == (service == "analytics")


def test_nothing_bears_a_name_that_says_nothing() -> None:
    files = python_files("services", "deploy", "tests")

    assert [named(f) for f in files if f.stem in NO_NAMES or f.parent.name in NO_NAMES] == []


def test_no_class_is_named_after_what_classes_are() -> None:
    wrong = [
        f"{named(file)} {node.name}"
        for file in python_files("services")
        for node in ast.walk(syntax(file))
        if isinstance(node, ast.ClassDef) and NO_CLASS_WORDS.search(node.name)
    ]

    assert wrong == []


def test_every_reaction_is_named_after_the_fact_it_follows() -> None:
    wrong = []
    for service in FIVE:
        for file in python_files(f"services/{service}/application"):
            functions = [n.name for n in syntax(file).body if isinstance(n, ast.AsyncFunctionDef)]
            if file.stem.startswith("when_") and file.stem not in functions:
                wrong.append(named(file))

    assert wrong == []


def test_every_package_file_is_empty() -> None:
    assert [named(f) for f in python_files("services") if f.name == "__init__.py" and f.stat().st_size] == []


@pytest.mark.parametrize("house", ["chassis", *HOUSES])
def test_migrations_are_numbered_without_a_gap_and_the_head_is_the_last(house: str) -> None:
    folder = ROOT / "services" / house / "migrations"
    if not folder.exists():
        assert house == "console" or (ROOT / "services" / house / "adapters").exists()
        return
    numbers = [file.name[:4] for file in sorted(folder.glob("*.sql"))]

    assert numbers == [f"{index:04}" for index in range(1, len(numbers) + 1)]
    assert (folder / "head").read_text().strip() == numbers[-1]


def test_no_file_of_the_project_names_a_machine_or_a_registry() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    machine = re.compile(
        rb"(/home/[a-z]+/|/root/|/work/|pypi\.org|registry\.npmjs|repo1\.maven|proxy\.golang)"
    )
    wrong = [
        name
        for name in filter(None, tracked)
        if name != named(Path(__file__))
        and (ROOT / name).is_file()
        and machine.search((ROOT / name).read_bytes())
    ]

    assert wrong == []


def test_migrations_pass_the_linter_of_locks() -> None:
    files = [str(file) for file in sorted((ROOT / "services").glob("*/migrations/*.sql"))]
    linter = Path(sys.executable).with_name("squawk")
    done = subprocess.run(
        [linter, "--config", str(ROOT / ".squawk.toml"), *files], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout
