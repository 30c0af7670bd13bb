"""The register of the bulletin as the facts that intake would say of its rows."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from deploy.local.sample.bulletin import columns
from tests.support import told_facts as told

FIGURES: dict[str, Any] = {
    "period": {"from": "2018-01", "to": "2018-07"},
    "total_received_item_times": 550,
    "accusations_in_scope": 401,
    "out_of_scope_or_no_substance": 149,
    "occurrence": {"initial": 362, "repeat": 39},
    "signed": 99,
    "channel": {"letter": 292, "visit": 27, "phone": 8, "network": 74},
    "rank": {
        "county_division": 82, "township_section": 123, "ordinary_cadre": 44, "public_institution": 30,
        "rural": 97,
    },
    "violation_ticks": {
        "V1": 6, "V2": 36, "V3": 132, "V4": 130, "V5": 56, "V6": 22, "duty_or_other_offence": 117,
    },
    "previous_year_accusations_in_scope": 687,
}  # fmt: skip
"""Figures of a published bulletin: petition reports received by the discipline-inspection organs of Wenshan
prefecture, January to July 2018, accusations within scope; source P19 of the domain text. The bulletin itself
printed three figures that contradict these: a year-on-year change of −268 (687 to 401 is −286), counties that
add up to 755 of 550, and shares of violations on a base of 382 accusations of the six disciplines alone."""
ORGAN = "522300"
Body = Mapping[str, Any]


def rows_of_2018() -> Iterator[tuple[UUID, Body, Body]]:
    """Every row as (report, registered, classified), spread evenly over the seven months."""
    cells = columns(FIGURES)
    total = FIGURES["total_received_item_times"]
    for index in range(total):
        row = {name: values[index] for name, values in cells.items()}
        yield _row(2018, index, total, row)


def rows_of_2017() -> Iterator[tuple[UUID, Body, Body]]:
    """The accusations of the year before, of which only the number is known."""
    total = FIGURES["previous_year_accusations_in_scope"]
    row = {
        "信访分类": "N1",
        "问题类别": "V4",
        "初次重复": "INITIAL",
        "署名": "ANONYMOUS",
        "职级": "99",
        "渠道": "LETTER",
    }
    for index in range(total):
        yield _row(2017, index, total, row)


def _row(year: int, index: int, total: int, row: Mapping[str, str]) -> tuple[UUID, Body, Body]:
    first, days = date(year, 1, 1), (date(year, 7, 31) - date(year, 1, 1)).days + 1
    report = UUID(int=(year << 32) + index, version=4)
    arrival: dict[str, Any] = {
        "received_on": first + timedelta(days=index * days // total),
        "channel": row["渠道"],
        "name_status": row["署名"],
        "imported": True,
    }
    category: dict[str, Any] = {
        "nature": row["信访分类"],
        "occurrence": row["初次重复"],
        "violations": [code for code in row["问题类别"].split(";") if code],
        "parties": [told.party(row["职级"])] if row["职级"] else [],
    }
    return (
        report,
        told.registered(report, ORGAN, report_no=f"{year}-{index}", **arrival),
        told.classified(report, ORGAN, **arrival, **category),
    )
