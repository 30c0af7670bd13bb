"""Live windows count each fact once, wherever the stream is cut and begun again."""

from collections import Counter
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.analytics.adapters.live_tables import SIZES, LiveTables
from services.analytics.domain.live import LiveFact, LiveKind
from services.analytics.domain.values import UNKNOWN

NOW = 1_800_000_000.0
COIN = st.integers(0, 1)


class Mapping_(dict[Any, Any]):
    """A Faust table as far as it is used: a mapping with the ranges of a tumbling window."""

    def __init__(self, size: float) -> None:
        super().__init__()
        self.window = SimpleNamespace(ranges=lambda at: [(at // size * size, at // size * size + size - 0.1)])


def tables() -> LiveTables:
    return LiveTables({g: SimpleNamespace(table=Mapping_(size)) for g, size in SIZES.items()}, {})


@st.composite
def records(draw: st.DrawFn) -> list[LiveFact]:
    """A partition as it lies at the broker: facts of some reports in order, some sent twice later on."""
    sequences: Counter[str] = Counter()
    said: list[LiveFact] = []
    for offset in range(draw(st.integers(1, 25))):
        if said and bool(draw(COIN)):
            again = draw(st.sampled_from(said))
            fact = LiveFact(again.kind, again.report, 0, offset, again.sequence, again.at_seconds, again.cuts)
        else:
            report = draw(st.sampled_from("abc"))
            sequences[report] += 1
            kind = draw(st.sampled_from([*LiveKind][:2] * 3 + [LiveKind.FROZEN]))
            cuts = {
                LiveKind.REGISTERED: (("o", "channel", "LETTER"),),
                LiveKind.CLASSIFIED: (("o", "nature", "N1"), ("o", "region", UNKNOWN)),
                LiveKind.FROZEN: (),
            }[kind]
            at = NOW - draw(st.integers(0, 200))
            fact = LiveFact(kind, report, 0, offset, sequences[report], at, cuts)
        said.append(fact)
    return said


def counted(found: LiveTables) -> dict[Any, int]:
    return {
        (grain, key, window): value[0]
        for grain, wrapper in found.windows.items()
        for (key, window), value in wrapper.table.items()
        if value[0]
    }


def recount(facts: list[LiveFact]) -> Counter[tuple[str, str]]:
    """By dimension and code, what each report counted before it was frozen; nothing of a frozen one."""
    firsts = {(fact.report, fact.sequence): fact for fact in reversed(facts)}.values()
    frozen = {fact.report for fact in firsts if fact.kind is LiveKind.FROZEN}
    return Counter(
        (dimension, code) for fact in firsts if fact.report not in frozen for _, dimension, code in fact.cuts
    )


@settings(max_examples=300, deadline=None)
@given(records(), st.data())
def test_reading_again_from_any_offset_changes_nothing(facts: list[LiveFact], data: st.DataObject) -> None:
    straight, cut = tables(), tables()
    for fact in facts:
        straight.take(fact, NOW)
    end = data.draw(st.integers(0, len(facts)))
    again = data.draw(st.integers(0, end))
    for fact in [*facts[:end], *facts[again:]]:
        cut.take(fact, NOW)

    assert counted(cut) == counted(straight)
    hours: Counter[tuple[str, str]] = Counter()
    for (grain, key, _), count in counted(straight).items():
        if grain == "hour":
            hours[key.split("|")[2], key.split("|")[3]] += count
    assert hours == recount(facts)


def test_what_is_too_old_is_passed_and_what_grew_old_is_dropped() -> None:
    found = tables()
    old = LiveFact(LiveKind.REGISTERED, "a", 0, 1, 1, NOW - 100 * 3600, (("o", "channel", "LETTER"),))
    fresh = LiveFact(LiveKind.REGISTERED, "b", 0, 2, 1, NOW, (("o", "channel", "LETTER"),))
    much_later = LiveFact(LiveKind.REGISTERED, "c", 0, 3, 1, NOW + 400_000, (("o", "channel", "LETTER"),))

    assert [found.take(old, NOW), found.take(fresh, NOW)] == ["old", "counted"]
    found.take(much_later, NOW + 400_000)

    assert set(found.traces) == {"c"}
    assert len(counted(found)) == 2


def test_a_window_that_changed_while_it_was_written_is_written_again() -> None:
    found = tables()
    cuts = (("o", "channel", "LETTER"),)
    found.take(LiveFact(LiveKind.REGISTERED, "a", 0, 1, 1, NOW, cuts), NOW)
    writing = found.changed()
    found.take(LiveFact(LiveKind.REGISTERED, "b", 0, 2, 1, NOW, cuts), NOW)

    found.written(writing)

    assert {row.count for row in found.changed()} == {2}
