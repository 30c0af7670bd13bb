"""The mapping file: what it must say, and what no file may do to who reads it."""

from datetime import date
from pathlib import Path

import pytest

from services.intake.adapters.register_mapping_file import (
    LARGEST_MAPPING_BYTES,
    read_mapping,
    spellings_of,
)
from services.intake.domain.register_mapping import Field, RegisterMapping, Statement
from services.intake.domain.register_refusals import MappingIncomplete, MappingMalformed, RegisterNotCleared
from tests.unit.intake.registers import SPELLINGS

SHIPPED = Path(__file__).resolve().parents[3] / "services" / "intake" / "rules" / "registers"
LEAST = """
register: sample
sheet: 台账
columns:
  number: 编号
  received_on: 收到日期
  text: 内容
fixed:
  channel: LETTER
nothing_superior_level:
  stated_by: 云青山（虚构）
  stated_on: 2026-01-05
"""
ON_PAPER = """
classification_confirmed_on_paper:
  officers: [石文竹（虚构）, 林若水（虚构）]
  confirmed_on: 2026-01-06
"""


def mapping_of(text: str) -> RegisterMapping:
    """The mapping that a file of this text gives, complete."""
    mapping = read_mapping(text.encode())
    mapping.refuse_incomplete()
    return mapping


def without(line: str) -> str:
    """The least file without the line that begins so."""
    lines = [one for one in LEAST.splitlines() if not one.strip().startswith(line)]
    assert len(lines) < len(LEAST.splitlines())
    return "\n".join(lines)


def test_the_least_file_says_where_the_rows_are_and_who_answers_for_them() -> None:
    mapping = mapping_of(LEAST)

    assert (mapping.register, mapping.sheet, mapping.header_row) == ("sample", "台账", 1)
    assert mapping.columns == {Field.NUMBER: "编号", Field.RECEIVED_ON: "收到日期", Field.TEXT: "内容"}
    assert mapping.cleared == Statement(("云青山（虚构）",), date(2026, 1, 5))
    assert mapping.confirmed is None


def test_two_officers_may_have_confirmed_the_classification_on_paper() -> None:
    mapping = mapping_of(LEAST.replace("  text: 内容", "  text: 内容\n  nature: 分类") + ON_PAPER)

    assert mapping.confirmed == Statement(("石文竹（虚构）", "林若水（虚构）"), date(2026, 1, 6))


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_shipped_mapping_can_be_used(file: Path) -> None:
    mapping = mapping_of(file.read_text(encoding="utf-8"))

    assert spellings_of(mapping, SPELLINGS)


@pytest.mark.parametrize("line", ["nothing_superior_level", "stated"])
def test_without_the_heads_statement_nothing_is_imported(line: str) -> None:
    text = LEAST.partition("nothing_superior_level")[0]

    with pytest.raises(RegisterNotCleared):
        mapping_of(text if line == "nothing_superior_level" else text + "nothing_superior_level:\n")


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        (without("number"), ("number",)),
        (without("received_on"), ("received_on",)),
        (without("text"), ("text",)),
        (without("channel").replace("fixed:", ""), ("channel",)),
        (LEAST.replace("  text: 内容\nfixed:", "fixed:\n  text: 同一内容"), ("text",)),
        (LEAST + ON_PAPER, ("nature",)),
        (
            LEAST.replace("  channel", "  nature: N1\n  channel") + ON_PAPER.replace("林若水", "石文竹"),
            ("classification_confirmed_on_paper.officers",),
        ),
    ],
    ids=["number", "received_on", "text", "channel", "text fixed", "nature", "one officer twice"],
)
def test_what_no_import_can_do_without_is_named(text: str, lacking: tuple[str, ...]) -> None:
    with pytest.raises(MappingIncomplete) as refused:
        mapping_of(text)

    assert refused.value.fields == lacking


