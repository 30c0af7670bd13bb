"""The conservation law and its sisters, judged from the oracle views alone.

Nothing here knows a service's tables: the input is what the views of schema ``oracle`` say, so an
outside checker could do the same. Every function returns the ids that break one promise, worst
first; an empty list means that the promise holds. Source: the project's list of guarantees, D1,
D4, D5, R1, R2, W2 and V1.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from itertools import pairwise

from deploy.local.agreement import routings_kept_clear, states_agree
from deploy.local.oracle import Finding, Views

REGISTERED = "intake.report-registered.v1"
"""The fact by which a report becomes known outside intake."""


def judge(views: Views, laws: Mapping[str, str]) -> list[Finding]:
    """Judge every promise; ``laws`` maps each life-cycle state to waiting, open or terminal."""
    return [
        parts_in_one_place(views, laws),
        told_and_stored(views),
        states_agree(views, laws),
        one_open_routing(views),
        open_means_routed(views, laws),
        register_rows_in_one_place(views),
        facts_reached_every_reader(views),
        applied_without_gap(views),
        routings_kept_clear(views),
        rounds_by_different_people(views),
        slots_booked_once(views),
        nothing_left_over(views),
    ]


def parts_in_one_place(views: Views, laws: Mapping[str, str]) -> Finding:
    """D1: every part (report, organ) is stored once, in a state that the law knows."""
    parts = views.of("intake", "report")
    seen = Counter((str(row["report_id"]), row["organ"]) for row in parts if row["report_id"])
    twice = [f"{report} at {organ}" for (report, organ), times in seen.items() if times > 1]
    lawless = [f"{row['report_id']}: {row['state']}" for row in parts if row["state"] not in laws]
    return Finding("D1 every part is in exactly one place", len(parts), tuple(twice + lawless))


def told_and_stored(views: Views) -> Finding:
    """D1: every report that was told is stored, and every stored one was told, but for a frozen one.

    What is of superior level from the first moment is frozen without a word to anybody.
    """
    told, parts = _told(views), views.of("intake", "report")
    stored = {str(row["report_id"]) for row in parts}
    silent = {str(row["report_id"]) for row in parts if row["state"] != "FROZEN"} - told
    wrong = [f"{report} told, not stored" for report in sorted(told - stored)]
    wrong += [f"{report} stored, never told" for report in sorted(silent)]
    return Finding("D1 every report told is stored, and stored told", len(told | stored), tuple(wrong))


def _told(views: Views) -> set[str]:
    return {str(row["aggregate_id"]) for row in views.of("intake", "outbox") if row["type"] == REGISTERED}


def one_open_routing(views: Views) -> Finding:
    """R1: at most one routing of a report is open, whoever holds it."""
    routings = views.of("referral", "routing")
    open_ = Counter(str(row["report_id"]) for row in routings if row["closed_at"] is None)
    return Finding(
        "R1 at most one open routing a report",
        len(routings),
        tuple(report for report, times in open_.items() if times > 1),
    )


def open_means_routed(views: Views, laws: Mapping[str, str]) -> Finding:
    """D1: a report has an open part exactly when it has an open routing.

    Reports held behind a dead letter or a waiting fact are a place of their own and left out here.
    """
    held = views.held()
    routed = {str(r["report_id"]) for r in views.of("referral", "routing") if r["closed_at"] is None}
    states: dict[str, set[str]] = defaultdict(set)
    for row in views.of("intake", "report"):
        states[str(row["report_id"])].add(laws.get(row["state"], "unknown"))
    wrong = [
        report
        for report in states.keys() | routed
        if report not in held and ("open" in states[report]) != (report in routed)
    ]
    return Finding("D1 open means exactly one open routing", len(states), tuple(sorted(wrong)))


def register_rows_in_one_place(views: Views) -> Finding:
    """D1: every imported register row is a report, returned with a reason, or a conflict.

    A row whose register has no number cannot be told from its neighbours by key, so keys are
    checked for numbered rows only.
    """
    rows = views.of("intake", "import_row")
    stored = {str(row["report_id"]) for row in views.of("intake", "report")}
    wrong = []
    for row in rows:
        places = [
            row["report_id"] is not None and not row["conflict"],
            row["returned_reason"] is not None and not row["conflict"],
            bool(row["conflict"]),
        ]
        lost = places[0] and str(row["report_id"]) not in stored
        if sum(places) != 1 or lost:
            wrong.append(f"{row['register']}/{row['number']}")
    entered = Counter(
        (row["organ"], row["register"], row["number"])
        for row in rows
        if row["report_id"] and not row["conflict"]
    )
    wrong += [f"{key[1]}/{key[2]} twice" for key, times in entered.items() if times > 1]
    of_report = Counter(str(r["report_id"]) for r in rows if r["report_id"] and not r["conflict"])
    wrong += [f"{report} for {times} rows" for report, times in of_report.items() if times > 1]
    return Finding("D1 every register row is in exactly one place", len(rows), tuple(wrong))


def facts_reached_every_reader(views: Views) -> Finding:
    """D4: every fact said is in the inbox of each consumer that hears its type.

    A fact that ended as a dead letter or waits is counted as reached: it has its place.
    """
    reached: set[tuple[str, str]] = set()
    for view in ("inbox", "dead_letter", "waiting"):
        reached |= {(row["consumer"], str(row["event_id"])) for _, row in views.everywhere(view)}
    said = [row for _, row in views.everywhere("outbox")]
    missing = [
        f"{row['event_id']} at {consumer['name']}"
        for _, consumer in views.everywhere("consumer")
        for row in said
        if row["type"] in consumer["types"] and (consumer["name"], str(row["event_id"])) not in reached
    ]
    return Finding("D4 every fact reached every reader", len(said), tuple(missing))


def applied_without_gap(views: Views, compacted: Collection[str] = ("directory", "exclusions")) -> Finding:
    """D5: every consumer applied the facts of an aggregate as 1, 2, 3 … without gap or swap."""
    orders: dict[tuple[str, str, str], list[tuple[int, int]]] = defaultdict(list)
    for _, row in views.everywhere("applied"):
        if not any(word in row["topic"] for word in compacted):
            name = (row["consumer"], row["topic"], str(row["aggregate_id"]))
            orders[name].append((row["applied_seq"], row["sequence"]))
    wrong = []
    for (consumer, _, aggregate), order in orders.items():
        sequences = [sequence for _, sequence in sorted(order)]
        if sequences[0] != 1 or any(later != earlier + 1 for earlier, later in pairwise(sequences)):
            wrong.append(f"{aggregate} at {consumer}")
    return Finding("D5 facts applied in order without gap", len(orders), tuple(wrong))


def rounds_by_different_people(views: Views) -> Finding:
    """W2: no officer decided in two rounds of a case; one acceptance a case."""
    rounds: dict[tuple[str, str], set[str]] = defaultdict(set)
    accepted: Counter[str] = Counter()
    decisions = views.of("review", "audit_decision")
    for row in decisions:
        rounds[str(row["case_id"]), row["actor"]].add(row["round"])
        accepted[str(row["case_id"])] += str(row["decision"]).lower() in {"accept", "accepted"}
    wrong = [
        f"{actor} in case {case}"
        for (case, actor), acted in rounds.items()
        if len(acted - {"CHIEF"} if "R3" in acted else acted) > 1
    ]
    wrong += [f"case {case} accepted twice" for case, times in accepted.items() if times > 1]
    return Finding("W2 each round by other people, one acceptance", len(decisions), tuple(wrong))


def slots_booked_once(views: Views) -> Finding:
    """V1: a slot of a session holds at most one visit."""
    bookings = views.of("reception", "booking")
    taken = Counter((str(row["session_id"]), row["slot"]) for row in bookings)
    return Finding(
        "V1 a slot is booked once",
        len(bookings),
        tuple(f"{session} slot {slot}" for (session, slot), times in taken.items() if times > 1),
    )


def nothing_left_over(views: Views) -> Finding:
    """After draining nothing is unsent or waiting; a dead letter is a place, and reported apart."""
    unsent = [
        f"unsent {row['event_id']} of {s}"
        for s, row in views.everywhere("outbox")
        if row["published_at"] is None
    ]
    waiting = [f"waiting {row['event_id']} at {s}" for s, row in views.everywhere("waiting")]
    said = sum(1 for _ in views.everywhere("outbox"))
    return Finding("D4 nothing unsent or waiting after draining", said, tuple(unsent + waiting))


def lost(views: Views) -> list[str]:
    """What was acknowledged or said and is nowhere: facts without a reader, reports without a part."""
    stored = {str(row["report_id"]) for row in views.of("intake", "report")}
    rows = [
        f"{row['register']}/{row['number']}"
        for row in views.of("intake", "import_row")
        if row["report_id"] and not row["conflict"] and str(row["report_id"]) not in stored
    ]
    routed = [
        str(row["report_id"])
        for row in views.of("referral", "routing")
        if str(row["report_id"]) not in stored
    ]
    told = sorted(_told(views) - stored)
    return [*facts_reached_every_reader(views).broken, *rows, *routed, *told]


def dead_letters(views: Views) -> int:
    """How many facts lie as dead letters: a place of their own, where a person must look."""
    return sum(1 for _ in views.everywhere("dead_letter"))


def doubled(views: Views) -> list[str]:
    """What is there twice: parts, register rows, effects of one fact, open routings, slots, acceptances."""
    effects = Counter(
        (row["consumer"], row["topic"], str(row["aggregate_id"]), row["sequence"])
        for _, row in views.everywhere("applied")
    )
    parts = Counter((str(r["report_id"]), r["organ"]) for r in views.of("intake", "report") if r["report_id"])
    rows = Counter(
        (r["organ"], r["register"], str(r["number"]))
        for r in views.of("intake", "import_row")
        if r["report_id"] and not r["conflict"]
    )
    twice = [
        "/".join(str(piece) for piece in key)
        for counted in (effects, parts, rows)
        for key, times in counted.items()
        if times > 1
    ]
    return [*twice, *one_open_routing(views).broken, *slots_booked_once(views).broken]
