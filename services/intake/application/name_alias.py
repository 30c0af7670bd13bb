"""Use case: a person says that another name belongs to a party of the register."""

from dataclasses import dataclass
from uuid import UUID

from services.intake.application.desk import About, freeze, open_desk
from services.intake.application.ports import Unit
from services.intake.domain.elements import ReportedParty
from services.intake.domain.errors import PartyUnknown


@dataclass(frozen=True, slots=True)
class NameAlias:
    """``alias`` is kept sealed and indexed; namesakes stay apart until somebody says so."""

    about: About
    party_id: UUID
    alias: str


async def name_alias(command: NameAlias, unit: Unit) -> None:
    """Keep the alias; one that names a superior post freezes the report and is not written.

    Raises ReportUnknown, ReportChanged, PartyUnknown.
    """
    about = command.about
    report, gate = await open_desk(unit, about)
    if command.party_id not in {p.party for p in report.elements.parties}:
        raise PartyUnknown
    named = await unit.parties.get(command.party_id)
    if gate.is_superior(ReportedParty(named.party, named.party_type, name=command.alias)):
        await freeze(unit, report, about.actor.id, about.moment)
        return
    await unit.parties.add_alias(command.party_id, command.alias, about.actor.id, about.moment.at)
    await unit.audit.note("alias-named", "party", str(command.party_id))
