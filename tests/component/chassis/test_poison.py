"""Forty poisoned records among two thousand good ones: the good have their effect, the bad a name."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from services.chassis.facts import headers_of, new_event_id
from services.chassis.metrics import RECORDS
from tests.component.chassis.house import TOPIC, House
from tests.support.eventually import eventually

pytestmark = pytest.mark.component
GOOD_SUBJECTS, EACH = 200, 10
GOOD = b'{"number": 1}'


def headers(changed: Mapping[str, bytes | None]) -> list[tuple[str, bytes]]:
    """The headers of a fact of an aggregate of its own; a header changed to None is left out."""
    made = headers_of(new_event_id(), "intake.told.v1", "/intake", str(uuid4()), 1, datetime.now(UTC), None)
    asked = [(name, changed.get(name, value)) for name, value in made]
    return [(name, value) for name, value in asked if value is not None]


POISON: Sequence[tuple[bytes | None, Mapping[str, bytes | None], str]] = [
    (b"not json", {}, "body-malformed"),
    (b"[" * 1_000_000, {}, "body-malformed"),
    (b"\xff\xfe\x00", {}, "body-malformed"),
    (b"\x1f\x8b\x08\x00\x00", {}, "body-malformed"),
    (b'{"number": NaN}', {}, "body-malformed"),
    (b'{"number": "\\ud800"}', {}, "body-malformed"),
    (b"[1]", {}, "body-no-object"),
    (None, {}, "no-body"),
    (b'{"number": "x"}', {}, "body-refused"),
    (b"{}", {}, "body-refused"),
    (GOOD, {"ce_id": None}, "header-missing"),
    (GOOD, {"ce_sequence": None}, "header-missing"),
    (GOOD, {"ce_type": None}, "header-missing"),
    (GOOD, {"ce_id": b"7"}, "header-malformed"),
    (GOOD, {"ce_sequence": b"0"}, "header-malformed"),
    (GOOD, {"ce_sequence": b"one"}, "header-malformed"),
    (GOOD, {"ce_time": b"yesterday"}, "header-malformed"),
    (GOOD, {"ce_specversion": b"0.3"}, "header-malformed"),
    (GOOD, {"ce_type": b"intake.told.v99"}, "unknown-version"),
    (GOOD, {"ce_type": b"intake.told"}, "unknown-version"),
]


async def test_poison_blocks_nobody_and_is_never_dropped(house: House) -> None:
    subjects = [str(uuid4()) for _ in range(GOOD_SUBJECTS)]
    poison = random.Random(40).sample([*POISON, *POISON], 40)
    producer, topic = await house.broker.producer(), house.broker.on_wire(TOPIC)

    async with house.at_work(house.reader(most_dead_letters=1000)):
        for number in range(1, EACH + 1):
            await house.tell_all(subjects, number)
            for value, changed, _ in poison[4 * number - 4 : 4 * number]:
                await producer.send_and_wait(topic, value, str(uuid4()).encode(), headers=headers(changed))
        await eventually(lambda: house.has_done(GOOD_SUBJECTS * EACH), 60)
        await eventually(lambda: house.dead(40), 60)
    await producer.stop()

    done = await house.effects()
    per_subject = {s: [n for subject, n in done if subject == s] for s in subjects}
    assert all(numbers == list(range(1, EACH + 1)) for numbers in per_subject.values())
    rows = await house.pool.fetch("SELECT reason, count(*) AS n FROM mechanism.dead_letter GROUP BY reason")
    assert {row["reason"]: row["n"] for row in rows} == Counter(reason for _, _, reason in poison)
    assert await house.count("mechanism.waiting") == 0


async def test_headers_without_a_value_twice_or_in_no_text_are_dead_letters_too(house: House) -> None:
    producer, topic = await house.broker.producer(), house.broker.on_wire(TOPIC)
    whole = headers({})
    for given in (
        [(name, None if name == "ce_id" else value) for name, value in whole],
        [*whole, ("ce_id", b"x")],
        headers({"ce_subject": b"\xff\xfe"}),
        headers({"ce_subject": b""}),
        headers({"ce_sequence": b"9" * 30}),
        headers({"ce_subject": b"a\0b"}),
        headers({"ce_type": b"intake.told.v1\0"}),
    ):
        await producer.send_and_wait(topic, GOOD, b"a", headers=given)
    await producer.send_and_wait(topic, GOOD, b"\xff", headers=headers({}))
    await producer.send_and_wait(topic, GOOD, b"a\0b", headers=headers({}))
    await producer.send_and_wait(topic, GOOD, None, headers=headers({}))
    await producer.stop()
    await house.tell("b", 1)

    async with house.at_work():
        await eventually(lambda: house.dead(10))
        await eventually(lambda: house.has_done(1))

    rows = await house.pool.fetch("SELECT DISTINCT reason FROM mechanism.dead_letter")
    assert [row["reason"] for row in rows] == ["header-malformed"]


async def test_a_flood_of_dead_letters_stops_the_reader_instead_of_diverting_everything(house: House) -> None:
    house.refuse = lambda _: RuntimeError()
    for number in range(30):
        await house.tell(f"subject-{number}", number)

    async with house.at_work() as readers:

        async def stopped() -> bool:
            return readers[0].stopped == "too-many-dead-letters"

        await eventually(stopped)

    assert await house.count("mechanism.dead_letter") == 20
    assert await house.effects() == []


async def test_the_same_fact_a_thousand_times_has_one_effect_and_another_body_is_an_alarm(
    house: House,
) -> None:
    given = headers({})
    producer, topic = await house.broker.producer(), house.broker.on_wire(TOPIC)
    for _ in range(1000):
        await producer.send(topic, b'{"number": 1}', key=b"a", headers=given)
    await producer.send_and_wait(topic, b'{"number": 2}', key=b"a", headers=given)
    await producer.stop()

    before = RECORDS.labels("petition.reader", "known")._value.get()
    async with house.at_work():
        await eventually(lambda: house.dead(1))

    assert await house.count("business.effect") == 1
    assert await house.pool.fetchval("SELECT reason FROM mechanism.dead_letter") == "id-reused"
    assert RECORDS.labels("petition.reader", "known")._value.get() - before >= 999
