"""The documents speak of what there is: every file, tier, verb and fact they name, and none they forget."""

import re
from pathlib import Path

import pytest
import yaml

from tests.architecture.tree import ROOT

CONTRACTS, SERVICES = ROOT / "contracts", ROOT / "services"
PAGES = [
    ROOT / "README.md",
    CONTRACTS / "README.md",
    ROOT / "tests" / "README.md",
    ROOT / "deploy" / "container" / "README.md",
    ROOT / "deploy" / "local" / "README.md",
    ROOT / "deploy" / "helm" / "README.md",
    ROOT / "deploy" / "prometheus" / "README.md",
    *sorted((ROOT / "deploy" / "runbooks").glob("*.md")),
    *sorted(SERVICES.glob("*/README.md")),
]
FILE = re.compile(r"[\w./<>*-]+\.(?:py|yaml|md|toml|patch|schema\.json)")
FOLDER = re.compile(r"(?:[\w<>*-]+/){2,}")
QUOTED = re.compile(r"`([^`\n]+)`")
WITH_FACTS = ("intake", "referral", "review", "reception", "analytics")
FACTS = {
    f"{service.name}.{fact.name}"
    for service in (CONTRACTS / "events").iterdir()
    for fact in service.iterdir()
}
NOT_YET = {"v2.schema.json"}
"""What a page tells its reader to write."""
POINTERS = {"send": ("published_events.py", "Nothing yet"), "receive": ("stream.py", "vocabulary.py")}
"""Where a page may point instead of naming each fact."""


def named_paths(page: Path) -> set[str]:
    """Files and folders that a page names; a name after a colon is a function in the file."""
    names = {quoted.partition(":")[0].strip() for quoted in QUOTED.findall(page.read_text(encoding="utf-8"))}
    return {name for name in names if FILE.fullmatch(name) or FOLDER.fullmatch(name)} - NOT_YET


def is_there(name: str, page: Path) -> bool:
    """Whether something of that name lies beside the page, below it, or in the project."""
    pattern = re.sub(r"<[^>]+>", "*", name).rstrip("/")
    return any(next(place.glob(pattern), None) for place in (ROOT, page.parent)) or any(
        next(place.rglob(pattern), None) for place in (page.parent, CONTRACTS, SERVICES)
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_a_page_names_is_there(page: Path) -> None:
    assert sorted(name for name in named_paths(page) if not is_there(name, page)) == []


def test_a_file_that_is_not_there_is_found_out(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text("see `domain/nothing_of_ours.py` and `services/*/rules/`", encoding="utf-8")

    assert sorted(name for name in named_paths(page) if not is_there(name, page)) == [
        "domain/nothing_of_ours.py"
    ]


def test_every_tier_of_tests_has_its_row() -> None:
    rows = set(re.findall(r"^\| `(\w+)/` \|", PAGES[2].read_text(encoding="utf-8"), re.MULTILINE))
    tiers = {folder.name for folder in (ROOT / "tests").iterdir() if (folder / "__init__.py").exists()}

    assert rows == tiers - {"support"}


def test_every_verb_of_make_that_a_page_names_is_one() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    verbs = set(re.findall(r"^([a-z]+):.*##", makefile, re.MULTILINE)) - {"help"}
    named = {
        verb for page in PAGES for verb in re.findall(r"(?:`| {4})make ([a-z]+)", page.read_text("utf-8"))
    }

    assert verbs == set(
        "setup demo test up down status check chaos bench images containers chart watch".split()  # noqa: SIM905
    )
    assert named <= verbs


def facts_of(service: str, action: str) -> set[str]:
    """The facts a service sends or receives, by its AsyncAPI file, without their version."""
    file = yaml.safe_load((CONTRACTS / "asyncapi" / f"{service}.yaml").read_text(encoding="utf-8"))
    found: set[str] = set()
    for operation in file["operations"].values():
        if operation["action"] == action:
            channel = file["channels"][operation["channel"]["$ref"].rpartition("/")[2]]
            chosen = operation.get("messages") or channel["messages"].values()
            found |= {message["$ref"].rpartition("/")[2] for message in chosen}
    return {name.removesuffix(".v1").partition(".")[2] or name for name in found}


@pytest.mark.parametrize("action", POINTERS)
@pytest.mark.parametrize("service", WITH_FACTS)
def test_a_page_names_every_fact_its_service_says_and_hears_or_where_they_stand(
    service: str, action: str
) -> None:
    text = (SERVICES / service / "README.md").read_text(encoding="utf-8")
    if not any(pointer in text for pointer in POINTERS[action]):
        assert sorted(name for name in facts_of(service, action) if name not in text) == []


@pytest.mark.parametrize("service", WITH_FACTS)
def test_a_page_names_no_fact_that_its_service_neither_says_nor_hears(service: str) -> None:
    text = (SERVICES / service / "README.md").read_text(encoding="utf-8")
    known = {fact.partition(".")[2] for fact in FACTS}
    named = {quoted.removesuffix(".v1").rpartition(".")[2] for quoted in QUOTED.findall(text)} & known

    assert sorted(named - facts_of(service, "send") - facts_of(service, "receive")) == []
