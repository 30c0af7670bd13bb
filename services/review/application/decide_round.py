"""Use case: a desk gives its verdict: pass, return, sign or accept."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.review.application.desk import close_desk, open_desk
from services.review.application.ports import About, Unit
from services.review.domain.audit import AssignedCase
from services.review.domain.values import Desk, Reason
from services.review.domain.verdicts import Pass, Return, Verdict, decision_of


@dataclass(frozen=True, slots=True)
class DecideRound:
    """A verdict; ``missing_docs_resume`` is the setting of domain.md 16.4 for MISSING_DOCS."""

    about: About
    desk: Desk
    verdict: Verdict
    missing_docs_resume: bool = False


async def decide_round(command: DecideRound, unit: Unit) -> AssignedCase:
    """Give the verdict, and keep its texts. Raises what ``open_desk`` and ``AssignedCase.rule`` refuse."""
    about, verdict = command.about, command.verdict
    desk = await open_desk(unit, about, above=command.desk is Desk.R4)
    after, events = desk.case.rule(
        command.desk,
        verdict,
        about.actor.id,
        desk.seating,
        about.today,
        missing_docs_resume=command.missing_docs_resume,
    )
    saved = await close_desk(unit, about, desk.case, after, decision_of(verdict), events)
    for kind, text in _texts(verdict):
        await unit.papers.keep(saved, kind, command.desk, text, about)
    if isinstance(verdict, Return) and Reason.CONFIDENTIALITY_BREACH in verdict.reasons:
        await unit.cases.note_incident(saved.id, "CONFIDENTIALITY_BREACH", None, about.at)
    return saved


def _texts(verdict: Verdict) -> Iterator[tuple[str, str]]:
    if isinstance(verdict, Pass) and verdict.opinion is not None:
        yield "OPINION", verdict.opinion
    if isinstance(verdict, Return) and verdict.note is not None:
        yield "NOTE", verdict.note
    if isinstance(verdict, Pass | Return) and verdict.minutes is not None:
        yield "MINUTES", verdict.minutes.text
