"""The whole platform under fire, fault after fault, then judged from outside."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from deploy.local.commands.verify import Verdict
from deploy.local.demo.routing import today
from deploy.local.demo.visits import Reception
from tests.chaos.besieged import Besieged, besieged
from tests.chaos.clerks import ENTER, ENTER_FOR_BELOW, WALK_IN, Clerk, Importer, Receptionist
from tests.chaos.faults import broker_away, database_killed, told_to_stop, workers_frozen
from tests.chaos.ledger import Ledger
from tests.chaos.people import Auditor, Booker
from tests.chaos.points import crash
from tests.chaos.poison import Poison, among_good, buried, replayed
from tests.chaos.race import route_at_once, same_keys_again
from tests.chaos.readiness import ready_means_ready
from tests.chaos.records import groups_deleted, topic_truncated
from tests.chaos.work import Person, Work
from tests.support.history import OK, UNKNOWN, History

SELECT_HALF = """
    SELECT p.report_id FROM oracle.report p
     WHERE NOT EXISTS (SELECT 1 FROM oracle.outbox o
                        WHERE o.aggregate_id = p.report_id::text AND o.type = 'intake.report-registered.v1')
        OR NOT EXISTS (SELECT 1 FROM oracle.transition t WHERE t.entity_id = p.report_id || '/' || p.organ)
     UNION ALL
    SELECT o.aggregate_id::uuid FROM oracle.outbox o
     WHERE o.type = 'intake.report-registered.v1'
       AND NOT EXISTS (SELECT 1 FROM oracle.report p WHERE p.report_id = o.aggregate_id::uuid)
