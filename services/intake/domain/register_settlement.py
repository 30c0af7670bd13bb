"""Which rows of a register are new, which are known, and which say something else under the same number."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.intake.domain.register_cells import Cell
from services.intake.domain.register_judge import Judge
from services.intake.domain.register_row import RegisterRow, ReturnedRow

Digest = Callable[[RegisterRow], bytes]
"""What makes the content of two rows the same."""


@dataclass(frozen=True, slots=True)
class Judged:
    """All rows of one file: those that can be entered and those given back, in their order."""

    rows: tuple[RegisterRow, ...]
    returned: tuple[ReturnedRow, ...]

    @property
    def total(self) -> int:
        """How many rows the file has; every one is in exactly one of the two."""
        return len(self.rows) + len(self.returned)


@dataclass(frozen=True, slots=True)
class Settled:
    """Rows that can be entered, settled against what was entered before."""

    fresh: tuple[RegisterRow, ...]
    known: tuple[RegisterRow, ...]
    conflicts: tuple[RegisterRow, ...]


def judge_all(rows: Iterable[tuple[int, Sequence[Cell]]], judge: Judge) -> Judged:
    """Judge every row of a file."""
    judged = [judge.judge(number, cells) for number, cells in rows]
    return Judged(
        tuple(row for row in judged if isinstance(row, RegisterRow)),
        tuple(row for row in judged if isinstance(row, ReturnedRow)),
    )


def settle(rows: Sequence[RegisterRow], entered: Mapping[str, bytes], digest: Digest) -> Settled:
    """Same number, same content: known. Same number, other content: the first stays, the later conflicts.

    ``entered`` gives the digest of what stands under each number already. Source: services.md 2.
    """
    standing = dict(entered)
    fresh, known, conflicts = [], [], []
    for row in rows:
        content = digest(row)
        first = standing.get(row.number)
        if first is None:
            standing[row.number] = content
            fresh.append(row)
        elif first == content:
            known.append(row)
        else:
            conflicts.append(row)
    return Settled(tuple(fresh), tuple(known), tuple(conflicts))
