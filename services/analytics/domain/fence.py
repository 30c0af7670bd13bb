"""Who may not follow a report: the reported side.

Analytics does not hear the excluded set; what it can see of it, units reported as such or led by a reported
person, it keeps away from everybody who belongs to one of them or to anything below.

Source: rule art. 47; domain.md 8.2, excluded set (a).
"""

from collections.abc import Iterable, Mapping
from typing import Any


def reported_units(bodies: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """The units that the facts of a report name as reported, or as led by a reported person."""
    return frozenset(
        party["unit"]
        for body in bodies
        for party in body.get("parties", ())
        if party.get("unit") and (party.get("party_type") == "ORGANISATION" or party.get("is_unit_head"))
    )


def is_reported_side(bodies: Iterable[Mapping[str, Any]], units_of_asker: frozenset[str]) -> bool:
    """Whether the asker belongs to, or stands below, a reported unit; ``units_of_asker`` with all above."""
    return not units_of_asker.isdisjoint(reported_units(bodies))
