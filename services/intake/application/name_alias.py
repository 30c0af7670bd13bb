"""Use case: a person says that another name belongs to a party of the register."""

from dataclasses import dataclass
from uuid import UUID

from services.intake.application.desk import About, open_desk
from services.intake.application.ports import Unit
from services.intake.application.register_report import gate_of
from services.intake.domain.elements import ReportedParty
from services.intake.domain.errors import PartyUnknown
from services.intake.domain.gate import Gate
from services.intake.domain.values import PartyType


@dataclass(frozen=True, slots=True)
class NameAlias:
    """``alias`` is kept sealed and indexed; namesakes stay apart until somebody says so."""

    about: About
    party_id: UUID
    alias: str


async def judge_alias(command: NameAlias, unit: Unit) -> None:
    """Ask the gate by reading alone, whatever party it is for. Raises SuperiorLevelParty, OrganUnknown."""
    about = command.about
    _pass(await gate_of(about.actor.organ, [about.moment.today], unit), command)


async def name_alias(command: NameAlias, unit: Unit) -> None:
    """Keep the alias.

    Raises ReportUnknown, ReportChanged, PartyUnknown; SuperiorLevelParty when it names a superior post, for
    which ``freeze_report`` is the answer.
    """
    about = command.about
    report, gate = await open_desk(unit, about)
    _pass(gate, command)
    if command.party_id not in {p.party for p in report.elements.parties}:
        raise PartyUnknown
    await unit.parties.add_alias(command.party_id, command.alias, about.actor.id, about.moment.at)
    await unit.audit.note("alias-named", "party", str(command.party_id))


def _pass(gate: Gate, command: NameAlias) -> None:
    gate.pass_parties([ReportedParty(command.party_id, PartyType.PERSON, name=command.alias)])
