"""Whether those who hold a part of one report say the same of it; judged from the oracle views alone."""

from collections import defaultdict
from collections.abc import Mapping

from deploy.local.oracle import Finding, Row, Views

SILENT = "FROZEN"
"""A frozen report is told to nobody in words; every other owner stops where it stood."""


def states_agree(views: Views, laws: Mapping[str, str]) -> Finding:
    """D1: intake's part stands where its last transition led, and where referral's does.

    Referral is compared by the law of the state, since no fact tells what a handler does between two of
    its decisions. A report that waits for a fact is left out.
    """
    parts = [row for row in views.of("intake", "report") if row["state"] != SILENT]
    here, there = _last_states(views, "intake"), _last_states(views, "referral")
    held, wrong = views.held(), []
    for row in parts:
        part, state = f"{row['report_id']}/{row['organ']}", row["state"]
        if part in here and here[part] != state:
            wrong.append(f"{part} is {state} after {here[part]}")
        elif part in there and str(row["report_id"]) not in held and laws.get(there[part]) != laws.get(state):
            wrong.append(f"{part} is {state}, at referral {there[part]}")
    return Finding("D1 a part stands in one state, whoever is asked", len(parts), tuple(wrong))


def _last_states(views: Views, service: str) -> dict[str, str]:
    """Where the last transition of each part led, by report/organ."""
    moved = [row for row in views.of(service, "transition") if row["entity"] == "part"]
    moved.sort(key=lambda row: int(row["seq"]))
    return {str(row["entity_id"]): row["to_state"] for row in moved}


def routings_kept_clear(views: Views) -> Finding:
    """R2: no routing that is open, or was opened since, aims at what is excluded for its report."""
    excluded: dict[str, list[Row]] = defaultdict(list)
    for row in views.of("referral", "exclusion"):
        excluded[str(row["report_id"])].append(row)
    routings = views.of("referral", "routing")
    wrong = [
        str(routing["report_id"])
        for routing in routings
        if any(_reaches(routing, row) for row in excluded[str(routing["report_id"])])
    ]
    return Finding("R2 never to the reported side", len(routings), tuple(wrong))


def _reaches(routing: Row, excluded: Row) -> bool:
    stands = routing["closed_at"] is None or routing["opened_at"] > excluded["since"]
    return stands and bool(_aims(routing) & {excluded[kind] for kind in ("unit", "seat", "officer")})


def _aims(routing: Row) -> set[str]:
    """What a routing aims at; its organ counts only when it aims at nothing narrower."""
    narrow = {routing[kind] for kind in ("target_unit", "target_seat") if routing[kind]}
    return narrow or {routing["target_organ"]}
