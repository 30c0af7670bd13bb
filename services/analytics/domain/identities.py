"""The identities of domain.md 13.3: a table that breaks one is not given out."""

from collections.abc import Iterator

from services.analytics.domain.comparison import Change, share
from services.analytics.domain.errors import IdentityBroken
from services.analytics.domain.table import Block, Statistic
from services.analytics.domain.values import ACCUSATION, NOT_GIVEN, Scope

EACH_RECEIPT_ONCE = ("nature", "channel", "source", "region")
EACH_ACCUSATION_ONCE = ("occurrence", "name_status", "rank_group")


def check(table: Statistic) -> Statistic:
    """The table itself, when it holds together; raises IdentityBroken naming every identity that fails."""
    broken = tuple(dict.fromkeys(_broken(table)))
    if broken:
        raise IdentityBroken(broken)
    return table


def _broken(table: Statistic) -> Iterator[str]:
    blocks = {block.code: block for block in table.blocks}
    for code in EACH_RECEIPT_ONCE:
        if _sum(blocks[code]) != table.total.item_times:
            yield f"total-is-sum-of-{code}"
    for code in EACH_ACCUSATION_ONCE:
        if _sum(blocks[code]) != table.accusations:
            yield f"accusations-are-sum-of-{code}"
    accused = next((x.count for x in blocks["nature"].lines if x.code == ACCUSATION), 0)
    if accused != table.accusations:
        yield "accusations-are-one-nature"
    if table.scope is Scope.ACCUSATIONS and table.total.item_times != table.accusations:
        yield "scope-is-accusations"
    yield from _multi_select(table, blocks)
    yield from _totals(table)
    for block in table.blocks:
        yield from _shares(block)
    for stock in table.stock:
        if stock.opening + stock.came - stock.went != stock.closing or min(stock.opening, stock.closing) < 0:
            yield "opening-and-in-less-out-is-closing"


def _sum(block: Block) -> int:
    return sum(line.count for line in block.lines)


def _multi_select(table: Statistic, blocks: dict[str, Block]) -> Iterator[str]:
    violations = blocks["violation"]
    if _sum(violations) < table.accusations:
        yield "violations-reach-accusations"
    for block in (violations, blocks["theme"]):
        if block.base != table.accusations:
            yield "multi-select-is-based-on-accusations"
        if any(line.count > table.accusations for line in block.lines):
            yield "no-tick-beyond-accusations"
    ticked = sum(line.count for line in violations.lines if line.code != NOT_GIVEN)
    without = _sum(violations) - ticked
    if ticked < table.accusations - without:
        yield "violations-reach-accusations"


def _totals(table: Statistic) -> Iterator[str]:
    total, visits = table.total, table.visits
    if total.items > total.item_times or (total.items == 0) != (total.item_times == 0):
        yield "items-within-item-times"
    if table.unit_heads > table.accusations:
        yield "unit-heads-within-accusations"
    if visits.batches > visits.item_times or visits.persons < visits.batches:
        yield "visits-within-receipts"
    if total.year_to_date < total.item_times and table.since.year == table.until.year:
        yield "year-to-date-holds-the-span"
    if not _true(total.year_on_year, total.item_times) or not _true(total.period_on_period, total.item_times):
        yield "change-is-difference"


def _shares(block: Block) -> Iterator[str]:
    for line in block.lines:
        if line.share != share(line.count, block.base):
            yield "share-stands-on-its-base"
        if not _true(line.year_on_year, line.count) or not _true(line.period_on_period, line.count):
            yield "change-is-difference"


def _true(change: Change, now: int) -> bool:
    return change.difference is None or change.difference == now - change.base
