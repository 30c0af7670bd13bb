"""Raw counts of one span, as a store gives them: nothing folded, nothing compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Dimension(StrEnum):
    """By what receipts are counted; the last five of accusations alone."""

    NATURE = "nature"
    CHANNEL = "channel"
    SOURCE = "source"
    REGION = "region"
    OCCURRENCE = "occurrence"
    NAME_STATUS = "name_status"
    RANK_GROUP = "rank_group"
    VIOLATION = "violation"
    THEME = "theme"


@dataclass(frozen=True, slots=True)
class Counts:
    """Receipts of a span: ``by`` maps a dimension to item-times by code.

    Codes are as stored; the region is the place of conduct, "" when none. ``taxonomies`` are the versions
    by which the receipts were classified.
    """

    item_times: int = 0
    items: int = 0
    accusations: int = 0
    unit_heads: int = 0
    visit_batches: int = 0
    visit_persons: int = 0
    by: Mapping[Dimension, Mapping[str, int]] = field(default_factory=dict)
    taxonomies: frozenset[str] = frozenset()

    def of(self, dimension: Dimension) -> Mapping[str, int]:
        """Item-times by code."""
        return self.by.get(dimension, {})


@dataclass(frozen=True, slots=True)
class Movements:
    """Parts of a span: acts counted, and by state the stock at both ends and what came and went."""

    acts: Mapping[str, int] = field(default_factory=dict)
    opening: Mapping[str, int] = field(default_factory=dict)
    closing: Mapping[str, int] = field(default_factory=dict)
    came: Mapping[str, int] = field(default_factory=dict)
    went: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Period:
    """Everything one table is made of."""

    now: Counts
    year_before: Counts
    period_before: Counts
    year_to_date: Counts
    year_to_date_before: Counts
    movements: Movements
