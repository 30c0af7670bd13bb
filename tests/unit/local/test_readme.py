"""The page of who runs it names the verbs, the settings and the ports that there are."""

import re
from pathlib import Path

import typer

from deploy.local.command import app
from deploy.local.figures import COMPARISONS, _read
from deploy.local.ports import CONTROLLER, HTTP, KAFKA, MEASURES, POSTGRES, PROMETHEUS

ROOT = Path(__file__).resolve().parents[3]
LOCAL = ROOT / "deploy" / "local"
PAGE = (LOCAL / "README.md").read_text(encoding="utf-8")
SETTING = re.compile(r"\bDENGWEN_[A-Z]+(?:_[A-Z]+)*\b")
OF_SERVICES = re.compile(r"DENGWEN_(?:TEST|[A-Z]+_API|[A-Z]+_WORKER)")


def test_every_verb_is_on_the_page_and_the_page_names_no_other() -> None:
    verbs = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]  # a group of commands

    rows = re.findall(r"^\| (`.*?) \|", PAGE.partition("**Console.**")[0], re.MULTILINE)
    named = {quoted.split()[0] for row in rows for quoted in re.findall(r"`([a-z][^`]*)`", row)}

    assert named == verbs


def test_every_setting_on_the_page_is_read_and_every_one_read_is_on_the_page() -> None:
    text = "\n".join(file.read_text(encoding="utf-8") for file in sorted(LOCAL.rglob("*.py")))
    read = {name for name in SETTING.findall(text) if not OF_SERVICES.match(name)}

    assert set(SETTING.findall(PAGE)) - {"DENGWEN_LOCAL"} == read - {"DENGWEN_LOCAL"}


def test_the_ports_on_the_page_are_the_defaults() -> None:
    ports = {**HTTP, "kafka": KAFKA, "controller": CONTROLLER, "postgres": POSTGRES}
    ports |= {"prometheus": PROMETHEUS, "measures": MEASURES}

    assert {name.lower(): int(port) for name, port in re.findall(r"`([A-Z]+)` (\d{4,5})", PAGE)} == ports


def test_what_a_comparison_found_is_read_whether_it_counts_figures_or_records() -> None:
    same = _read(COMPARISONS["recompute"], {"compared": 40, "differing": 0, "dimensions": []})
    other = _read(COMPARISONS["recompute"], {"compared": 40, "differing": 2, "dimensions": ["act", "nature"]})
    rebuilt = _read(COMPARISONS["rebuild"], {"records": 9, "kept": {}, "differing": ["receipt"]})

    assert (same.counted, same.holds) == (40, True)
    assert (other.differing, other.holds) == ("act, nature", False)
    assert (rebuilt.counted, rebuilt.differing) == (9, "receipt")
