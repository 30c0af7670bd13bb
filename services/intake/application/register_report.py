"""Use case: reports are registered: gate, parties, exclusion, receipt with its number, facts.

``register_many`` writes any number of reports of one organ in few statements; one entered by hand, one
fetched from a visit and a whole register go through it alike.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.intake.application.ports import Actor, Moment, Unit
from services.intake.domain.directory import Directory
from services.intake.domain.elements import Elements, ReportedParty
from services.intake.domain.errors import ElementsMissing, OrganUnknown, OwnMatter
from services.intake.domain.events import Event
from services.intake.domain.exclusion import Excluded, Reported, excluded_set
from services.intake.domain.gate import Gate
from services.intake.domain.numbers import ReportNumber
from services.intake.domain.report import Passage, Receipt, Report
from services.intake.domain.values import PartyType, ReceiptKind, State


@dataclass(frozen=True, slots=True)
class RegisterReport:
    """One report to be registered; ``report_id`` is a fresh UUIDv4.

    ``gate_second_no`` is a person's second explicit no to a superior post in the running text.
    ``on_paper`` names the two officers who confirmed the classification before (register import): such a
    report enters as CONFIRMED, any other as DRAFT. A party's ``party`` is the id of the register, or a
    fresh UUIDv4.
    """

    report_id: UUID
    elements: Elements
    gate_second_no: bool = False
    on_paper: tuple[str, str] | None = None
    imported: bool = False
    visit_id: UUID | None = None
    number_year: int | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """What is answered of one report; ``number`` prints as organ-year-serial."""

    report_id: UUID
    number: ReportNumber
    version: int


async def gate_of(organ_id: str, days: Sequence[date], unit: Unit) -> Gate:
    """The gate of an organ, judged by the directory of these days. Raises OrganUnknown.

    The register import asks it for each row before ``register_many``: ``gate.is_superior(party)`` and
    ``gate.names_superior_post(content)``.
    """
    directories = tuple([await unit.entries.on(day) for day in sorted(set(days))])
    organ = directories[-1].organs.get(organ_id) if directories else None
    if organ is None:
        raise OrganUnknown
    return Gate(organ, directories, unit.rules.posts, unit.rules.ranks)


async def register_many(
    commands: Sequence[RegisterReport], actor: Actor, moment: Moment, unit: Unit
) -> list[Registered]:
    """Register reports of the actor's organ, all or none; returns their numbers in the order given.

    A report's number is of the year ``number_year``, else of today's. An imported one starts no clock.
    Raises OrganUnknown, SuperiorLevelParty, GateUnanswered, CodeUnknown, LinkUnknown, OwnMatter,
    ElementsMissing.
    """
    if not commands:
        return []
    gate = await gate_of(actor.organ, [moment.today], unit)
    matched = await pass_gate(commands, gate, moment, unit)
    reports = [
        await _registered(command, parties, gate, actor, moment, unit)
        for command, parties in zip(commands, matched, strict=True)
    ]
    parties = [party for report in reports for party in report.elements.parties]
    await unit.parties.enter_many(parties, actor.organ, moment.at, actor.id)
    await unit.reports.add_many(reports, actor.id, moment.at)
    await _name_identities(reports, actor, moment, unit)
    await _note_and_start(reports, actor, moment, unit)
    receipts = await _number(commands, reports, actor.organ, moment, unit)
    await unit.outbox.add(_facts(reports, receipts))
    await unit.reports.put_exclusions([r for r in reports if r.excluded.version])
    return [Registered(r.report_id, r.number, 1) for r in receipts]


async def pass_gate(
    commands: Sequence[RegisterReport], gate: Gate, moment: Moment, unit: Unit
) -> list[tuple[ReportedParty, ...]]:
    """Refuse what may not be registered, by reading alone; returns the parties as the register has them.

    Raises SuperiorLevelParty, GateUnanswered, CodeUnknown, LinkUnknown, ElementsMissing, PartyUnknown.
    """
    for command in commands:
        gate.pass_parties(command.elements.parties)
        gate.pass_text(command.elements.content, command.gate_second_no)
        _check_codes(command.elements, moment, unit)
        if command.visit_id is None:  # what a visit names was looked up at reception
            gate.pass_links(command.elements.parties)
    flat = [party for command in commands for party in command.elements.parties]
    found = iter(await unit.parties.match_many(flat, gate.organ.id) if flat else [])
    matched = [tuple(next(found) for _ in command.elements.parties) for command in commands]
    for parties in matched:
        gate.pass_parties(parties)
    return matched


def _check_codes(elements: Elements, moment: Moment, unit: Unit) -> None:
    if elements.arrival.received_on > moment.today:
        raise ElementsMissing(("received_on",))
    if elements.classification is not None:
        unit.rules.taxonomy.check(elements.classification)
    for party in elements.parties:
        unit.rules.taxonomy.check_party(party)


async def _registered(
    command: RegisterReport,
    parties: tuple[ReportedParty, ...],
    gate: Gate,
    actor: Actor,
    moment: Moment,
    unit: Unit,
) -> Report:
    elements = replace(command.elements, parties=parties)
    report = Report(
        id=command.report_id,
        organ=actor.organ,
        holder=actor.organ,
        synthetic=gate.organ.synthetic,
        elements=elements,
        editors=frozenset({actor.id}),
        imported=command.imported,
        visit_id=command.visit_id,
        passages=(Passage(State.RECEIVED if command.visit_id else None, State.REGISTERED),),
    )
    if command.on_paper is not None:
        report = report.confirmed_on_paper(*command.on_paper)
    excluded = await excluded_of(report, moment.today, unit)
    report, _ = report.exclude(excluded)
    today = gate.directories[-1]
    if not command.imported and hides(report.excluded, actor, today):
        raise OwnMatter
    return report


async def excluded_of(report: Report, today: date, unit: Unit) -> Excluded:
    """The excluded set of domain.md 8.2, by the directory on the days of conduct, receipt and decision."""
    reported = tuple(r for party in report.elements.parties for r in reported_as(party))
    if not any(r.unit or r.persons for r in reported):
        return Excluded()
    classification, arrival = report.elements.classification, report.elements.arrival
    days = {today, report.first_received_on or arrival.received_on}
    if classification is not None and classification.conduct_on is not None:
        days.add(classification.conduct_on)
    directories = [await unit.entries.on(day) for day in sorted(days)]
    return excluded_set(reported, directories, report.holder)


def reported_as(party: ReportedParty) -> tuple[Reported, ...]:
    """The party as the excluded set sees it: once for each unit it is linked to."""
    first = Reported(party.party_type, party.unit, party.is_unit_head, party.persons)
    others = party.units if party.party_type is PartyType.ORGANISATION else ()
    return (first, *(Reported(party.party_type, unit) for unit in others if unit != party.unit))


def hides(excluded: Excluded, actor: Actor, directory: Directory) -> bool:
    """Whether the actor is on the reported side."""
    seats = any(excluded.holds_seat(seat, directory) for seat in actor.seats)
    return seats or excluded.holds_officer(actor.id, directory)


async def _name_identities(reports: Sequence[Report], actor: Actor, moment: Moment, unit: Unit) -> None:
    """Name references for the vault; that of a visitor is reception's to keep."""
    named = [(r.elements.reporter.ref, r.id) for r in reports if r.visit_id is None]
    await unit.identities.name([(ref, id_) for ref, id_ in named if ref], actor.organ, moment.at)


