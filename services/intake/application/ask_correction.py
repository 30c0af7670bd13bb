"""Use case: an officer asks for a correction of what was confirmed; it waits for another's approval."""

from dataclasses import dataclass, replace

from services.intake.application.desk import About, open_desk
from services.intake.application.ports import Unit
from services.intake.application.register_report import gate_of
from services.intake.domain.errors import IllegalStep, NothingCorrected, StudyNeeded
from services.intake.domain.report import Correction, leaves_accusation
from services.intake.domain.values import Desk


@dataclass(frozen=True, slots=True)
class AskCorrection:
    """The whole text and classification as they should stand, with the code of the reason."""

    about: About
    correction: Correction
    gate_second_no: bool = False


async def judge_correction(command: AskCorrection, unit: Unit) -> None:
    """Ask the gate by reading alone, whatever report it is for. Raises GateUnanswered, OrganUnknown."""
    about = command.about
    gate = await gate_of(about.actor.organ, [about.moment.today], unit)
    gate.pass_text(command.correction.content, command.gate_second_no)


async def ask_correction(command: AskCorrection, unit: Unit) -> None:
    """Keep the correction, its text sealed, until it is approved.

    Raises ReportUnknown, ReportChanged, IllegalStep before CONFIRMED, StudyNeeded, NothingCorrected,
    GateUnanswered, CodeUnknown.
    """
    report, gate = await open_desk(unit, command.about)
    asked, before = command.correction, report.elements.classification
    if report.desk is not Desk.CONFIRMED or before is None:
        raise IllegalStep
    kept = report.elements.content.earlier_reply
    asked = replace(asked, content=replace(asked.content, earlier_reply=kept))
    gate.pass_text(asked.content, command.gate_second_no)
    unit.rules.taxonomy.check(asked.classification)
    if leaves_accusation(before, asked.classification) and not report.studied:
        raise StudyNeeded
    if (asked.content, asked.classification) == (report.elements.content, before):
        raise NothingCorrected
    await unit.corrections.add(report.id, asked, command.about.moment.at)
    await unit.audit.note(
        "correction-asked", "report", str(report.id), reason=asked.reason_code, correction=str(asked.id)
    )
