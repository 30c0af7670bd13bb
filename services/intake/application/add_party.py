"""Use case: a reported party is added to a report, or put anew; it takes effect on the very next read."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.intake.application.desk import About, open_desk, put_anew
from services.intake.application.ports import Unit
from services.intake.application.register_report import excluded_of, gate_of
from services.intake.domain.elements import ReportedParty


@dataclass(frozen=True, slots=True)
class AddParty:
    """The party with all its fields; ``party`` is an id of the register or a fresh UUIDv4."""

    about: About
    party: ReportedParty


@dataclass(frozen=True, slots=True)
class PartyAdded:
    """The party's id in the register, and the version that now stands."""

    party_id: UUID
    version: int


async def judge_party(command: AddParty, unit: Unit) -> None:
    """Ask the gate by reading alone, whatever report it is for.

    Raises SuperiorLevelParty, OrganUnknown, PartyUnknown, LinkUnknown.
    """
    about = command.about
    gate = await gate_of(about.actor.organ, [about.moment.today], unit)
    gate.pass_parties(await unit.parties.match_many([command.party], about.actor.organ))
    gate.pass_links([command.party])


async def add_party(command: AddParty, unit: Unit) -> PartyAdded:
    """Keep the party, compute and tell the excluded set, all in one transaction.

    Raises ReportUnknown, ReportChanged, OrganUnknown, CodeUnknown, PartyUnknown, LinkUnknown;
    SuperiorLevelParty when the party is of superior level, for which ``freeze_report`` is the answer.
    """
    about = command.about
    report, gate = await open_desk(unit, about)
    (party,) = await unit.parties.match_many([command.party], report.holder)
    gate.pass_parties([party])
    gate.pass_links([command.party])
    unit.rules.taxonomy.check_party(command.party)
    await unit.parties.enter_many([party], report.holder, about.moment.at, about.actor.id)
    parties = (*(p for p in report.elements.parties if p.party != party.party), party)
    draft = replace(report, elements=replace(report.elements, parties=parties))
    excluded = await excluded_of(draft, about.moment.today, unit)
    after, events = report.with_party(party, excluded, about.actor.id, about.moment.today)
    version = await put_anew(unit, after, about, "party-added")
    await unit.outbox.add(events)
    await unit.reports.put_exclusions([after])
    return PartyAdded(party.party, version)
