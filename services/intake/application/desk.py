"""The desk at which a report is acted upon: it, its gate and its excluded set, in one transaction."""

from dataclasses import dataclass
from uuid import UUID

from services.intake.application.ports import Actor, Moment, Unit
from services.intake.application.register_report import clock_entity, excluded_of, gate_of, hides
from services.intake.domain.errors import ReportUnknown
from services.intake.domain.gate import Gate
from services.intake.domain.report import Report


@dataclass(frozen=True, slots=True)
class About:
    """The report an act is about and the version the actor saw; None when the act needs none."""

    actor: Actor
    report_id: UUID
    version: int | None
    moment: Moment


async def open_desk(unit: Unit, about: About) -> tuple[Report, Gate]:
    """The report in the hands of the actor's organ, locked, with the gate of that organ.

    Raises ReportUnknown (also to anyone on the reported side), ReportChanged, OrganUnknown.
    """
    return await _opened(await unit.reports.get(about.report_id, about.actor.organ), unit, about)


async def look_at_desk(unit: Unit, about: About) -> tuple[Report, Gate]:
    """The same without a lock: what a write would meet, judged before anything is claimed or kept.

    Raises what ``open_desk`` raises.
    """
    return await _opened(await unit.reports.look_at(about.report_id, about.actor.organ), unit, about)


async def see_report(unit: Unit, about: About) -> Report:
    """The report for whoever may read it: an organ that holds it or has a receipt on it. Not locked.

    Raises ReportUnknown (also to anyone on the reported side), OrganUnknown.
    """
    report, _ = await _opened(await unit.reports.see(about.report_id, about.actor.organ), unit, about)
    return report


async def _opened(report: Report, unit: Unit, about: About) -> tuple[Report, Gate]:
    gate = await gate_of(about.actor.organ, [about.moment.today], unit)
    if hides(report.excluded, about.actor, gate.directories[-1]):
        raise ReportUnknown
    report.expect(about.version)
    return report, gate


async def put_anew(unit: Unit, report: Report, about: About, action: str) -> int:
    """Save and note one act; returns the new version."""
    await unit.reports.save(report, about.actor.id, about.moment.at)
    await unit.audit.note(action, "report", str(report.id), desk=report.desk.value)
    return report.version + 1


async def freeze(unit: Unit, report: Report, by: str, moment: Moment) -> None:
    """Freeze a report that turned out to be of superior level: no read afterwards, every clock stops."""
    frozen, events = report.freeze()
    await unit.outbox.add(events)
    await unit.clocks.waive("D05-T4", clock_entity(report.id, report.holder))
    await unit.audit.note("report-frozen", "report", str(report.id))
    await unit.reports.freeze(frozen, by, moment.at)


async def exclude_anew(unit: Unit, report: Report, moment: Moment) -> Report:
    """The report with its excluded set computed again and told when it differs; not saved here."""
    after, events = report.exclude(await excluded_of(report, moment.today, unit))
    await unit.outbox.add(events)
    return after
