"""The mapping file of a register: YAML in, a checked mapping out."""

from collections.abc import Hashable
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

import yaml
from pydantic import Field as Limits
from pydantic import StringConstraints, ValidationError
from yaml.events import AliasEvent
from yaml.nodes import MappingNode, Node

from services.chassis.strict_json import Line, StrictModel
from services.intake.domain.register_mapping import CODED, Field, RegisterMapping, Statement
from services.intake.domain.register_refusals import MappingMalformed

MERGE = "tag:yaml.org,2002:merge"
LARGEST_MAPPING_BYTES = 64 * 1024
MOST_NESTED = 4
"""A mapping file is a mapping of mappings of lists or mappings."""
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Spelling = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class _Cleared(StrictModel):
    stated_by: Line
    stated_on: date


class _Confirmed(StrictModel):
    officers: Annotated[list[Line], Limits(min_length=2, max_length=2)]
    confirmed_on: date


class _File(StrictModel):
    register_name: Annotated[Slug, Limits(alias="register")]
    sheet: Line
    header_row: Annotated[int, Limits(ge=1, le=20)] = 1
    columns: dict[str, Line]
    fixed: dict[str, Line] = Limits(default_factory=dict)
    codes: dict[str, dict[Spelling, Spelling]] = Limits(default_factory=dict)
    nothing_superior_level: _Cleared | None = None
    classification_confirmed_on_paper: _Confirmed | None = None


class _Loader(yaml.SafeLoader):
    """Plain YAML: each key once, and neither aliases nor merges, which let a small file grow without end."""

    nested = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        """Refuse an alias wherever it stands, and what lies deeper than a mapping file does."""
        if self.check_event(AliasEvent) or self.nested > MOST_NESTED:
            raise yaml.YAMLError("an alias, or too deep")
        self.nested += 1
        node = super().compose_node(parent, index)
        self.nested -= 1
        return node

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Refuse a mapping with a merge or with a key that stands there twice."""
        keys = [(key.tag, str(key.value)) for key, _ in node.value]
        if len(set(keys)) < len(keys) or any(tag == MERGE for tag, _ in keys):
            raise yaml.YAMLError("a key twice, or a merge")
        return super().construct_mapping(node, deep)


def _plain(text: str) -> Any:
    loader = _Loader(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def read_mapping(content: bytes) -> RegisterMapping:
    """The mapping in a file. Raises MappingMalformed, naming places and never values."""
    if len(content) > LARGEST_MAPPING_BYTES:
        raise MappingMalformed
    try:
        given = _File.model_validate(_plain(content.decode("utf-8")))
    except ValidationError as wrong:
        places = {str(error["loc"][0]) for error in wrong.errors(include_input=False) if error["loc"]}
        raise MappingMalformed(tuple(sorted(places & _PLACES))) from None
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        raise MappingMalformed from None
    names = [*given.columns, *given.fixed]
    if len(set(names)) != len(names) or not set(names) <= set(Field):
        raise MappingMalformed(("columns",))
    if not set(given.codes) <= {field.value for field in CODED}:
        raise MappingMalformed(("codes",))
    if len(set(given.columns.values())) != len(given.columns):
        raise MappingMalformed(("columns",))
    cleared, confirmed = given.nothing_superior_level, given.classification_confirmed_on_paper
    return RegisterMapping(
        register=given.register_name,
        sheet=given.sheet,
        columns=MappingProxyType({Field(name): header for name, header in given.columns.items()}),
        fixed=MappingProxyType({Field(name): cell for name, cell in given.fixed.items()}),
        codes=MappingProxyType({Field(name): dict(codes) for name, codes in given.codes.items()}),
        cleared=Statement((cleared.stated_by,), cleared.stated_on) if cleared else None,
        confirmed=Statement(tuple(confirmed.officers), confirmed.confirmed_on) if confirmed else None,
        header_row=given.header_row,
    )


_PLACES = {field.alias or name for name, field in _File.model_fields.items()}
LISTS = MappingProxyType(
    {
        Field.NAME_STATUS: "name_status",
        Field.CHANNEL: "channels",
        Field.SOURCE: "sources",
        Field.NATURE: "natures",
        Field.OCCURRENCE: "occurrence",
        Field.OOS_KINDS: "oos_kinds",
        Field.THEMES: "themes",
        Field.PARTY_RANK: "ranks",
        Field.PARTY_AUTHORITY: "authorities",
    }
)
"""Which list of the taxonomy the cells of a coded field are read by."""
Spellings = dict[Field, dict[str, str]]


def read_spellings(reference_folder: Path) -> Spellings:
    """What a coded cell may say by itself: the code, or its Chinese name; regions by code alone."""
    taxonomy = yaml.safe_load((reference_folder / "taxonomy.yaml").read_text(encoding="utf-8"))
    regions = yaml.safe_load((reference_folder / "regions.yaml").read_text(encoding="utf-8"))
    spellings = {field: _named(taxonomy[name]) for field, name in LISTS.items()}
    violations = _named(taxonomy["violations"])
    for group in taxonomy["violations"]:
        violations |= _named(group["subs"])
    codes = {str(row["code"]): str(row["code"]) for row in regions["regions"]}
    return {
        **spellings,
        Field.VIOLATIONS: violations,
        Field.REGION_OF_CONDUCT: codes,
        Field.PARTY_REGION: codes,
    }


def _named(rows: list[dict[str, Any]]) -> dict[str, str]:
    names = {str(row["zh"]): str(row["code"]) for row in rows}
    return names | {str(row["code"]): str(row["code"]) for row in rows}


def spellings_of(mapping: RegisterMapping, known: Spellings) -> Spellings:
    """The spellings of one register: those of the taxonomy and its own. Raises MappingMalformed for a code
    that is none."""
    spellings = {field: dict(names) for field, names in known.items()}
    for field, own in mapping.codes.items():
        if not set(own.values()) <= set(known[field].values()):
            raise MappingMalformed(("codes",))
        spellings[field] |= own
    return spellings
