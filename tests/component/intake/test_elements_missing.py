"""A report that is not complete: the answer says which elements are missing, by name in both languages."""

import inspect
import re
from typing import Any

import pytest

from services.intake.adapters.http_elements import NAMES
from services.intake.domain import elements
from tests.support.entry_desk import TODAY, EntryDesk, entry

pytestmark = pytest.mark.component
CONTENT = entry()["content"]
ACCUSATION = entry()["classification"]
ROWS: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("a title", {"content": CONTENT | {"title": None}}, {"title": "标题"}),
    ("a summary", {"content": CONTENT | {"summary": None}}, {"summary": "摘要"}),
    ("a nature", {"classification": None}, {"nature": "信访分类"}),
    ("a violation", {"classification": {"nature": "N1"}}, {"violations": "违纪违法行为"}),
    ("a party", {"parties": []}, {"parties": "被反映人"}),
    (
        "anything concrete",
        {"content": CONTENT | {"allegations": [{"what": "违规发放补贴"}]}},
        {"allegations": "具体问题"},
    ),
    ("a kind out of scope", {"classification": {"nature": "N4"}}, {"oos_kinds": "业务范围外类别"}),
    (
        "what the other violation is",
        {"classification": ACCUSATION | {"violations": ["V3-99"], "primary_violation": "V3-99"}},
        {"other_violation": "其他违纪违法行为说明"},
    ),
    (
        "the organ above",
        {"arrival": {"received_on": TODAY.isoformat(), "channel": "LETTER", "source": "SUPERIOR_TRANSFER"}},
        {"superior_organ": "转交上级机关"},
    ),
    (
        "a postmark before the receipt",
        {"arrival": {"received_on": TODAY.isoformat(), "channel": "LETTER", "postmark_on": "2999-01-01"}},
        {"postmark_on": "邮戳日期"},
    ),
    (
        "a conduct before the receipt",
        {"classification": ACCUSATION | {"conduct_on": "2999-01-01"}},
        {"conduct_on": "问题发生日期"},
    ),
    ("who signed", {"reporter": {"name_status": "SIGNED_UNVERIFIED"}}, {"reporter": "信访人"}),
    (
        "all of a real name",
        {"reporter": {"name_status": "REAL_NAME"}},
        {"reporter": "信访人", "phone": "联系方式", "verify_method": "核实方式", "verified_on": "核实日期"},
    ),
]


async def test_the_answer_names_what_is_missing_and_nothing_of_the_content(desk: EntryDesk) -> None:
    named, bare = {}, []
    for lacking, given, _ in ROWS:
        report = await desk.entered(**given)
        refused = await desk.post(f"/reports/{report}/complete", "clerk-1", version=1)
        problem = refused.json()
        assert (refused.status_code, problem["code"]) == (422, "elements-missing"), lacking
        named[lacking] = {row["name"]: row["zh"] for row in problem["elements"]}
        assert all(row["en"].isascii() and row["en"] in problem["title_en"] for row in problem["elements"])
        assert all(row["zh"] in problem["title"] for row in problem["elements"])
        bare.append("虚构" not in refused.text)

    assert named == {lacking: missing for lacking, _, missing in ROWS}
    assert all(bare)


def test_every_element_that_can_be_missing_has_a_name_in_both_languages() -> None:
    source = inspect.getsource(elements)

    yielded = set(re.findall(r'yield "([a-z_]+)"', source))

    assert yielded == NAMES.keys()
