"""Use case: a reported party is added to a report, or put anew; it takes effect on the very next read."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.intake.application.desk import About, freeze, open_desk, put_anew
from services.intake.application.ports import Unit
from services.intake.application.register_report import excluded_of
from services.intake.domain.elements import ReportedParty


@dataclass(frozen=True, slots=True)
class AddParty:
    """The party with all its fields; ``party`` is an id of the register or a fresh UUIDv4."""

    about: About
    party: ReportedParty


@dataclass(frozen=True, slots=True)
class PartyAdded:
    """The party's id in the register; None when the report was frozen and nothing was kept of the party."""

    party_id: UUID | None
    version: int


async def add_party(command: AddParty, unit: Unit) -> PartyAdded:
    """Keep the party, compute and tell the excluded set, all in one transaction.

    A party of superior level freezes the report, and nothing of it is written.
    Raises ReportUnknown, ReportChanged, OrganUnknown, CodeUnknown, PartyUnknown.
    """
    about = command.about
    report, gate = await open_desk(unit, about)
    unit.rules.taxonomy.check_party(command.party)
    (party,) = await unit.parties.match_many([command.party], report.holder)
    if gate.is_superior(party):
        await freeze(unit, report, about.actor.id, about.moment)
        return PartyAdded(None, report.version + 1)
    await unit.parties.enter_many([party], report.holder, about.moment.at, about.actor.id)
    parties = (*(p for p in report.elements.parties if p.party != party.party), party)
    draft = replace(report, elements=replace(report.elements, parties=parties))
    excluded = await excluded_of(draft, about.moment.today, unit)
    after, events = report.with_party(party, excluded, about.actor.id, about.moment.today)
    version = await put_anew(unit, after, about, "party-added")
    await unit.outbox.add(events)
    await unit.reports.put_exclusions([after])
    return PartyAdded(party.party, version)