async def _note_and_start(reports: Sequence[Report], actor: Actor, moment: Moment, unit: Unit) -> None:
    for report in reports:
        await unit.audit.note("report-registered", "report", str(report.id), imported=report.imported)
        if not report.imported:
            await unit.clocks.start("D05-T4", clock_entity(report.id, actor.organ), actor.organ, moment.today)


def clock_entity(report_id: UUID, organ: str) -> str:
    """The name under which the clocks of a part run."""
    return f"{report_id}/{organ}"


async def _number(
    commands: Sequence[RegisterReport],
    reports: Sequence[Report],
    organ: str,
    moment: Moment,
    unit: Unit,
) -> list[Receipt]:
    """Give the numbers under a row lock taken last, and write the receipts."""
    years = [command.number_year or moment.today.year for command in commands]
    first = await unit.receipts.next_numbers({(organ, year): n for year, n in Counter(years).items()})
    receipts = []
    for report, year in zip(reports, years, strict=True):
        number = ReportNumber(organ, year, first[organ, year])
        first[organ, year] += 1
        arrival = report.elements.arrival
        receipts.append(
            Receipt(
                report.id,
                organ,
                ReceiptKind.FIRST,
                number,
                arrival.received_on,
                moment.today,
                arrival.channel,
                arrival.source,
            )
        )
    await unit.receipts.add_many(receipts)
    return receipts


def _facts(reports: Sequence[Report], receipts: Sequence[Receipt]) -> list[Event]:
    said: list[Event] = []
    for report, receipt in zip(reports, receipts, strict=True):
        said.append(report.registered(receipt))
        if report.classified_version:
            said.append(report.classified())
        if report.excluded.version:
            said.append(report.exclusion_told())
    return said
