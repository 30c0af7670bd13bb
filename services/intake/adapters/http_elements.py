"""Which elements are missing or contradict each other, told by name in both languages; never a value."""

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import Request, Response

from services.chassis.problems import Problem, answer, code_of
from services.intake.domain.errors import ElementsMissing

NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "received_on": ("收到日期", "day of receipt"),
        "postmark_on": ("邮戳日期", "postmark"),
        "superior_organ": ("转交上级机关", "superior organ that sent it"),
        "title": ("标题", "title"),
        "summary": ("摘要", "summary"),
        "nature": ("信访分类", "nature"),
        "conduct_on": ("问题发生日期", "day of the conduct"),
        "allegations": ("具体问题", "a concrete allegation"),
        "violations": ("违纪违法行为", "violations"),
        "parties": ("被反映人", "reported party"),
        "oos_kinds": ("业务范围外类别", "kind out of scope"),
        "other_violation": ("其他违纪违法行为说明", "what the other violation is"),
        "reporter_count": ("信访人数", "number of reporters"),
        "reporter": ("信访人", "reporter"),
        "phone": ("联系方式", "way to reach the reporter"),
        "verify_method": ("核实方式", "how the name was verified"),
        "verified_on": ("核实日期", "day of the verification"),
    }
)
"""What a desk calls each element of domain.md 6.1."""


async def name_elements(_: Request, refusal: Exception) -> Response:
    """422 with the elements as a list and in the title."""
    assert isinstance(refusal, ElementsMissing)
    named = [{"name": name, "zh": NAMES[name][0], "en": NAMES[name][1]} for name in refusal.elements]
    return answer(
        Problem(
            422,
            code_of(ElementsMissing),
            "要素不完整或相互矛盾：" + "、".join(row["zh"] for row in named),
            "Elements are missing or contradict: " + ", ".join(row["en"] for row in named),
            ElementsMissing.article,
            more={"elements": named},
        )
    )