MALFORMED = {
    "empty": ("", ()),
    "a list": ("- 甲\n", ()),
    "no YAML": ("columns: [编号\n", ()),
    "a tab": ("columns:\n\tnumber: 编号\n", ()),
    "an object of the language": (LEAST + "header_row: !!python/object/apply:os.getpid []\n", ()),
    "two documents": (LEAST + "---\n" + LEAST, ()),
    "an unknown key": (LEAST + "officer: 甲\n", ()),
    "an unknown field": (LEAST.replace("  number:", "  nummer:"), ("columns",)),
    "a field as column and fixed": (LEAST.replace("  channel", "  text: 甲\n  channel"), ("columns",)),
    "one header for two fields": (LEAST.replace("内容", "编号"), ("columns",)),
    "codes of a text": (LEAST + "codes:\n  text: {甲: N1}\n", ("codes",)),
    "header row zero": (LEAST + "header_row: 0\n", ("header_row",)),
    "header row as text": (LEAST + "header_row: '1'\n", ("header_row",)),
    "register with blanks": (LEAST.replace("sample", "a b"), ("register",)),
    "register a number": (LEAST.replace("sample", "12"), ("register",)),
    "header a number": (LEAST.replace("编号", "12"), ("columns",)),
    "header of a control character": (LEAST.replace("编号", '"甲\\u0007"'), ("columns",)),
    "header too long": (LEAST.replace("编号", "甲" * 201), ("columns",)),
    "day that is none": (LEAST.replace("2026-01-05", "2026-02-30"), ()),
    "day as text": (LEAST.replace("2026-01-05", "某日"), ("nothing_superior_level",)),
    "nobody states it": (LEAST.replace("云青山（虚构）", '""'), ("nothing_superior_level",)),
    "one officer": (LEAST + ON_PAPER.replace(", 林若水（虚构）", ""), ("classification_confirmed_on_paper",)),
    "three officers": (LEAST + ON_PAPER.replace("]", ", 叶知秋]"), ("classification_confirmed_on_paper",)),
    "officers twice": (LEAST + ON_PAPER + "  officers: [甲, 乙]\n", ()),
    "statement twice": (LEAST + "nothing_superior_level: {stated_by: 甲, stated_on: 2026-01-05}\n", ()),
    "field twice": (LEAST.replace("  text:", "  number: 序号\n  text:"), ()),
    "key twice as number": (LEAST + "codes:\n  channel: {1: LETTER, 1: PHONE}\n", ()),
    "an alias": (LEAST.replace("编号", "&n 编号").replace("内容", "*n"), ()),
    "a merge": (LEAST.replace("fixed:", "fixed:\n  <<: {source: SELF_RECEIVED}"), ()),
    "a key that is a list": (LEAST + "? [a]\n: b\n", ()),
    "beyond 64 KB": (LEAST + "#" * LARGEST_MAPPING_BYTES, ()),
    "a hundred thousand brackets": ("[" * 60_000, ()),
}


@pytest.mark.parametrize(("text", "places"), MALFORMED.values(), ids=MALFORMED)
def test_a_file_that_cannot_be_read_names_places_and_never_values(text: str, places: tuple[str, ...]) -> None:
    with pytest.raises(MappingMalformed) as refused:
        read_mapping(text.encode())

    assert refused.value.fields == places


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"\x00", "register: 甲".encode("gb18030"), b"a: \xed\xa0\x80"]
)
def test_bytes_that_are_no_text_are_malformed(content: bytes) -> None:
    with pytest.raises(MappingMalformed):
        read_mapping(content)


@pytest.mark.parametrize("bomb", ["*{0}", "{{<<: *{0}}}"], ids=["aliases", "merges"])
def test_a_small_file_cannot_grow_without_end(bomb: str) -> None:
    """Nine levels of nine references each would be four hundred million entries."""
    lines = ["a0: &a0 {k: v}"]
    for level in range(1, 10):
        below = ", ".join([bomb.format(f"a{level - 1}")] * 9)
        lines.append(f"a{level}: &a{level} [{below}]")
    lines += [f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}' if n else '*a0'] * 9)}]}}" for n in range(10)]

    with pytest.raises(MappingMalformed):
        read_mapping("\n".join(lines).encode())


def test_own_spellings_mean_known_codes_only() -> None:
    codes = "codes:\n  channel: {来件: LETTER}\n"

    known = spellings_of(read_mapping((LEAST + codes).encode()), SPELLINGS)
    unknown = read_mapping((LEAST + codes.replace("LETTER", "PIGEON")).encode())

    assert known[Field.CHANNEL]["来件"] == "LETTER"
    assert "来件" not in SPELLINGS[Field.CHANNEL]
    with pytest.raises(MappingMalformed) as refused:
        spellings_of(unknown, SPELLINGS)
    assert refused.value.fields == ("codes",)
