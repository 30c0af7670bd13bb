"""A history keeps what a client saw, and nothing kinder."""

from pathlib import Path

import pytest

from tests.support.history import FAIL, OK, UNKNOWN, History


def test_an_operation_is_unknown_until_the_client_knows_better(tmp_path: Path) -> None:
    history = History(tmp_path / "history.jsonl")

    with history.operation("submit", "a") as operation:
        operation.ok("receipt-1")
    with history.operation("submit", "b") as operation:
        operation.fail()
    with pytest.raises(TimeoutError), history.operation("submit", "c"):
        raise TimeoutError

    assert [(e.key, e.result, e.answer) for e in history.entries()] == [
        ("a", OK, "receipt-1"),
        ("b", FAIL, None),
        ("c", UNKNOWN, None),
    ]
    assert all(e.invoke_ns <= e.end_ns for e in history.entries())
    assert history.keys("submit", UNKNOWN) == {"c"}


def test_a_history_that_never_began_is_empty(tmp_path: Path) -> None:
    assert History(tmp_path / "none").entries() == []
