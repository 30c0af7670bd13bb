"""The HTTP edge: figures, months, live windows and the timeline of a report; nothing is written here."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from services.analytics.adapters.reading import reading
from services.analytics.application.find_statistic import FindStatistic, find_statistic, seen
from services.analytics.application.find_timeline import (
    FindTimeline,
    TimelineEntry,
    TimelineWords,
    find_timeline,
)
from services.analytics.application.ports import MonthFigure, Overview, Window
from services.analytics.domain.codes import Codes
from services.analytics.domain.errors import IdentityBroken, OrganUnknown, ReportUnknown, SpanRefused
from services.analytics.domain.table import Statistic
from services.analytics.domain.values import Month, Scope
from services.chassis.audit import AuditTrail
from services.chassis.calendar import local_day
from services.chassis.database import Pool, Subject, transaction
from services.chassis.http import Refused
from services.chassis.metrics import IDENTITIES_BROKEN
from services.chassis.security.permissions import needs

PREFIX = "/analytics/v1"
REFUSALS = {
    SpanRefused: Refused(422, "起止月份不符合要求", "These months are no span of at most a hundred years"),
    OrganUnknown: Refused(404, "没有找到", "Not found"),
    ReportUnknown: Refused(404, "没有找到", "Not found"),
    IdentityBroken: Refused(
        503, "数据校验未通过，暂不提供统计表", "The figures contradict each other; withheld"
    ),
}
MONTH = r"^(19[5-9][0-9]|20[0-9]{2})-(0[1-9]|1[0-2])$"
ORGAN = r"^[A-Za-z0-9][A-Za-z0-9:._-]{0,63}$"
RECENT = {"minute": timedelta(hours=1), "hour": timedelta(hours=48)}
MonthText = Annotated[str, Query(pattern=MONTH, description="A local month, YYYY-MM.")]
OrganText = Annotated[
    str | None,
    Query(pattern=ORGAN, description="One organ; all that the asker may see when absent or 'all'."),
]
Grain = Annotated[str, Query(pattern="^(minute|hour)$", description="Length of a window.")]
Reader = Annotated[Subject, Depends(needs("read-statistics"))]


class Months(BaseModel):
    """The months that have data, latest first."""

    months: list[MonthFigure]


class Live(BaseModel):
    """Windows of the last hour by minute, or of the last two days by hour; no figures of record."""

    grain: str
    since: datetime
    windows: list[Window]


class Timeline(BaseModel):
    """The facts about one report, oldest first."""

    report_id: UUID
    facts: list[TimelineEntry]


def router(pool: Pool, codes: Codes, words: TimelineWords, now: Callable[[], datetime]) -> APIRouter:
    """The routes, over a pool of the api role; ``now`` gives the instant in UTC."""
    routes = APIRouter(prefix=PREFIX)
    states = {state.code: state.zh for state in codes.states}

    @routes.get("/statistics")
    async def statistics(
        subject: Reader,
        since: Annotated[str, Query(alias="from", pattern=MONTH, description="First month, YYYY-MM.")],
        until: Annotated[str, Query(alias="to", pattern=MONTH, description="Last month, YYYY-MM.")],
        organ: OrganText = None,
        scope: Scope = Scope.ALL,
    ) -> Statistic:
        """Blocks 1 to 9 of the monthly statistic 月统计 for whole months; every identity was checked."""
        query = FindStatistic(subject.organ, _one(organ), _month(since), _month(until), scope)
        async with reading(pool, subject, local_day(now())) as figures:
            try:
                return await find_statistic(query, figures, codes)
            except IdentityBroken as broken:
                for name in broken.names:
                    IDENTITIES_BROKEN.labels(name).inc()
                raise

    @routes.get("/months")
    async def months(subject: Reader, organ: OrganText = None) -> Months:
        """Which months have data."""
        async with reading(pool, subject, local_day(now())) as figures:
            if _one(organ) is not None:
                await seen(figures, str(organ))
            return Months(months=await figures.months(_one(organ)))

    @routes.get("/overview")
    async def overview(subject: Annotated[Subject, Depends(needs("read-overview"))]) -> Overview:
        """Counts of this moment over all organs the asker may see, and the latest month."""
        at = now()
        async with reading(pool, subject, local_day(now())) as figures:
            return await figures.overview(at, local_day(at), states)

    @routes.get("/live")
    async def live(
        subject: Annotated[Subject, Depends(needs("read-overview"))],
        grain: Grain = "minute",
        organ: OrganText = None,
    ) -> Live:
        """Live windows 实时: facts a minute or an hour, by channel, nature and region."""
        since = now().astimezone(UTC) - RECENT[grain]
        async with reading(pool, subject, local_day(now())) as figures:
            if _one(organ) is not None:
                await seen(figures, str(organ))
            windows = await figures.windows(grain, since, _one(organ))
        return Live(grain=grain, since=since, windows=windows)

    @routes.get("/reports/{report_id}/timeline")
    async def timeline(
        report_id: UUID, subject: Annotated[Subject, Depends(needs("read-timeline"))]
    ) -> Timeline:
        """The facts of one report that the asker's organ may see, in order; the look is recorded first."""
        async with reading(pool, subject, local_day(now())) as figures:
            query = FindTimeline(report_id, subject.id, subject.organ, subject.seats)
            entries = await find_timeline(query, figures, words)
        async with transaction(pool, subject) as connection:
            trail = AuditTrail(connection, subject.id, subject.organ)
            await trail.note("timeline-read", "report", str(report_id), facts=len(entries))
        return Timeline(report_id=report_id, facts=list(entries))

    return routes


def _one(organ: str | None) -> str | None:
    return None if organ in {None, "all"} else organ


def _month(text: str) -> Month:
    found = re.fullmatch(MONTH, text)
    assert found is not None
    return Month(int(found[1]), int(found[2]))