"""
"""Reports of which something is missing, and facts of reports that are not there."""
CLERKS = tuple(Clerk(number) for number in range(3))


@dataclass(frozen=True, slots=True)
class Fault:
    """A promise, what is played for it, and who is at work; ``play`` gives figures or AssertionError."""

    promise: str
    played: str
    play: Callable[[Besieged, Work], str]
    people: tuple[Person, ...] = CLERKS


@dataclass(slots=True)
class Staff:
    """Those whose work is counted at the end."""

    importer: Importer = field(default_factory=Importer)
    auditor: Auditor = field(default_factory=Auditor)
    booker: Booker = field(default_factory=Booker)


def faults(hits: int, poison: Poison, staff: Staff, tell: Callable[[str], None]) -> Iterator[Fault]:
    """All of them, in order; ``hits`` is the quota of each crash point."""
    few: tuple[Person, ...] = (*CLERKS[:2], staff.auditor, staff.booker)
    yield Fault(
        "D1–D4",
        f"killed at each crash point, {hits} times",
        lambda b, w: crash(b, w, hits, tell),
        (*few, Receptionist(), staff.importer),
    )
    yield Fault("D6", "broker killed whenever it appears, 60 s", broker_away)
    yield Fault("D7", "postmaster killed -9, six times", database_killed, few)
    yield Fault("O7", "a frozen worker wakes as a zombie", workers_frozen, few)
    yield Fault("O1", "all told to stop under load, five times", told_to_stop, few)
    yield Fault("O5", "ready means ready: the truth table", ready_means_ready, ())
    yield Fault("D13", "groups deleted while readers stand still", groups_deleted, CLERKS[:1])
    yield Fault("D13", "unread records removed, then refilled", topic_truncated, CLERKS[:1])
    yield Fault("D10", "poison among good facts", lambda b, w: among_good(b, w, poison))
    yield Fault(
        "D10", f"killed at a burial, {hits} times", lambda b, w: buried(b, w, poison, hits), CLERKS[:1]
    )
    yield Fault("D11", "replays killed and repeated", lambda b, w: replayed(b, w, poison, hits), CLERKS[:1])
    yield Fault("R1", "50 clerks route the same 20 reports", lambda _, w: route_at_once(w), ())
    yield Fault("D2", "acknowledged keys given again, two at once", lambda _, w: same_keys_again(w), ())


def siege(ledger: Ledger, hits: int, only: Iterable[str] = ()) -> None:
    """Play all faults, or those of the promises named; then judge."""
    wanted = set(only)
    with besieged(ledger.console) as under_fire:
        Reception(under_fire.stage).roster(today() + timedelta(days=3))
        assert under_fire.come_to_rest(), "the directory did not reach the services"
        history = History(Path(under_fire.here.home.root) / "history.jsonl")
        poison, staff = Poison.for_hearers(under_fire), Staff()
        for fault in faults(hits, poison, staff, ledger.progress):
            if not wanted or fault.promise in wanted:
                ledger.progress(fault.played)
                _play(ledger, under_fire, fault, history)
        for point, found in sorted(under_fire.hits_by_point().items()):
            ledger.console.print(f"  {found:5} hits  {point}", highlight=False)
        ledger.progress("waiting until nothing moves, then judging")
        judge(ledger, under_fire, history, poison, staff)


def _play(ledger: Ledger, under_fire: Besieged, fault: Fault, history: History) -> None:
    work = Work(under_fire, history)
    with ledger.row(fault.promise, fault.played) as row:
        try:
            with work.going_on(fault.people):
                row.figures = fault.play(under_fire, work)
        finally:
            under_fire.aim({})
        assert not work.given_up, f"never acknowledged: {work.given_up[:3]}; {row.figures}"
        assert not work.refused, f"refused: {dict(work.refused)}; {row.figures}"


def judge(ledger: Ledger, under_fire: Besieged, history: History, poison: Poison, staff: Staff) -> None:
    """D1, D2, D4, D5, R1, R2 after everything: lost 0, doubled 0."""
    entering = {ENTER, ENTER_FOR_BELOW}
    done = [e for e in history.entries() if e.result == OK and e.op in {*entering, WALK_IN}]
    answers: dict[tuple[str, str], set[str]] = {}
    for entry in done:
        answers.setdefault((entry.op, entry.key), set()).add(str(entry.answer))
    told = {answer for (op, _), given in answers.items() if op in entering for answer in given}
    twice = [key for key, given in answers.items() if len(given) > 1]
    verdict = under_fire.judge()
    rows = under_fire.oracle("intake", "SELECT report_id::text AS id FROM oracle.report")
    entered = {row["id"] for row in rows}
    unknown = [e for e in history.entries() if e.result == UNKNOWN]
    lost = told - entered
    ledger.note(
        "D1", "every acknowledged report is stored", f"{len(told)} acknowledged, lost {len(lost)}", not lost
    )
    ledger.note("D2", "one key, one answer", f"{len(answers)} keys, doubled {len(twice)}", not twice)
    imported = len(under_fire.oracle("intake", "SELECT 1 FROM oracle.import_row"))
    figures = f"{staff.importer.rows} rows of finished registers, {imported} rows in a place"
    ledger.note("D1", "imports killed and resumed", figures, imported >= staff.importer.rows)
    half = under_fire.oracle("intake", SELECT_HALF)
    figures = f"{len(entered)} reports, {len(unknown)} unanswered tries, {len(half)} half written"
    ledger.note("D3", "all or nothing: report, log, fact", figures, not half)
    worked = f"{staff.auditor.accepted} cases through all rounds, {staff.booker.booked} slots booked"
    ledger.note("W2 V1", "cases and bookings went on under fire", worked, _worked(staff, verdict))
    ledger.note("D4", "everything came to rest", "drained" if verdict.quiet else "not drained", verdict.quiet)
    for finding in verdict.findings:
        promise, _, played = finding.promise.partition(" ")
        figures = f"{finding.counted} looked at, {len(finding.broken)} broken {', '.join(finding.broken[:2])}"
        ledger.note(promise, played, figures, finding.holds)
    figures = f"lost {len(verdict.lost)}, doubled {len(verdict.doubled)}"
    ledger.note("D1 R1", "nothing lost, nothing doubled", figures, not verdict.lost and not verdict.doubled)
    letters = under_fire.letters()
    ledger.note(
        "D7 D10",
        "dead letters are those planted",
        f"{sum(map(len, letters.values()))} dead letters, {sum(map(len, poison.owed().values()))} planted",
        letters == poison.owed(),
    )


def _worked(staff: Staff, verdict: Verdict) -> bool:
    """Whether the rows on rounds and slots had anything to judge, once there was time for it."""
    looked = {finding.promise.split(" ")[0]: finding.counted for finding in verdict.findings}
    return bool(looked["W2"]) >= bool(staff.auditor.accepted) and looked["V1"] >= staff.booker.booked
