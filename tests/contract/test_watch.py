"""The watch: every rule is sound and tried, every alert leads to a page, every series there is exists."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.local.ports import Ports
from deploy.local.processes import operations_ports
from deploy.prometheus.catalogue import OF_LIBRARIES, Rule, listed, recorded, rule_files, rules
from deploy.prometheus.scrape import HERE, configuration, render
from tests.contract.catalogue import ROOT
from tests.support.promql import series_of

TRIED = sorted((HERE / "tests").glob("*.yaml"))
ALERTS = [rule for rule in rules() if rule.is_alert]
SEVERITIES = {"page", "ticket"}
SET_OUT_TO_DO = {"restore.md": "nothing fires when somebody decides to restore"}
"""Pages that no alert leads to, with the reason."""


def promtool(*words: str) -> subprocess.CompletedProcess[str]:
    """Run promtool; a machine that has none skips the test, which counts as not passed."""
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not on this machine (Debian: package prometheus), so no rule was tried")
    return subprocess.run([program, *words], cwd=HERE, capture_output=True, text=True, check=False)


def known_series() -> set[str]:
    return {name for names in listed().values() for name in names} | OF_LIBRARIES | recorded()


def trials(kind: str) -> list[dict[str, Any]]:
    """The trials of all test files: ``alert_rule_test`` or ``promql_expr_test``."""
    files = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in TRIED]
    return [trial for file in files for test in file["tests"] for trial in test.get(kind, ())]


def test_prometheus_takes_every_rule() -> None:
    done = promtool("check", "rules", *map(str, rule_files()))

    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_takes_the_configuration_of_the_local_platform(tmp_path: Path) -> None:
    file = tmp_path / "prometheus.yml"
    file.write_text(render(Ports.of({})), encoding="utf-8")

    done = promtool("check", "config", str(file))

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_fires_when_it_must_and_stays_quiet_when_it_must() -> None:
    done = promtool("test", "rules", *map(str, TRIED))

    assert done.returncode == 0, done.stdout + done.stderr


def test_a_rule_that_never_fires_would_be_found_out(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "tests").mkdir()
    rule = (HERE / "rules" / "processes.yaml").read_text(encoding="utf-8").replace("== 0", "== 2")
    (tmp_path / "rules" / "processes.yaml").write_text(rule, encoding="utf-8")
    for name in ("rules/recording.yaml", "tests/processes.yaml"):
        shutil.copy(HERE / name, tmp_path / name)

    done = promtool("test", "rules", str(tmp_path / "tests" / "processes.yaml"))

    assert done.returncode == 1
    assert "ProcessAway" in done.stdout + done.stderr


def test_every_process_of_the_platform_is_looked_at_under_its_name() -> None:
    ports = Ports.of({"DENGWEN_LOCAL_PORT_SHIFT": "700"})
    job, _ = configuration(ports)["scrape_configs"]

    looked_at = {row["labels"]["process"]: row["targets"] for row in job["static_configs"]}

    assert looked_at == {name: [f"127.0.0.1:{port}"] for name, port in operations_ports(ports).items()}


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: str(rule.name))
def test_every_alert_is_tried_both_ways(rule: Rule) -> None:
    of_it = [trial for trial in trials("alert_rule_test") if trial["alertname"] == rule.name]

    assert any(trial["exp_alerts"] for trial in of_it)
    assert any(not trial["exp_alerts"] for trial in of_it)


def test_every_recorded_series_is_tried() -> None:
    tried: set[str] = set()
    for trial in trials("promql_expr_test"):
        tried |= series_of(trial["expr"])

    assert sorted(recorded() - tried) == []


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: str(rule.name))
def test_every_alert_speaks_chinese_first_and_names_a_page_that_is_there(rule: Rule) -> None:
    assert re.match(r"[\u4e00-\u9fff]+.* [A-Z][a-z]*", rule.annotations["summary"])
    assert rule.labels["severity"] in SEVERITIES
    assert (ROOT / rule.annotations["runbook"]).is_file()


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: str(rule.name))
def test_the_page_of_an_alert_says_that_it_is_about_it(rule: Rule) -> None:
    assert f"`{rule.name}`" in (ROOT / rule.annotations["runbook"]).read_text(encoding="utf-8")


def test_every_page_is_that_of_an_alert_or_says_what_somebody_sets_out_to_do() -> None:
    pages = {file.name for file in (ROOT / "deploy" / "runbooks").glob("*.md")}
    named = {Path(rule.annotations["runbook"]).name for rule in ALERTS}

    assert sorted(pages - named) == sorted(SET_OUT_TO_DO)


def test_no_two_alerts_have_one_name() -> None:
    assert len({rule.name for rule in ALERTS}) == len(ALERTS)


@pytest.mark.parametrize("rule", list(rules()), ids=lambda rule: str(rule.name))
def test_a_rule_reads_no_series_that_nobody_writes(rule: Rule) -> None:
    assert sorted(series_of(rule.query) - known_series()) == []


@pytest.mark.parametrize(
    "query", ["petition_facts_sent", "rate(petition_facts_total[5m])", "petition_outbox"]
)
def test_a_series_that_nobody_writes_is_found_out(query: str) -> None:
    assert series_of(query) - known_series()
