"""The tree as the house rules see it: files, their syntax, and findings that may be waived by name."""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIVE = ("intake", "referral", "review", "analytics", "reception")
HOUSES = (*FIVE, "vault", "console")
WAIVER = "# house rule waived: "
"""Stands at the end of the line, followed by the reason."""


def python_files(*folders: str) -> list[Path]:
    """Every Python file below these folders of the project, in order."""
    return [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]


@cache
def syntax(file: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(file.read_text(encoding="utf-8"))


def named(file: Path) -> str:
    """The file as seen from the project's root."""
    return file.relative_to(ROOT).as_posix()


def lines_with(file: Path, tree: ast.Module, bad: Callable[[ast.AST], bool]) -> Iterator[str]:
    """``file:line`` of every node that ``bad`` finds and no waiver on its line excuses."""
    lines = file.read_text(encoding="utf-8").splitlines()
    for node in ast.walk(tree):
        if bad(node) and WAIVER not in lines[getattr(node, "lineno", 1) - 1]:
            yield f"{file.name}:{getattr(node, 'lineno', 1)}"


def called(node: ast.AST) -> str:
    """The dotted name of what a call calls, empty for anything else."""
    if not isinstance(node, ast.Call):
        return ""
    parts: list[str] = []
    at: ast.AST = node.func
    while isinstance(at, ast.Attribute):
        parts.append(at.attr)
        at = at.value
    if isinstance(at, ast.Name):
        parts.append(at.id)
    return ".".join(reversed(parts))
