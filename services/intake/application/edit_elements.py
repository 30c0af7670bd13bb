"""Use case: a clerk puts the elements of a report anew, before it is confirmed."""

from dataclasses import dataclass, replace

from services.intake.application.desk import About, exclude_anew, look_at_desk, open_desk, put_anew
from services.intake.application.ports import Unit
from services.intake.domain.elements import Arrival, Classification, Content, Reporter
from services.intake.domain.errors import ElementsMissing
from services.intake.domain.gate import Gate
from services.intake.domain.report import Report


@dataclass(frozen=True, slots=True)
class EditElements:
    """What stands from now on; parties have an act of their own.

    What is known of the reporter stays as ``Reporter.put_anew`` says, and an earlier reply of the register
    stays.
    """

    about: About
    arrival: Arrival
    reporter: Reporter
    content: Content
    classification: Classification | None
    gate_second_no: bool = False


async def judge_edit(command: EditElements, unit: Unit) -> None:
    """Refuse by reading alone what ``edit_elements`` would refuse, before the vault is told of anybody.

    Raises what ``edit_elements`` raises.
    """
    report, gate = await look_at_desk(unit, command.about)
    _edited(report, gate, command, unit)


async def edit_elements(command: EditElements, unit: Unit) -> int:
    """Put the elements; the checks begin anew. Returns the new version.

    Raises ReportUnknown, ReportChanged, IllegalStep, GateUnanswered, CodeUnknown, ElementsMissing.
    """
    about = command.about
    report, gate = await open_desk(unit, about)
    edited = await exclude_anew(unit, _edited(report, gate, command, unit), about.moment)
    if command.reporter.ref is not None:
        await unit.identities.name([(command.reporter.ref, report.id)], about.actor.organ, about.moment.at)
    version = await put_anew(unit, edited, about, "elements-edited")
    await unit.reports.put_exclusions([edited])
    return version


def _edited(report: Report, gate: Gate, command: EditElements, unit: Unit) -> Report:
    """The report as it would stand; the gate is asked first."""
    gate.pass_text(command.content, command.gate_second_no)
    if command.classification is not None:
        unit.rules.taxonomy.check(command.classification)
    if command.arrival.received_on > command.about.moment.today:
        raise ElementsMissing(("received_on",))
    before = report.elements
    elements = replace(
        before,
        arrival=command.arrival,
        reporter=before.reporter.put_anew(command.reporter),
        content=replace(command.content, earlier_reply=before.content.earlier_reply),
        classification=command.classification,
    )
    return report.edit(elements, command.about.actor.id)
