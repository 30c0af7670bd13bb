"""Use case: a party of the register is linked to a directory person or unit, or a wrong link is ended."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.intake.application.desk import About, exclude_anew, look_at_desk, open_desk, put_anew
from services.intake.application.ports import Unit
from services.intake.domain.directory import Directory
from services.intake.domain.elements import ReportedParty
from services.intake.domain.errors import (
    LinkUnknown,
    PartyUnknown,
    ReportUnknown,
    SuperiorLevelParty,
)
from services.intake.domain.gate import Gate
from services.intake.domain.report import Report


@dataclass(frozen=True, slots=True)
class LinkParty:
    """``kind`` is PERSON or UNIT, ``entry_id`` the directory's id; ``ended`` ends a link that stands."""

    about: About
    party_id: UUID
    kind: str
    entry_id: str
    ended: bool = False


async def judge_link(command: LinkParty, unit: Unit) -> None:
    """Ask the gate by reading alone; whoever froze the report hears of superior level again.

    Raises SuperiorLevelParty, ReportUnknown, PartyUnknown, LinkUnknown.
    """
    about = command.about
    try:
        report, gate = await look_at_desk(unit, replace(about, version=None))
    except ReportUnknown:
        if await unit.reports.frozen_by(about.report_id, about.actor.id):
            raise SuperiorLevelParty from None
        raise
    _pass(report, gate, command)


async def link_party(command: LinkParty, unit: Unit) -> int:
    """Link, and compute the excluded set of every report that names the party; returns the new version.

    Raises ReportUnknown, ReportChanged, PartyUnknown, LinkUnknown; SuperiorLevelParty when the link shows
    superior level, for which ``freeze_report`` of every report of the party is the answer.
    """
    about = command.about
    report, gate = await open_desk(unit, about)
    _pass(report, gate, command)
    await _write(command, unit)
    after = await _follow(report, command, unit)
    version = await put_anew(unit, after, about, "party-unlinked" if command.ended else "party-linked")
    others = [after]
    for other_id in await unit.parties.reports_of(command.party_id):
        if other_id != report.id and (other := await _other(other_id, command, unit)) is not None:
            others.append(other)
    await unit.reports.put_exclusions(others)
    return version


def _pass(report: Report, gate: Gate, command: LinkParty) -> None:
    """Let through a link to an entry that is there and not of superior level; the end of one always."""
    party = _party(report, command.party_id)
    if not command.ended:
        _expect_entry(command, gate.directories[-1])
        gate.pass_parties([_linked(party, command)])


def _party(report: Report, party_id: UUID) -> ReportedParty:
    found = next((p for p in report.elements.parties if p.party == party_id), None)
    if found is None:
        raise PartyUnknown
    return found


def _expect_entry(command: LinkParty, directory: Directory) -> None:
    person = command.kind == "PERSON" and command.entry_id in directory.persons
    unit = command.kind == "UNIT" and directory.find(command.entry_id) is not None
    if not (person or unit):
        raise LinkUnknown


def _linked(party: ReportedParty, command: LinkParty) -> ReportedParty:
    persons, units = set(party.persons), set(party.units)
    among = persons if command.kind == "PERSON" else units
    if command.ended:
        among.discard(command.entry_id)
    else:
        among.add(command.entry_id)
    return replace(party, persons=tuple(sorted(persons)), units=tuple(sorted(units)))


async def _write(command: LinkParty, unit: Unit) -> None:
    actor, at = command.about.actor.id, command.about.moment.at
    change = unit.parties.unlink if command.ended else unit.parties.link
    await change(command.party_id, command.kind, command.entry_id, actor, at)


async def _follow(report: Report, command: LinkParty, unit: Unit) -> Report:
    """The report with the party's links as they now are, and its excluded set told when it differs."""
    parties = tuple(
        _linked(p, command) if p.party == command.party_id else p for p in report.elements.parties
    )
    followed = replace(report, elements=replace(report.elements, parties=parties))
    return await exclude_anew(unit, followed, command.about.moment)


async def _other(other_id: UUID, command: LinkParty, unit: Unit) -> Report | None:
    """Another report that names the party, followed and saved; None when another organ holds it by now."""
    try:
        report = await unit.reports.get(other_id, command.about.actor.organ)
    except ReportUnknown:
        return None
    after = await _follow(report, command, unit)
    await put_anew(unit, after, command.about, "party-link-followed")
    return after
