"""Figures by counting one's fingers: from counted rows to raw counts, without SQL."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from services.analytics.domain.codes import Codes
from services.analytics.domain.counts import Counts, Dimension, Movements, Period
from services.analytics.domain.projection import CountedReceipt, counted_receipts
from services.analytics.domain.report import Figures, Passage
from services.analytics.domain.statistics import Question, make_statistic
from services.analytics.domain.table import Statistic
from services.analytics.domain.values import Scope, Span

D = Dimension
CUTS: Mapping[Dimension, Callable[[CountedReceipt], Iterable[str | None]]] = {
    D.NATURE: lambda row: [row.nature or "UNCLASSIFIED"],
    D.CHANNEL: lambda row: [row.receipt.arrival.channel],
    D.SOURCE: lambda row: [row.receipt.arrival.source],
    D.REGION: lambda row: [row.region or ""],
    D.OCCURRENCE: lambda row: [row.occurrence],
    D.NAME_STATUS: lambda row: [row.receipt.arrival.name_status],
    D.RANK_GROUP: lambda row: [row.rank_group],
    D.VIOLATION: lambda row: row.violations or ["NOT_GIVEN"],
    D.THEME: lambda row: row.themes,
}
OF_ALL = {D.NATURE, D.CHANNEL, D.SOURCE, D.REGION}


@dataclass(frozen=True, slots=True)
class Fingers:
    """All reports by id, and the codes by which they are counted."""

    reports: Mapping[UUID, Figures]
    codes: Codes

    def counts(self, span: Span, organ: str | None, scope: Scope) -> Counts:
        """Receipts received in the span."""
        rows = [
            (report, row)
            for report, figures in self.reports.items()
            for row in counted_receipts(figures, self.codes)
            if span.first <= row.receipt.arrival.received_on <= span.last
            and organ in {None, row.organ}
            and (scope is Scope.ALL or row.nature == "N1")
        ]
        accused = [row for _, row in rows if row.nature == "N1"]
        visits: dict[object, int] = {}
        for report, row in rows:
            receipt = row.receipt
            if receipt.arrival.channel == "VISIT" and receipt.kind == "FIRST":
                came = receipt.visit_id or (report, receipt.report_no)
                visits[came] = max(visits.get(came, 0), receipt.arrival.reporter_count)
        return Counts(
            item_times=len(rows),
            items=len({report for report, _ in rows}),
            accusations=len(accused),
            unit_heads=sum(row.unit_head for row in accused),
            visit_batches=len(visits),
            visit_persons=sum(visits.values()),
            by={
                cut: Counter(
                    str(code)
                    for row in ([row for _, row in rows] if cut in OF_ALL else accused)
                    for code in codes(row)
                )
                for cut, codes in CUTS.items()
            },
            taxonomies=frozenset(row.taxonomy_version for _, row in rows if row.taxonomy_version),
        )

    def movements(self, span: Span, organ: str | None, scope: Scope) -> Movements:
        """What parts did, day by day, and where they stood on the eve and on the last day."""
        acts, came, went, opening, closing = (Counter[str]() for _ in range(5))
        for passages in self._parts(organ, scope):
            for passage in passages:
                if span.first <= passage.on <= span.last:
                    acts[passage.act] += 1
                    came[passage.to_state] += 1
                    if passage.from_state is not None:
                        went[passage.from_state] += 1
            for stock, day in ((opening, span.eve), (closing, span.last)):
                stood = [passage.to_state for passage in passages if passage.on <= day]
                if stood:
                    stock[stood[-1]] += 1
        return Movements(acts, opening, closing, came, went)

    def _parts(self, organ: str | None, scope: Scope) -> Iterable[tuple[Passage, ...]]:
        for figures in self.reports.values():
            if figures.frozen:
                continue
            for name, part in figures.parts.items():
                nature = part.classification.nature if part.classification else None
                if organ in {None, name} and (scope is Scope.ALL or nature == "N1"):
                    yield part.passages

    def statistic(
        self, span: Span, *, organ: str | None = None, home: str | None = None, scope: Scope = Scope.ALL
    ) -> Statistic:
        """The checked table."""
        ytd = span.year_to_date()
        period = Period(
            self.counts(span, organ, scope),
            self.counts(span.year_before(), organ, scope),
            self.counts(span.period_before(), organ, scope),
            self.counts(ytd, organ, scope),
            self.counts(ytd.year_before(), organ, scope),
            self.movements(span, organ, scope),
        )
        return make_statistic(Question(organ, None, home, span, scope), period, self.codes)
