"""An independent model of the four-round audit, written from section 16.4 of the domain text.

It keeps nothing but the history of accepted acts and answers every question by reading that
history from the start, so that it shares no idea with the service's table of transitions.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

ROUNDS = ("R1", "R2", "R3", "R4")


@dataclass(frozen=True, slots=True)
class Cast:
    """Who may sit where in one case; names are officers' ids.

    ``seats`` maps a round (``R1`` to ``R4``) to the officers with a seat in it; ``chief`` is the
    lower organ's chief, ``recused`` the officers who may take no part in this case at all.
    """

    handlers: frozenset[str]
    submitters: frozenset[str]
    seats: Mapping[str, frozenset[str]]
    chief: str
    recused: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Act:
    """One thing somebody tries: ``kind`` is the word of the closed table.

    ``present`` are the members noted in the minutes of round 3; ``back_to`` is where a return
    of round 3 leads; both are empty for all other acts.
    """

    kind: str
    actor: str
    present: frozenset[str] = field(default=frozenset())
    back_to: str = "SUPPLEMENTING"


def situation(history: tuple[Act, ...]) -> tuple[str, str | None]:
    """Where the case lies after these acts, and who holds it if somebody does."""
    where: str = "SUPPLEMENTING"
    holder: str | None = None
    for act in history:
        round_ = where[:2]
        if act.kind == "submit":
            where = "R1_PENDING"
        elif act.kind == "withdraw":
            where = "SUPPLEMENTING"
        elif act.kind == "take":
            where, holder = f"{round_}_IN_REVIEW", act.actor
        elif act.kind == "release":
            where, holder = f"{round_}_PENDING", None
        elif act.kind == "pass":
            where = {"R1": "R2_PENDING", "R2": "R3_PENDING", "R3": "CHIEF_SIGN_PENDING"}[round_]
            holder = None
        elif act.kind == "sign":
            where = "R4_PENDING"
        elif act.kind == "accept":
            where, holder = "ACCEPTED", None
        elif act.kind == "return":
            where, holder = act.back_to, None
    return where, holder


def acted(history: tuple[Act, ...]) -> dict[str, set[str]]:
    """Who is an actor of which round, over all submissions of the case (the bar)."""
    found: dict[str, set[str]] = {name: set() for name in (*ROUNDS, "CHIEF")}
    for index, act in enumerate(history):
        where, _ = situation(history[:index])
        round_ = where[:2]
        if act.kind in {"pass", "return", "accept"} and round_ in {"R1", "R2", "R4"}:
            found[round_].add(act.actor)
        elif act.kind in {"pass", "return"} and round_ == "R3":
            found["R3"] |= act.present
        elif where == "CHIEF_SIGN_PENDING":
            found["CHIEF"].add(act.actor)
    return found


def barred(cast: Cast, history: tuple[Act, ...], officer: str, round_: str) -> bool:
    """Whether this officer may not act in this round of this case."""
    if officer in cast.recused | cast.handlers | cast.submitters:
        return True
    elsewhere = {name for name, officers in acted(history).items() if officer in officers}
    elsewhere.discard(round_)
    if {round_, *elsewhere} <= {"R3", "CHIEF"}:
        return False
    return bool(elsewhere)


def legal(cast: Cast, history: tuple[Act, ...], act: Act) -> bool:
    """Whether the closed table and the bar allow this act after this history."""
    where, holder = situation(history)
    round_ = where[:2]
    if act.kind == "submit":
        return where == "SUPPLEMENTING" and act.actor in cast.submitters - cast.recused
    if act.kind == "withdraw":
        return where == "R1_PENDING" and act.actor in cast.submitters - cast.recused
    if act.kind == "take":
        return (
            where.endswith("_PENDING")
            and round_ in ROUNDS
            and act.actor in cast.seats[round_]
            and not barred(cast, history, act.actor, round_)
        )
    if act.kind == "release":
        return where.endswith("_IN_REVIEW") and holder == act.actor
    if act.kind == "sign":
        return _chief_may(cast, history, act, where)
    if act.kind == "return" and where == "CHIEF_SIGN_PENDING":
        return _chief_may(cast, history, act, where) and act.back_to == "SUPPLEMENTING"
    if not where.endswith("_IN_REVIEW") or holder != act.actor:
        return False
    if round_ == "R3":
        return act.kind in {"pass", "return"} and _minuted(cast, history, act)
    if barred(cast, history, act.actor, round_):
        return False
    decisions = {"accept", "return"} if round_ == "R4" else {"pass", "return"}
    return act.kind in decisions and act.back_to == "SUPPLEMENTING"


def _chief_may(cast: Cast, history: tuple[Act, ...], act: Act, where: str) -> bool:
    return (
        where == "CHIEF_SIGN_PENDING"
        and act.actor == cast.chief
        and not barred(cast, history, act.actor, "CHIEF")
    )


def _minuted(cast: Cast, history: tuple[Act, ...], act: Act) -> bool:
    members = cast.seats["R3"] - cast.recused
    return (
        act.present <= members
        and 2 * len(act.present) > len(members)
        and not any(barred(cast, history, member, "R3") for member in act.present)
        and act.back_to in {"SUPPLEMENTING", "R2_PENDING"}
        and (act.kind == "return" or act.back_to == "SUPPLEMENTING")
    )


def key(history: tuple[Act, ...]) -> tuple[object, ...]:
    """All of a history that can still matter: place, holder, and who acted where."""
    where, holder = situation(history)
    return where, holder, tuple((name, tuple(sorted(who))) for name, who in acted(history).items())


def attempts(cast: Cast) -> Iterator[Act]:
    """Every act anybody of the cast could try, allowed or not."""
    everybody = sorted(
        {*cast.handlers, *cast.submitters, cast.chief, *cast.recused}.union(*cast.seats.values())
    )
    members = sorted(cast.seats["R3"])
    meetings = [frozenset(members), frozenset(members[:2]), frozenset(members[1:]), frozenset(members[:1])]
    for actor in everybody:
        for kind in ("submit", "withdraw", "take", "release", "pass", "sign", "accept", "return"):
            yield Act(kind, actor)
            if kind in {"pass", "return"}:
                for present in meetings:
                    yield Act(kind, actor, present)
                    if kind == "return":
                        yield Act(kind, actor, present, "R2_PENDING")
