"""What clients saw, as JSON lines: the side of the story that no server can embellish.

``ok`` was acknowledged, ``fail`` was surely not done, ``unknown`` is everything else: a time-out, a cut.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

OK, FAIL, UNKNOWN = "ok", "fail", "unknown"


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation on one key; times are monotonic nanoseconds of the client's machine."""

    op: str
    key: str
    invoke_ns: int
    end_ns: int
    result: str
    answer: str | None = None


@dataclass(slots=True)
class Operation:
    """An operation under way; unless the client says otherwise, nobody knows how it ended."""

    result: str = UNKNOWN
    answer: str | None = None

    def ok(self, answer: str | None = None) -> None:
        """It was acknowledged; ``answer`` is what the client was given, such as an id."""
        self.result, self.answer = OK, answer

    def fail(self) -> None:
        """It was refused: surely not done."""
        self.result = FAIL


@dataclass(frozen=True, slots=True)
class History:
    """A file to which many clients append; a line is whole or absent."""

    path: Path

    @contextmanager
    def operation(self, op: str, key: str) -> Iterator[Operation]:
        """Note one operation, however it ends; what it raised goes on to the caller."""
        under_way, begun = Operation(), time.monotonic_ns()
        try:
            yield under_way
        finally:
            entry = Entry(op, key, begun, time.monotonic_ns(), under_way.result, under_way.answer)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(entry)) + "\n")

    def entries(self) -> list[Entry]:
        """All that was noted, in the order in which it ended."""
        if not self.path.exists():
            return []
        lines = self.path.read_text(encoding="utf-8").splitlines()
        return [Entry(**json.loads(line)) for line in lines]

    def keys(self, op: str, result: str) -> set[str]:
        """The keys on which ``op`` ended with ``result``."""
        return {entry.key for entry in self.entries() if (entry.op, entry.result) == (op, result)}
