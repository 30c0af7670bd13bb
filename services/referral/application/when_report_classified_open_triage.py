"""intake.report-classified: a part (report, organ) opens at the triage desk, and is judged at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.referral.application.desk import clock_entity, whole_side
from services.referral.application.ports import Unit
from services.referral.domain.directory import Directory
from services.referral.domain.events import ReportEvent
from services.referral.domain.exclusion import Excluded
from services.referral.domain.jurisdiction import decide
from services.referral.domain.referral import Matter, Referral
from services.referral.domain.screening import open_part
from services.referral.domain.values import Kind, State


@dataclass(frozen=True, slots=True)
class Classified:
    """What intake said of one part, when; ``on`` is the local day of it."""

    report_id: UUID
    organ: str
    matter: Matter
    at: datetime
    on: date


async def when_report_classified_open_triage(told: Classified, unit: Unit) -> None:
    """Open the part; one that is open already stays as it is."""
    await open_triage_for_all([told], unit)


async def open_triage_for_all(told: Sequence[Classified], unit: Unit) -> None:
    """The same for a set, written in a few statements however many there are."""
    reports = [one.report_id for one in told]
    sides = await unit.exclusions.of_many(reports)
    recused = await unit.recusals.officers_of_many(reports)
    frozen = await unit.referrals.frozen(reports)
    days = {day for one in told for day in (one.on, one.matter.received_on)}
    on = {day: await unit.entries.on(day) for day in sorted(days)}
    opened: list[tuple[Referral, list[ReportEvent], str | None]] = []
    for one in told:
        directory = on[one.on]
        directories = (directory, on[one.matter.received_on])
        fresh = Referral(one.report_id, one.organ, one.matter, one.on)
        side = whole_side(
            fresh, sides.get(one.report_id, Excluded()), recused.get(one.report_id, ()), directories
        )
        part, events = open_part(fresh, side, directory, one.at, frozen=one.report_id in frozen)
        opened.append((part, events, _clock(part, side, directory)))
    new = await unit.referrals.add_all([part for part, _, _ in opened], told[0].at)
    opened = [one for one in opened if (one[0].report_id, one[0].organ) in new]
    await unit.outbox.add([event for _, events, _ in opened for event in events])
    await unit.clocks.start_all(
        [
            (rule, clock_entity(part.report_id, part.organ), part.organ, part.matter.received_on)
            for part, _, rule in opened
            if rule is not None
        ]
    )


def _clock(part: Referral, side: Excluded, directory: Directory) -> str | None:
    """The duty that the proposal brings: D04 to transfer, else D05; none before the day of import."""
    if part.state is not State.UNDER_TRIAGE or not part.clocked:
        return None
    return "D04" if decide(part.case(side), directory).kind is Kind.TRANSFER else "D05"
