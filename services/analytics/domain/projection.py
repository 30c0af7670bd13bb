"""From what is known of a report to the rows that are counted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.analytics.domain.codes import Codes, violation_groups
from services.analytics.domain.report import Figures, Receipt
from services.analytics.domain.values import State


@dataclass(frozen=True, slots=True)
class CountedReceipt:
    """A receipt with the category by which it is counted; ``nature`` None while not classified."""

    organ: str
    receipt: Receipt
    nature: str | None = None
    occurrence: str | None = None
    violations: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    rank_group: str | None = None
    unit_head: bool = False
    region: str | None = None
    taxonomy_version: str | None = None


@dataclass(frozen=True, slots=True)
class StandingPart:
    """Where a part stands, since when, and its nature for tables of accusations alone."""

    organ: str
    state: State
    since: date
    nature: str | None


def counted_receipts(report: Figures, codes: Codes) -> Iterator[CountedReceipt]:
    """Every receipt of the report; none of one that left the figures."""
    if report.frozen:
        return
    for organ, part in report.parts.items():
        found = report.classification_at(organ)
        for receipt in part.receipts:
            if found is None:
                yield CountedReceipt(organ, receipt)
                continue
            yield CountedReceipt(
                organ,
                receipt,
                found.nature,
                found.occurrence,
                violation_groups(found.violations),
                tuple(sorted(set(found.themes))),
                codes.highest_rank_group(found.parties),
                any(party.is_unit_head for party in found.parties),
                found.region,
                found.taxonomy_version,
            )


def standing_parts(report: Figures) -> Iterator[StandingPart]:
    """Every part that is in a state; none of a report that left the figures."""
    if report.frozen:
        return
    for organ, part in report.parts.items():
        if part.state is not None and part.passages:
            nature = part.classification.nature if part.classification else None
            yield StandingPart(organ, part.state, part.passages[-1].on, nature)
