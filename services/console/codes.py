"""Words of codes that services answer with, from the reference tables all agree on."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

LISTS = ("natures", "channels", "occurrence")


@dataclass(frozen=True, slots=True)
class Codes:
    """Chinese and English by list and code."""

    words: Mapping[str, Mapping[str, tuple[str, str]]]

    @classmethod
    def read(cls, reference_folder: Path) -> "Codes":
        """Read the taxonomy, the states and the clocks. Raises KeyError for tables that are none."""
        taxonomy = _table(reference_folder / "taxonomy.yaml")
        found = {name: _pairs(taxonomy[name], "code") for name in LISTS}
        found["states"] = _pairs(_table(reference_folder / "lifecycle.yaml")["states"], "state")
        clocks = _table(reference_folder / "clocks.yaml")["clocks"]
        found["clocks"] = {row["id"]: _duty(row["duty"]) for row in clocks}
        return cls(found)

    def word(self, list_: str, code: str | None, language: str) -> str:
        """The word of a code, or the code itself where no table has it."""
        if code is None:
            return "–"
        zh, en = self.words.get(list_, {}).get(code, (code, code))
        return en if language == "en" else zh


def _table(file: Path) -> Mapping[str, list[dict[str, str]]]:
    table: Mapping[str, list[dict[str, str]]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return table


def _pairs(rows: list[dict[str, str]], key: str) -> dict[str, tuple[str, str]]:
    return {
        str(row[key]): (row["zh"], row.get("en", str(row[key]).replace("_", " ").lower())) for row in rows
    }


def _duty(text: str) -> tuple[str, str]:
    zh, _, en = text.partition(" ")
    return zh, en or zh
