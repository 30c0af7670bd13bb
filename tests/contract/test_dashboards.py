"""The dashboards: the committed JSON is what the code says, and every panel asks for what there is."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.render import FOLDER, dashboards, text_of
from deploy.local.processes import KINDS
from deploy.prometheus.catalogue import OF_LIBRARIES, listed, recorded, rules
from tests.support.promql import series_of

NOT_SHOWN: dict[str, str] = {}
"""Metrics of the typed list that no panel shows and no alert watches, with the reason."""
FILES = sorted(FOLDER.glob("*.json"))
CHINESE_FIRST = re.compile(r"^[^a-zA-Z]*[\u4e00-\u9fff].* [A-Za-z]")


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel of one dashboard as Grafana reads it."""

    dashboard: str
    title: str
    description: str
    queries: tuple[str, ...]
    box: tuple[int, int, int, int]


def panels() -> Iterator[Panel]:
    for file in FILES:
        for row in read(file.stem)["panels"]:
            place = row["gridPos"]
            yield Panel(
                file.stem,
                row["title"],
                row.get("description", ""),
                tuple(target["expr"] for target in row.get("targets", ())),
                (place.get("x", 0), place.get("y", 0), place["w"], place["h"]),
            )


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


def on_each_other(one: Panel, other: Panel) -> bool:
    (x, y, w, h), (a, b, v, g) = one.box, other.box
    return x < a + v and a < x + w and y < b + g and b < y + h


SHOWN = [panel for panel in panels() if panel.queries]


def test_the_committed_dashboards_are_those_that_the_code_draws() -> None:
    drawn = {name: text_of(dashboard) for name, dashboard in dashboards().items()}

    assert {file.stem: file.read_text(encoding="utf-8") for file in FILES} == drawn


def test_there_is_one_for_the_office_one_for_operations_and_one_for_each_service() -> None:
    assert {file.stem for file in FILES} == {"office", "operations", *KINDS}


def test_every_panel_asks_only_for_series_that_somebody_writes() -> None:
    known = {name for names in listed().values() for name in names} | OF_LIBRARIES | recorded()

    unknown = {(panel.dashboard, name) for panel in SHOWN for q in panel.queries for name in series_of(q)}

    assert sorted((where, name) for where, name in unknown if name not in known) == []


def test_every_metric_is_shown_or_watched_or_says_why_not() -> None:
    used = {name for panel in SHOWN for query in panel.queries for name in series_of(query)}
    for rule in rules():
        used |= series_of(rule.query)

    unused = {metric for metric, names in listed().items() if not used & set(names)}

    assert unused == NOT_SHOWN.keys()


def test_the_office_is_shown_no_word_of_the_machine() -> None:
    of_the_office = [panel for panel in SHOWN if panel.dashboard == "office"]

    assert [p.title for p in of_the_office if re.search("Kafka|consumer|outbox|lag|进程|磁盘", p.title)] == []


@pytest.mark.parametrize("panel", SHOWN, ids=lambda panel: f"{panel.dashboard}: {panel.title}")
def test_every_panel_speaks_chinese_first_and_says_what_it_shows(panel: Panel) -> None:
    assert CHINESE_FIRST.match(panel.title)
    assert panel.description


@pytest.mark.parametrize("name", [file.stem for file in FILES])
def test_no_panel_lies_on_another_and_none_runs_over_the_edge(name: str) -> None:
    mine = [panel for panel in panels() if panel.dashboard == name]

    assert [(a.title, b.title) for a, b in combinations(mine, 2) if on_each_other(a, b)] == []
    assert [panel.title for panel in mine if panel.box[0] + panel.box[2] > 24] == []


@pytest.mark.parametrize("name", [file.stem for file in FILES])
def test_grafanas_own_library_reads_every_dashboard_back_as_it_was_written(name: str) -> None:
    register_default_plugins()

    again = Dashboard.from_json(read(name))

    assert json.loads(json.dumps(again, cls=JSONEncoder)) == read(name)


@pytest.mark.parametrize("name", [file.stem for file in FILES])
def test_every_dashboard_asks_the_prometheus_that_its_viewer_picks(name: str) -> None:
    dashboard = read(name)

    assert dashboard["uid"] == f"dengwen-{name}"
    assert CHINESE_FIRST.match(dashboard["title"])
    assert {panel["datasource"]["uid"] for panel in dashboard["panels"] if "targets" in panel} == {
        "${source}"
    }
    assert [each["id"] for each in dashboard["panels"]] == list(range(1, len(dashboard["panels"]) + 1))
