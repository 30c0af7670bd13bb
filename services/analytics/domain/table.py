"""A statistic as it is given out: every figure with what it is counted on."""

from dataclasses import dataclass
from datetime import date

from services.analytics.domain.comparison import Change
from services.analytics.domain.values import Scope


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a block: ``count`` in item-times 件次; ``share`` is of the block's base.

    ``rank`` orders the regions from 1, equal counts share it.
    """

    code: str
    zh: str
    en: str
    count: int
    share: str
    year_on_year: Change
    period_on_period: Change
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """One block of domain.md 13.2: its lines and the base its shares stand on.

    ``multi_select``: several lines may count one receipt, so that the shares may exceed 100 %.
    """

    number: int
    code: str
    zh: str
    en: str
    base: int
    base_zh: str
    base_en: str
    multi_select: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """Block 1: receipts 件次 and distinct reports 件 of the span."""

    item_times: int
    items: int
    year_to_date: int
    year_to_date_change: Change
    year_on_year: Change
    period_on_period: Change


@dataclass(frozen=True, slots=True)
class Visits:
    """Visits of block 3: receipts 件次, groups that came 批次, persons 人次; by first receipts."""

    item_times: int
    batches: int
    persons: int


@dataclass(frozen=True, slots=True)
class Flow:
    """One kind of act of block 9, counted in parts on the days of the facts."""

    code: str
    zh: str
    en: str
    count: int


@dataclass(frozen=True, slots=True)
class Stock:
    """One state of block 9: parts at the start, in, out, and parts at the end of the span."""

    state: str
    zh: str
    opening: int
    came: int
    went: int
    closing: int


@dataclass(frozen=True, slots=True)
class Statistic:
    """The table of one organ, or of all, for whole months; ``accusations`` is the base of blocks 5 to 7."""

    organ: str | None
    organ_name: str | None
    since: date
    until: date
    scope: Scope
    definition: str
    accusations: int
    unit_heads: int
    total: Total
    visits: Visits
    blocks: tuple[Block, ...]
    flow: tuple[Flow, ...]
    stock: tuple[Stock, ...]
