"""Whatever happened to the reports, a table holds together and equals a recount of the facts."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.analytics.domain.codes import Codes
from services.analytics.domain.errors import IdentityBroken
from services.analytics.domain.identities import check
from services.analytics.domain.table import Line, Statistic
from services.analytics.domain.values import Month, Scope, Span
from tests.support import told_facts as say
from tests.support.random_lives import DAYS, ORGANS, Spoken, lives
from tests.support.recount import Fingers
from tests.unit.analytics.conftest import figures

MANY = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def spans(draw: st.DrawFn) -> Span:
    since = Month.of(draw(DAYS))
    return Span(since, since.plus(draw(st.integers(0, 11))))


@MANY
@given(st.lists(lives(), max_size=12), spans(), st.sampled_from([*ORGANS, None]), st.sampled_from([*Scope]))
def test_every_identity_holds_and_totals_equal_a_recount_of_the_facts(
    codes: Codes, histories: list[list[Spoken]], span: Span, organ: str | None, scope: Scope
) -> None:
    by_id = {UUID(str(spoken[0][1]["report_id"])): spoken for spoken in histories}
    fingers = Fingers({report: figures(spoken) for report, spoken in by_id.items()}, codes)

    table = fingers.statistic(span, organ=organ, home=organ, scope=scope)

    assert table == check(table)
    expected = recounted(list(by_id.values()), span, organ, scope)
    assert table.total.item_times == expected.total()
    nature = next(block for block in table.blocks if block.code == "nature")
    assert {line.code: line.count for line in nature.lines if line.count} == expected
    assert sum(s.closing for s in table.stock) >= sum(s.opening for s in table.stock)


def recounted(histories: list[list[Spoken]], span: Span, organ: str | None, scope: Scope) -> Counter[str]:
    """Receipts of a span by nature, straight from the bodies, written from the rules."""
    natures: Counter[str] = Counter()
    for spoken in histories:
        if any(kind == "intake.report-frozen.v1" for kind, _ in spoken):
            continue
        for receipt in receipts_of(spoken):
            fits = organ in {None, receipt["organ"]} and (scope is Scope.ALL or receipt["nature"] == "N1")
            if fits and span.first <= date.fromisoformat(receipt["received_on"]) <= span.last:
                natures[receipt["nature"]] += 1
    return natures


def receipts_of(spoken: list[Spoken]) -> list[dict[str, Any]]:
    """The receipts of one report, each with its nature and the day it now has."""
    receipts: list[dict[str, Any]] = []
    natures: dict[str, tuple[int, str]] = {}
    assigner: dict[str, str] = {}
    for kind, body in spoken:
        organ = str(body["organ"])
        if kind == "intake.report-registered.v1":
            receipts.append(dict(body))
        elif kind in {"intake.report-classified.v1", "intake.category-changed.v1"}:
            if body["version"] > natures.get(organ, (0, ""))[0]:
                natures[organ] = (body["version"], body["nature"])
                own = [r for r in receipts if r["organ"] == organ and r["kind"] != "ASSIGNMENT_RECEIPT"]
                own[-1]["received_on"] = body["received_on"]
        elif kind == "referral.report-assigned.v1":
            assigner[str(body["target_organ"])] = organ
    for receipt in receipts:
        named = natures.get(receipt["organ"]) or natures.get(assigner.get(receipt["organ"], ""))
        receipt["nature"] = named[1] if named else "UNCLASSIFIED"
    return receipts


def a_table(codes: Codes) -> Statistic:
    spoken = [
        ("intake.report-registered.v1", say.registered(UUID(int=1, version=4))),
        ("intake.report-classified.v1", say.classified(UUID(int=1, version=4))),
    ]
    fingers = Fingers({UUID(int=1, version=4): figures(spoken)}, codes)
    return fingers.statistic(Span(Month(2026, 3), Month(2026, 3)), organ=say.ORGAN, home=say.ORGAN)


def with_line(code: str, name: str, **changed: Any) -> Callable[[Statistic], Statistic]:
    def change(line: Line) -> Line:
        return replace(line, **changed) if line.code == name else line

    def apply(table: Statistic) -> Statistic:
        blocks = tuple(
            replace(block, lines=tuple(map(change, block.lines))) if block.code == code else block
            for block in table.blocks
        )
        return replace(table, blocks=blocks)

    return apply


BROKEN: Mapping[str, Callable[[Statistic], Statistic]] = {
    "total-is-sum-of-nature": with_line("nature", "N1", count=2),
    "total-is-sum-of-channel": with_line("channel", "LETTER", count=0),
    "total-is-sum-of-source": with_line("source", "OTHER", count=1),
    "total-is-sum-of-region": with_line("region", "UNKNOWN", count=7),
    "accusations-are-sum-of-occurrence": with_line("occurrence", "REPEAT", count=1),
    "accusations-are-sum-of-name_status": with_line("name_status", "ANONYMOUS", count=0),
    "accusations-are-sum-of-rank_group": with_line("rank_group", "OTHER", count=1),
    "accusations-are-one-nature": lambda table: replace(table, accusations=0),
    "violations-reach-accusations": with_line("violation", "V3", count=0),
    "no-tick-beyond-accusations": with_line("violation", "V4", count=9),
    "share-stands-on-its-base": with_line("violation", "V3", share="12.3%"),
    "multi-select-is-based-on-accusations": lambda table: replace(
        table, blocks=tuple(replace(b, base=3) if b.code == "violation" else b for b in table.blocks)
    ),
    "items-within-item-times": lambda table: replace(table, total=replace(table.total, items=2)),
    "unit-heads-within-accusations": lambda table: replace(table, unit_heads=2),
    "visits-within-receipts": lambda table: replace(
        table, visits=replace(table.visits, batches=1, persons=1)
    ),
    "year-to-date-holds-the-span": lambda table: replace(table, total=replace(table.total, year_to_date=0)),
    "opening-and-in-less-out-is-closing": lambda table: replace(
        table, stock=(replace(table.stock[0], closing=5), *table.stock[1:])
    ),
}


@pytest.mark.parametrize(("name", "spoil"), BROKEN.items(), ids=BROKEN.keys())
def test_a_table_that_breaks_an_identity_is_not_given_out(
    codes: Codes, name: str, spoil: Callable[[Statistic], Statistic]
) -> None:
    with pytest.raises(IdentityBroken) as broken:
        check(spoil(a_table(codes)))

    assert name in broken.value.names
