"""Figures by SQL equal figures counted on one's fingers: of the bulletin, and of whatever happens."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings

from services.analytics.adapters.reading import PostgresReading
from services.analytics.adapters.rebuilding import rebuild
from services.analytics.adapters.recomputing import recompute
from services.analytics.domain.facts import Told, in_order
from services.analytics.domain.report import fold_all
from services.analytics.domain.values import Month, Scope, Span
from services.chassis.database import transaction
from tests.component.analytics.conftest import TOPIC_OF, Bureau, Said, line
from tests.support.bulletin_facts import FIGURES, ORGAN, rows_of_2017, rows_of_2018
from tests.support.random_lives import ORGANS, Spoken, lives
from tests.support.recount import Fingers
from tests.unit.analytics.conftest import meaning

pytestmark = pytest.mark.component
YEARS = Span(Month(2017, 1), Month(2018, 12))


async def test_the_register_of_the_bulletin_comes_out_with_its_figures(bureau: Bureau) -> None:
    said = [
        bureau.mouth.fact(kind, body)
        for rows in (rows_of_2018(), rows_of_2017())
        for _, registered, classified in rows
        for kind, body in (
            ("intake.report-registered.v1", registered),
            ("intake.report-classified.v1", classified),
        )
    ]
    await bureau.mouth.say(*said)
    await bureau.counted(len(said))

    span = {"from": "2018-01", "to": "2018-07", "organ": ORGAN}
    everything = await bureau.ask("/statistics", by=ORGAN, **span)
    accusations = await bureau.ask("/statistics", by=ORGAN, **span, scope="accusations")

    assert (everything["total"]["item_times"], everything["accusations"]) == (550, 401)
    assert accusations["total"]["year_on_year"] == {
        "base": 687, "difference": -286, "shown": "-41.6%", "why_not": None,
    }  # fmt: skip
    counts = {
        block["code"]: {x["code"]: x["count"] for x in block["lines"]} for block in accusations["blocks"]
    }
    assert counts["occurrence"] == {"INITIAL": 362, "REPEAT": 39}
    assert counts["name_status"]["SIGNED_UNVERIFIED"] == FIGURES["signed"]
    assert {name: counts["channel"][name.upper()] for name in FIGURES["channel"]} == FIGURES["channel"]
    assert {name: counts["rank_group"][name.upper()] for name in FIGURES["rank"]} == FIGURES["rank"]
    ticks = dict(FIGURES["violation_ticks"])
    ticks["V7"] = ticks.pop("duty_or_other_offence")
    assert {name: counts["violation"][name] for name in ticks} == ticks
    assert line(accusations, "violation", "V7")["share"] == "29.2%"
    assert (await recompute(bureau.worker, bureau.codes)).differing == 0


def histories() -> list[list[Spoken]]:
    """The same hundred random histories in every run, one a report."""
    found: dict[str, list[Spoken]] = {}

    @settings(max_examples=100, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(lives())
    def collect(spoken: list[Spoken]) -> None:
        found[str(spoken[0][1]["report_id"])] = spoken

    collect()
    return list(found.values())


async def test_whatever_happens_sql_the_facts_the_topics_and_the_fingers_agree(bureau: Bureau) -> None:
    said: list[Said] = []
    told: dict[UUID, list[Told]] = {}
    start = datetime(2017, 6, 1, tzinfo=UTC)
    for index, spoken in enumerate(histories()):
        report = UUID(str(spoken[0][1]["report_id"]))
        for hours, (kind, body) in enumerate(spoken):
            at = start + timedelta(hours=index * 20 + hours)
            fact = bureau.mouth.fact(kind, body, at=at)
            topic, sequence = TOPIC_OF[kind.partition(".")[0]], int(dict(fact.headers)["ce_sequence"])
            told.setdefault(report, []).append(
                Told(topic, str(report), sequence, at, meaning(kind, body, at.date()))
            )
            said.append(fact)
    random.Random(2018).shuffle(said)
    await bureau.mouth.say(*said)
    await bureau.counted(len(said))

    reports = {report: fold_all(one.fact for one in in_order(facts)) for report, facts in told.items()}
    fingers = Fingers(reports, bureau.codes)
    for span in (YEARS, Span(Month(2017, 3), Month(2017, 8)), Span(Month(2018, 1), Month(2018, 1))):
        for organ in (*ORGANS, None):
            for scope in Scope:
                async with transaction(bureau.worker) as connection:
                    reading = PostgresReading(connection, "520000")
                    assert await reading.counts(span, organ, scope) == fingers.counts(span, organ, scope)
                    found = await reading.movements(span, organ, scope)
                assert found == fingers.movements(span, organ, scope)
    comparison = await recompute(bureau.worker, bureau.codes)
    assert (comparison.differing, comparison.dimensions) == (0, ())
    assert (await rebuild(bureau.worker, bureau.mouth.broker, bureau.codes)).differing == []
