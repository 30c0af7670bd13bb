"""A unit of work: one transaction, its stores, and the codes by which it counts."""

from dataclasses import dataclass

from services.analytics.adapters.fact_store import PostgresFacts
from services.analytics.adapters.figure_store import PostgresRows
from services.analytics.adapters.surroundings_store import PostgresSurroundings
from services.analytics.domain.codes import Codes
from services.chassis.database import Connection

LOOK_AT_SHADOW = "SET LOCAL search_path = shadow, mechanism"
"""The roles look at schema ``business``; a rebuild writes the same statements beside it."""


@dataclass(frozen=True, slots=True)
class PostgresUnit:
    """What the projection sees of one open transaction."""

    facts: PostgresFacts
    rows: PostgresRows
    surroundings: PostgresSurroundings
    codes: Codes


def unit_of(connection: Connection, codes: Codes) -> PostgresUnit:
    """The unit of an open transaction; which schema it writes is the transaction's own setting."""
    return PostgresUnit(
        PostgresFacts(connection), PostgresRows(connection), PostgresSurroundings(connection), codes
    )
