"""The monthly statistic: blocks 1 to 9 of domain.md 13.2, made of raw counts and checked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from services.analytics.domain.codes import Code, Codes
from services.analytics.domain.comparison import BORDERS, DEFINITION, Change, change, share
from services.analytics.domain.counts import Counts, Dimension, Period
from services.analytics.domain.flow import flow_of, stock_of
from services.analytics.domain.identities import check
from services.analytics.domain.table import Block, Line, Statistic, Total, Visits
from services.analytics.domain.values import (
    NOT_GIVEN,
    OUTSIDE,
    UNCLASSIFIED,
    UNKNOWN,
    Scope,
    Span,
)

DEFINITION_VERSION = "2026.1"
"""Names what the figures mean; two tables are compared only under one of it."""
D = Dimension
NOT_CLASSIFIED = Code(UNCLASSIFIED, "尚未分类", "not yet classified")
NO_RANK = Code(UNKNOWN, "职级不详", "rank unknown")
NO_VIOLATION = Code(NOT_GIVEN, "未选问题类别", "no violation given")
NO_PLACE = Code(UNKNOWN, "发生地不详", "place unknown")
ELSEWHERE = Code(OUTSIDE, "辖区以外", "outside the area")


@dataclass(frozen=True, slots=True)
class Question:
    """Which table; ``organ`` None for all that the asker sees, ``home`` the region that sees the places."""

    organ: str | None
    organ_name: str | None
    home: str | None
    span: Span
    scope: Scope


@dataclass(frozen=True, slots=True)
class _Shape:
    """How one block is cut: its dimension, its words, its codes in order, and how stored codes are folded."""

    number: int
    dimension: Dimension
    zh: str
    en: str
    codes: tuple[Code, ...]
    of_accusations: bool = False
    multi_select: bool = False
    by_category: bool = False
    fold: Callable[[str], str] = lambda code: code


def make_statistic(question: Question, period: Period, codes: Codes) -> Statistic:
    """The checked table. Raises IdentityBroken when the counts contradict each other."""
    now = period.now
    table = Statistic(
        organ=question.organ,
        organ_name=question.organ_name,
        since=question.span.first,
        until=question.span.last,
        scope=question.scope,
        definition=DEFINITION_VERSION,
        accusations=now.accusations,
        unit_heads=now.unit_heads,
        total=_total(period, by_category=question.scope is Scope.ACCUSATIONS),
        visits=Visits(now.of(D.CHANNEL).get("VISIT", 0), now.visit_batches, now.visit_persons),
        blocks=tuple(_block(shape, question, period, codes) for shape in _shapes(question, period, codes)),
        flow=flow_of(period.movements),
        stock=stock_of(period.movements, codes.states),
    )
    return check(table)


def _shapes(question: Question, period: Period, codes: Codes) -> tuple[_Shape, ...]:
    def region(code: str) -> str:
        return codes.region_line(code or None, question.home)

    return (
        _Shape(2, D.NATURE, "信访分类", "by nature", (*codes.natures, NOT_CLASSIFIED), by_category=True),
        _Shape(3, D.CHANNEL, "渠道", "by channel", codes.channels),
        _Shape(4, D.SOURCE, "来源", "by source", codes.source_groups,
               fold=lambda code: codes.source_lines.get(code, code)),
        _Shape(5, D.OCCURRENCE, "检举控告：初次与重复", "accusations: initial and repeat", codes.occurrences,
               of_accusations=True, by_category=True),
        _Shape(5, D.NAME_STATUS, "检举控告：署名情况", "accusations: name status", codes.name_statuses,
               of_accusations=True, by_category=True),
        _Shape(6, D.RANK_GROUP, "检举控告：被反映人职级", "accusations: rank", (*codes.rank_groups, NO_RANK),
               of_accusations=True, by_category=True),
        _Shape(7, D.VIOLATION, "检举控告：问题类别（多选）", "accusations: violations, several may be ticked",
               (*codes.violations, NO_VIOLATION), of_accusations=True, multi_select=True, by_category=True),
        _Shape(7, D.THEME, "检举控告：专项领域（多选）", "accusations: themes, several may be ticked",
               codes.themes, of_accusations=True, multi_select=True, by_category=True),
        _Shape(8, D.REGION, "问题发生地区", "by region of conduct",
               _region_codes(question, period, codes), fold=region),
    )  # fmt: skip


def _region_codes(question: Question, period: Period, codes: Codes) -> tuple[Code, ...]:
    met = {
        codes.region_line(code or None, question.home)
        for counts in (period.now, period.year_before, period.period_before)
        for code in counts.of(D.REGION)
    }
    places = [
        Code(region.code, region.name, region.code) for region in codes.regions.values() if region.code in met
    ]
    return (*places, ELSEWHERE, NO_PLACE)


def _total(period: Period, *, by_category: bool) -> Total:
    now, so_far = period.now, period.year_to_date

    def against(mine: Counts, other: Counts) -> Change:
        unlike = _definition(mine, other) if by_category else None
        return change(mine.item_times, other.item_times, unlike)

    return Total(
        item_times=now.item_times,
        items=now.items,
        year_to_date=so_far.item_times,
        year_to_date_change=against(so_far, period.year_to_date_before),
        year_on_year=against(now, period.year_before),
        period_on_period=against(now, period.period_before),
    )


def _definition(mine: Counts, other: Counts) -> str | None:
    """Why figures by category may not be compared: they stand on several versions of the taxonomy."""
    return DEFINITION if len(mine.taxonomies | other.taxonomies) > 1 else None


def _block(shape: _Shape, question: Question, period: Period, codes: Codes) -> Block:
    base = period.now.accusations if shape.of_accusations else period.now.item_times
    lines = _lines(shape, question, period, codes, base)
    of_accusations = shape.of_accusations or question.scope is Scope.ACCUSATIONS
    return Block(
        number=shape.number,
        code=str(shape.dimension),
        zh=shape.zh,
        en=shape.en,
        base=base,
        base_zh="以检举控告件次为基数" if of_accusations else "以收到件次为基数",
        base_en="of accusations" if of_accusations else "of receipts",
        multi_select=shape.multi_select,
        lines=_ranked(lines) if shape.dimension is D.REGION else lines,
    )


def _lines(shape: _Shape, question: Question, period: Period, codes: Codes, base: int) -> tuple[Line, ...]:
    now = _folded(period.now, shape)
    earlier = (
        (question.span.year_before(), period.year_before, _folded(period.year_before, shape)),
        (question.span.period_before(), period.period_before, _folded(period.period_before, shape)),
    )

    def line(code: Code) -> Line:
        count = now.get(code.code, 0)
        changes = []
        for span, counts, folded in earlier:
            unlike = _definition(period.now, counts) if shape.by_category else None
            if shape.dimension is D.REGION and not codes.same_borders(code.code, (question.span, span)):
                unlike = BORDERS
            changes.append(change(count, folded.get(code.code, 0), unlike))
        return Line(code.code, code.zh, code.en, count, share(count, base), changes[0], changes[1])

    return tuple(line(code) for code in shape.codes)


def _folded(counts: Counts, shape: _Shape) -> Mapping[str, int]:
    folded: dict[str, int] = {}
    for code, count in counts.of(shape.dimension).items():
        line = shape.fold(code)
        folded[line] = folded.get(line, 0) + count
    return folded


def _ranked(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Places in the order of their counts, each with its rank; what is no place comes last without one."""
    places = sorted(
        (line for line in lines if line.code not in {OUTSIDE, UNKNOWN}), key=lambda x: (-x.count, x.code)
    )
    ranked = [replace(line, rank=1 + sum(other.count > line.count for other in places)) for line in places]
    return (*ranked, *(line for line in lines if line.code in {OUTSIDE, UNKNOWN}))
