"""A register whose marginals are those of one published bulletin.

The figures are those of the bulletin of Wenshan prefecture for January to July 2018: 550 receipts,
401 accusations in scope, and so on. The bulletin names no joint distribution, so the columns are
dealt out independently by position; every marginal comes out exactly.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from deploy.local.sample.corpus import Message, messages, write_register


def dealt(counts: Mapping[str, int], total: int, rest: str) -> list[str]:
    """``total`` cells: each value as often as counted, then ``rest`` for the others."""
    cells = [value for value, times in counts.items() for _ in range(times)]
    if len(cells) > total:
        raise ValueError(f"{len(cells)} values for {total} rows")
    return cells + [rest] * (total - len(cells))


def ticks(counts: Mapping[str, int], rows: int) -> list[str]:
    """Violations ticked on ``rows`` accusations, at least one each, several joined by ``;``.

    Raises ValueError when there are fewer ticks than rows or a kind is ticked on more than all.
    """
    marks = [kind for kind, times in counts.items() for _ in range(times)]
    if len(marks) < rows or max(counts.values()) > rows:
        raise ValueError("the ticks do not fit the rows")
    cells: list[list[str]] = [[] for _ in range(rows)]
    for index, mark in enumerate(marks):
        cells[index % rows].append(mark)
    return [";".join(sorted(set(kinds))) for kinds in cells]


def columns(figures: Mapping[str, Any]) -> dict[str, list[str]]:
    """The classification columns of the register, one cell a receipt, accusations first."""
    total, accusations = figures["total_received_item_times"], figures["accusations_in_scope"]
    others = total - accusations
    violations = dict(figures["violation_ticks"])
    violations["V7"] = violations.pop("duty_or_other_offence")
    occurrence = figures["occurrence"]
    ranks = {
        "06": figures["rank"]["county_division"],
        "08": figures["rank"]["township_section"],
        "09": figures["rank"]["ordinary_cadre"],
        "13": figures["rank"]["public_institution"],
        "14": figures["rank"]["rural"],
    }
    channels = {name.upper(): number for name, number in figures["channel"].items()}
    return {
        "信访分类": ["N1"] * accusations + dealt({"N4": others // 2}, others, "N5"),
        "问题类别": ticks(violations, accusations) + [""] * others,
        "初次重复": dealt({"REPEAT": occurrence["repeat"]}, accusations, "INITIAL") + ["INITIAL"] * others,
        "署名": dealt({"SIGNED_UNVERIFIED": figures["signed"]}, accusations, "ANONYMOUS")
        + ["ANONYMOUS"] * others,
        "职级": dealt(ranks, accusations, "99") + [""] * others,
        "渠道": spread(channels, accusations, total),
    }


def spread(counts: Mapping[str, int], first: int, total: int) -> list[str]:
    """Cells whose first ``first`` carry the counts and whose rest repeats the first value.

    The bulletin gives channels for the 401 accusations alone (292 + 27 + 8 + 74 = 401).
    """
    if sum(counts.values()) != first:
        raise ValueError("the counts do not add up to the rows they describe")
    return dealt(counts, first, "OTHER") + [next(iter(counts))] * (total - first)


def write_bulletin(path: Path, figures: Mapping[str, Any], seed: int = 2018) -> Sequence[Message]:
    """Write the register of the bulletin's own period; returns its messages."""
    corpus = list(
        messages(
            figures["total_received_item_times"], seed, figures["period"]["from"], figures["period"]["to"]
        )
    )
    write_register(path, corpus, columns(figures))
    return corpus


def write_year_before(path: Path, figures: Mapping[str, Any], seed: int = 2017) -> Sequence[Message]:
    """Write the register of the year before, of which only the number of accusations is known."""
    count = figures["previous_year_accusations_in_scope"]
    start: date = figures["period"]["from"]
    end: date = figures["period"]["to"]
    corpus = list(messages(count, seed, start.replace(year=start.year - 1), end.replace(year=end.year - 1)))
    kinds = [message.kind if message.kind.startswith("V") else "V4" for message in corpus]
    write_register(
        path,
        corpus,
        {
            "信访分类": ["N1"] * count,
            "问题类别": kinds,
            "初次重复": ["INITIAL"] * count,
            "署名": ["ANONYMOUS"] * count,
            "职级": ["99"] * count,
            "渠道": ["LETTER"] * count,
        },
    )
    return corpus
