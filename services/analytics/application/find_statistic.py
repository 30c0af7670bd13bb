"""Query: the statistic of a span of months."""

from dataclasses import dataclass

from services.analytics.application.ports import OrganSeen, Reading
from services.analytics.domain.codes import Codes
from services.analytics.domain.counts import Period
from services.analytics.domain.errors import OrganUnknown, SpanRefused
from services.analytics.domain.statistics import Question, make_statistic
from services.analytics.domain.table import Statistic
from services.analytics.domain.values import Month, Scope, Span

LONGEST_MONTHS = 1200
"""A hundred years: any span of a register."""


@dataclass(frozen=True, slots=True)
class FindStatistic:
    """What an officer asks; ``organ`` None for all organs the officer's own one may see."""

    acting_organ: str
    organ: str | None
    since: Month
    until: Month
    scope: Scope


async def find_statistic(query: FindStatistic, reading: Reading, codes: Codes) -> Statistic:
    """The checked table.

    Raises SpanRefused, OrganUnknown, and IdentityBroken when the figures contradict each other.
    """
    span = span_of(query.since, query.until)
    home = await seen(reading, query.organ or query.acting_organ)

    ytd = span.year_to_date()
    period = Period(
        now=await reading.counts(span, query.organ, query.scope),
        year_before=await reading.counts(span.year_before(), query.organ, query.scope),
        period_before=await reading.counts(span.period_before(), query.organ, query.scope),
        year_to_date=await reading.counts(ytd, query.organ, query.scope),
        year_to_date_before=await reading.counts(ytd.year_before(), query.organ, query.scope),
        movements=await reading.movements(span, query.organ, query.scope),
    )
    name = home.name if query.organ else None
    return make_statistic(Question(query.organ, name, home.region, span, query.scope), period, codes)


def span_of(since: Month, until: Month) -> Span:
    """The months as a span. Raises SpanRefused."""
    span = Span(since, until)
    if not 1 <= span.length <= LONGEST_MONTHS or since.year < 1951:
        raise SpanRefused
    return span


async def seen(reading: Reading, organ: str) -> OrganSeen:
    """The organ, when the asker may see its figures. Raises OrganUnknown."""
    found = await reading.organ_seen(organ)
    if found is None:
        raise OrganUnknown
    return found
