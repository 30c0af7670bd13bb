"""The few kinds of panel that our dashboards have, on the typed builders of Grafana's own library."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from grafana_foundation_sdk.builders import bargauge, stat, timeseries
from grafana_foundation_sdk.builders.common import ReduceDataOptions
from grafana_foundation_sdk.builders.dashboard import Dashboard, DatasourceVariable, Row, ThresholdsConfig
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.common import BarGaugeDisplayMode, BigValueGraphMode, VizOrientation
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DataSourceRef,
    DynamicConfigValue,
    GridPos,
    Panel,
    Threshold,
    ThresholdsMode,
)

SOURCE = DataSourceRef(type_val="prometheus", uid="${source}")
WIDTH, HEIGHT, LOW = 24, 8, 5
GREEN, ORANGE, RED = "green", "orange", "red"
AnyPanel = Builder[Panel]


@dataclass(frozen=True, slots=True)
class Query:
    """A query and what its series are called: ``{{label}}`` stands for a label's value."""

    expr: str
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """From which value on a figure is orange and from which it is red; None for never."""

    orange: float | None = None
    red: float | None = None

    def steps(self) -> ThresholdsConfig:
        """The same in Grafana's words."""
        given = [(None, GREEN), (self.orange, ORANGE), (self.red, RED)]
        steps = [Threshold(value, colour) for value, colour in given if colour == GREEN or value is not None]
        return ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps)


NO_LIMITS, NEVER = Limits(), Limits(red=1)
NO_NAMES: Mapping[str, str] = MappingProxyType({})


def or_zero(query: str, among: str = "") -> str:
    """A query that says 0 where it has nothing to say: for each series of ``among``, else once."""
    each = f" or 0 * {among}" if among else ""
    return f"{query}{each} or on () vector(0)"


def figure(title: str, query: str, help_: str, *, unit: str = "none", limits: Limits = NO_LIMITS) -> AnyPanel:
    """One number in large."""
    return (
        stat.Panel()
        .title(title)
        .description(help_)
        .datasource(SOURCE)
        .unit(unit)
        .thresholds(limits.steps())
        .graph_mode(BigValueGraphMode.NONE)
        .reduce_options(ReduceDataOptions().calcs(["lastNotNull"]))
        .with_target(_target(Query(query), "A"))
        .height(LOW)
        .span(4)
    )


def curve(
    title: str,
    queries: Sequence[Query],
    help_: str,
    *,
    unit: str = "none",
    names: Mapping[str, str] = NO_NAMES,
    span: int = 8,
) -> AnyPanel:
    """Values over time, one line a series; ``names`` gives series another word than their legend."""
    panel = (
        timeseries.Panel()
        .title(title)
        .description(help_)
        .datasource(SOURCE)
        .unit(unit)
        .min(0)
        .fill_opacity(8)
        .height(HEIGHT)
        .span(span)
    )
    for query, ref_id in zip(queries, "ABCDEFGH", strict=False):
        panel.with_target(_target(query, ref_id))
    for code, word in names.items():
        panel.override_by_name(code, [DynamicConfigValue("displayName", word)])
    return panel


def bars(title: str, query: Query, help_: str, *, names: Mapping[str, str], span: int = 12) -> AnyPanel:
    """Present values side by side, a bar a series, under the words of ``names``."""
    panel = (
        bargauge.Panel()
        .title(title)
        .description(help_)
        .datasource(SOURCE)
        .orientation(VizOrientation.HORIZONTAL)
        .display_mode(BarGaugeDisplayMode.BASIC)
        .reduce_options(ReduceDataOptions().calcs(["lastNotNull"]))
        .min(0)
        .thresholds(NO_LIMITS.steps())
        .with_target(_target(query, "A"))
        .height(HEIGHT)
        .span(span)
    )
    for code, word in names.items():
        panel.override_by_name(code, [DynamicConfigValue("displayName", word)])
    return panel


def board(
    uid: str, title: str, help_: str, rows: Sequence[tuple[str, Sequence[AnyPanel]]], *, since: str
) -> Dashboard:
    """A dashboard of titled rows; it asks any Prometheus that its viewer picks."""
    made = (
        Dashboard(title)
        .uid(uid)
        .description(help_)
        .tags(["dengwen"])
        .timezone("Asia/Shanghai")
        .refresh("30s")
        .time(f"now-{since}", "now")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .readonly()
        .with_variable(DatasourceVariable("source").label("数据源 Prometheus").type("prometheus"))
    )
    y = 0
    for name, panels in rows:
        made.with_row(Row(name).grid_pos(GridPos(h=1, w=WIDTH, x=0, y=y)))
        y = _laid_out(panels, y + 1)
        for panel in panels:
            made.with_panel(panel)
    return made


def _laid_out(panels: Sequence[AnyPanel], top: int) -> int:
    """Give each panel its place, line by line from ``top`` down; returns the first free line."""
    x, line = 0, 0
    for panel in panels:
        place = panel.build().grid_pos
        assert place is not None
        if x + place.w > WIDTH:
            x, top, line = 0, top + line, 0
        place.x, place.y = x, top
        x, line = x + place.w, max(line, place.h)
    return top + line


def _target(query: Query, ref_id: str) -> Dataquery:
    return Dataquery().expr(query.expr).legend_format(query.legend or "__auto").ref_id(ref_id)
