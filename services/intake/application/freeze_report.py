"""Use case: what an officer was about to add shows superior level; the report freezes, nothing is added."""

from dataclasses import replace
from uuid import UUID

from services.intake.application.desk import About, freeze, open_desk
from services.intake.application.ports import Unit
from services.intake.domain.errors import ReportUnknown


async def freeze_report(about: About, party_id: UUID | None, unit: Unit) -> None:
    """Freeze the report, and with ``party_id`` every other of the organ that names this party.

    The version the officer saw does not matter: a stale screen must not keep such a report open. A second
    time nothing happens. Raises ReportUnknown, but not to the one who froze it.
    """
    actor, moment = about.actor, about.moment
    try:
        report, _ = await open_desk(unit, replace(about, version=None))
    except ReportUnknown:
        if await unit.reports.frozen_by(about.report_id, actor.id):
            return
        raise
    if party_id is not None:
        for other_id in await unit.parties.reports_of(party_id):
            if other_id == report.id:
                continue
            try:
                other = await unit.reports.get(other_id, actor.organ)
            except ReportUnknown:
                continue
            await freeze(unit, other, actor.id, moment)
    await freeze(unit, report, actor.id, moment)
