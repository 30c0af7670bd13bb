"""Writes the dashboards as the JSON that Grafana takes: ``python -m deploy.grafana.render``."""

import json
from pathlib import Path

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from deploy.grafana import office, operations, service

FOLDER = Path(__file__).with_name("dashboards")


def dashboards() -> dict[str, Dashboard]:
    """Every dashboard by the name of its file."""
    found = {"office": office.dashboard(), "operations": operations.dashboard()}
    return found | {name: service.dashboard(name) for name in service.services()}


def text_of(dashboard: Dashboard) -> str:
    """The JSON of a dashboard, with its panels numbered from 1."""
    built = dashboard.build()
    for number, panel in enumerate(built.panels or [], 1):
        panel.id_val = number
    return json.dumps(built, cls=JSONEncoder, sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write every file anew and remove those of dashboards that are no more."""
    FOLDER.mkdir(exist_ok=True)
    wanted = dashboards()
    for file in FOLDER.glob("*.json"):
        if file.stem not in wanted:
            file.unlink()
    for name, dashboard in wanted.items():
        (FOLDER / f"{name}.json").write_text(text_of(dashboard), encoding="utf-8")


if __name__ == "__main__":
    main()
