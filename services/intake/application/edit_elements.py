"""Use case: a clerk puts the elements of a report anew, before it is confirmed."""

from dataclasses import dataclass, replace

from services.intake.application.desk import About, exclude_anew, open_desk, put_anew
from services.intake.application.ports import Unit
from services.intake.domain.elements import Arrival, Classification, Content, Reporter
from services.intake.domain.errors import ElementsMissing


@dataclass(frozen=True, slots=True)
class EditElements:
    """What stands from now on; parties have an act of their own.

    A reporter keeps the reference it has, and an earlier reply of the register stays.
    """

    about: About
    arrival: Arrival
    reporter: Reporter
    content: Content
    classification: Classification | None
    gate_second_no: bool = False


async def edit_elements(command: EditElements, unit: Unit) -> int:
    """Put the elements; the checks begin anew. Returns the new version.

    Raises ReportUnknown, ReportChanged, IllegalStep, GateUnanswered, CodeUnknown, ElementsMissing.
    """
    about = command.about
    report, gate = await open_desk(unit, about)
    gate.pass_text(command.content, command.gate_second_no)
    if command.classification is not None:
        unit.rules.taxonomy.check(command.classification)
    if command.arrival.received_on > about.moment.today:
        raise ElementsMissing(("received_on",))
    before = report.elements
    kept = command.reporter.ref or before.reporter.ref
    elements = replace(
        before,
        arrival=command.arrival,
        reporter=replace(command.reporter, ref=kept),
        content=replace(command.content, earlier_reply=before.content.earlier_reply),
        classification=command.classification,
    )
    edited = await exclude_anew(unit, report.edit(elements, about.actor.id), about.moment)
    if command.reporter.ref is not None:
        await unit.identities.name([(command.reporter.ref, report.id)], about.actor.organ, about.moment.at)
    version = await put_anew(unit, edited, about, "elements-edited")
    await unit.reports.put_exclusions([edited])
    return version
