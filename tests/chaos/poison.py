"""Poison on a real topic, written as its owner: facts that no reader can apply, among the good ones."""

import secrets
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from confluent_kafka import Producer

from deploy.topics import signed_in
from services.chassis.facts import headers_of, new_event_id
from tests.chaos.besieged import Besieged
from tests.chaos.points import BURIED, replay
from tests.chaos.work import Work


@dataclass(frozen=True, slots=True)
class Source:
    """A topic on which poison is planted as its owner, the type it pretends to be, and its readers."""

    owner: str
    topic: str
    kind: str
    readers: tuple[str, ...]


REPORTS = Source(
    "intake",
    "petition.intake.reports.v1",
    "intake.report-registered.v1",
    ("referral", "review", "reception", "analytics"),
)
DIRECTORY = Source(
    "referral",
    "petition.referral.directory.v1",
    "referral.directory-changed.v1",
    ("intake", "review", "reception", "analytics"),
)
"""Its one type is heard by all its readers, so that each planting is four burials."""
OF_A_HEARD_TYPE = {"body-refused", "unknown-version"}
"""Owed only where the type is heard: elsewhere the record is a fact of no concern and passes by."""
MOST_AT_ONCE = 10
FLOOD_WINDOW_SECONDS = 305.0
"""More than twenty dead letters in five minutes stop a consumer by design."""
WITHIN_SECONDS = 120.0

BAD: tuple[tuple[str, bytes, Mapping[str, bytes | None]], ...] = (
    ("body-malformed", b"not json", {}),
    ("body-malformed", b'{"report_id": NaN}', {}),
    ("body-no-object", b"[1]", {}),
    ("body-refused", b"{}", {}),
    ("header-missing", b"{}", {"ce_sequence": None}),
    ("header-malformed", b"{}", {"ce_time": b"yesterday"}),
    ("unknown-version", b"{}", {"ce_type": b"intake.report-registered.v99"}),
)


@dataclass(slots=True)
class Poison:
    """What was planted so far: the reasons owed at each reader; ``hearers`` hear the planted types."""

    hearers: Mapping[Source, frozenset[str]]
    planted: list[tuple[Source, str]] = field(default_factory=list)

    def plant(
        self,
        besieged: Besieged,
        reason: str,
        body: bytes,
        changed: Mapping[str, bytes | None],
        source: Source = REPORTS,
    ) -> None:
        """Write one record as the topic's owner; a header changed to None is left out."""
        subject = str(uuid4())
        made = headers_of(
            new_event_id(), source.kind, f"/{source.owner}", subject, 1, datetime.now(UTC), None
        )
        asked = [(name, changed.get(name, value)) for name, value in made]
        producer = Producer(
            {
                **signed_in(
                    besieged.here.bootstrap, source.owner, besieged.here.secrets[f"kafka_{source.owner}"]
                ),
                "client.id": f"poison-{secrets.token_hex(4)}",
                "log_level": 0,
            }
        )
        kept: list[tuple[str, str | bytes | None]] = [
            (name, value) for name, value in asked if value is not None
        ]
        producer.produce(source.topic, body, subject.encode(), headers=kept)
        assert producer.flush(30) == 0, "the poison did not reach the broker"
        self.planted.append((source, reason))

    @classmethod
    def for_hearers(cls, besieged: Besieged) -> "Poison":
        """Nothing planted yet, with the services whose consumers say that they hear the types."""

        def hears(reader: str, source: Source) -> bool:
            query = f"SELECT 1 FROM oracle.consumer WHERE '{source.kind}' = ANY (types)"
            return bool(besieged.oracle(reader, query))

        return cls(
            {each: frozenset(r for r in each.readers if hears(r, each)) for each in (REPORTS, DIRECTORY)}
        )

    def await_letters(self, besieged: Besieged) -> None:
        """Wait until each reader has exactly what is owed. Raises AssertionError."""
        deadline = time.monotonic() + WITHIN_SECONDS
        while (found := self.found(besieged)) != self.owed():
            assert time.monotonic() < deadline, f"dead letters not as owed: {self._differing(found)}"
            time.sleep(0.3)

    def _differing(self, found: Mapping[str, list[str]]) -> dict[str, str]:
        owed = self.owed()
        counted = {r: (Counter(found.get(r, ())), Counter(owed.get(r, ()))) for r in {*found, *owed}}
        return {r: f"missing {dict(o - f)}, beyond {dict(f - o)}" for r, (f, o) in counted.items() if f != o}

    def owed(self) -> dict[str, list[str]]:
        """The reasons of the letters that each reader must have, sorted; readers with none are left out."""
        owed: dict[str, list[str]] = {}
        for source, reason in self.planted:
            for reader in self.hearers[source] if reason in OF_A_HEARD_TYPE else source.readers:
                owed.setdefault(reader, []).append(reason)
        return {reader: sorted(reasons) for reader, reasons in owed.items()}

    def found(self, besieged: Besieged) -> dict[str, list[str]]:
        """The reasons of the letters that each service has, sorted; services with none are left out."""
        return besieged.letters()


def buried(besieged: Besieged, work: Work, poison: Poison, hits: int) -> str:
    """Kill at each burial of a refused fact, until the quota is met: the letter is there, and there once."""
    besieged.aim({BURIED: "kill"})
    besieged.restart_services()
    fresh = 0
    while besieged.hits_by_point().get(BURIED, 0) < hits:
        if fresh == MOST_AT_ONCE:
            poison.await_letters(besieged)
            time.sleep(FLOOD_WINDOW_SECONDS)
            fresh = 0
        poison.plant(besieged, "body-refused", b"{}", {}, DIRECTORY)
        fresh += 1
        poison.await_letters(besieged)
    besieged.aim({})
    besieged.restart_services()
    besieged.all_ready()
    poison.await_letters(besieged)
    found = besieged.hits_by_point()[BURIED]
    readers = len(poison.hearers[DIRECTORY])
    return f"{found} kills at a burial, facts refused by {readers} readers, each one letter"


def replayed(besieged: Besieged, work: Work, poison: Poison, hits: int) -> str:
    """Kill the replay before its commit, again and again; then replay all twice: the letters are the same."""
    for _ in range(hits):
        assert replay(besieged, killed=True) == -9, "the replay was not killed at its crash point"
    assert besieged.letters() == poison.owed(), f"{besieged.letters()} after killed replays"
    for _ in range(2):
        assert replay(besieged) == 0, "the replay failed"
        poison.await_letters(besieged)
    return f"{hits} replays killed before their commit, 2 whole ones; the letters are those that were"


def among_good(besieged: Besieged, work: Work, poison: Poison) -> str:
    """Poison of every kind while clerks go on: the bad are letters with their reason."""
    before = work.done
    for reason, body, changed in BAD:
        poison.plant(besieged, reason, body, changed)
        time.sleep(0.5)
    poison.await_letters(besieged)
    assert work.done > before, "no good fact among the poison"
    good, letters = work.done - before, sum(map(len, poison.owed().values()))
    return f"{len(BAD)} records, {letters} letters, each with its reason; {good} good acts meanwhile"
