"""Clocks: duties with a last day; a pre-warning, the day itself and lateness are each told exactly once.

Rules are rows of ``clocks.yaml``; the row in force on the day that starts the clock holds for it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import yaml

from services.chassis.calendar import Calendar, Due, local_day
from services.chassis.database import Connection, Pool, is_world_fault
from services.chassis.failpoints import crash_point
from services.chassis.metrics import CALENDAR_HORIZON_DAYS, CLOCKS_FIRED, CLOCKS_RUNNING

LOG = logging.getLogger(__name__)
INSERT_CLOCK = """
    INSERT INTO mechanism.clock
           (rule_id, entity_id, organ, started_on, due_on, prewarn_on, provisional, calendar_version)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (rule_id, entity_id) DO NOTHING
"""
MEET_CLOCK = """
    UPDATE mechanism.clock
       SET met_on = $3, state = CASE WHEN state = 'LATE' OR $3 > due_on THEN 'LATE' ELSE 'MET' END
     WHERE rule_id = $1 AND entity_id = $2 AND met_on IS NULL AND state IN ('RUNNING', 'LATE')
"""
WAIVE_CLOCK = """
    UPDATE mechanism.clock SET state = 'WAIVED'
     WHERE rule_id = $1 AND entity_id = $2 AND met_on IS NULL AND state IN ('RUNNING', 'LATE')
"""
EXTEND_CLOCK = """
    UPDATE mechanism.clock
       SET due_on = $3, prewarn_on = $4, provisional = false, calendar_version = $5
     WHERE rule_id = $1 AND entity_id = $2 AND met_on IS NULL AND state = 'RUNNING' AND due_on <= $3
"""
FIRE = """
      WITH due AS (
           SELECT rule_id, entity_id FROM mechanism.clock
            WHERE state <> 'WAIVED' AND {when}
            ORDER BY rule_id, entity_id
              FOR UPDATE SKIP LOCKED)
    UPDATE mechanism.clock c SET {then}
      FROM due WHERE c.rule_id = due.rule_id AND c.entity_id = due.entity_id
 RETURNING c.rule_id, c.entity_id, c.organ, c.due_on
"""
FIRE_PREWARNING = FIRE.format(
    when="prewarned_at IS NULL AND met_on IS NULL AND prewarn_on <= $1", then="prewarned_at = now()"
)
FIRE_DUE = FIRE.format(
    when="due_fired_at IS NULL AND met_on IS NULL AND due_on <= $1", then="due_fired_at = now()"
)
FIRE_LATE = FIRE.format(
    when="late_fired_at IS NULL AND due_on < coalesce(met_on, $1)",
    then="late_fired_at = now(), state = 'LATE'",
)
SELECT_PROVISIONAL = """
    SELECT rule_id, entity_id, started_on
      FROM mechanism.clock
     WHERE provisional AND met_on IS NULL AND state = 'RUNNING' AND calendar_version <> $1
     ORDER BY rule_id, entity_id
       FOR UPDATE SKIP LOCKED
"""
SET_DUE = """
    UPDATE mechanism.clock
       SET due_on = $3, prewarn_on = $4, provisional = $5, calendar_version = $6
     WHERE rule_id = $1 AND entity_id = $2
"""

COUNT_RUNNING = """
    SELECT rule_id,
           CASE WHEN due_on < $1 THEN 'late' WHEN due_on <= $1 + 7 THEN 'seven_days' ELSE 'later' END AS near,
           count(*) AS clocks
      FROM mechanism.clock
     WHERE met_on IS NULL AND state IN ('RUNNING', 'LATE')
     GROUP BY 1, 2
"""


class ClocksMalformed(Exception):
    """The rows of ``clocks.yaml`` are no rules; stops the start, not a case."""


class NoSuchClock(Exception):
    """No rule has this id, or its duty has no length that could run out."""


class Kind(Enum):
    """What a clock tells."""

    PREWARN = "PREWARN"
    DUE = "DUE"
    LATE = "LATE"


@dataclass(frozen=True, slots=True)
class Fired:
    """One thing a clock told; ``due_on`` is the last day of the duty."""

    rule_id: str
    entity_id: str
    organ: str
    kind: Kind
    due_on: date


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One row: ``length`` counts ``unit``s (working_days, calendar_days, months); none runs out never."""

    id: str
    unit: str
    length: int | None
    prewarn_working_days: int | None
    in_force_from: date

    def due(self, started_on: date, calendar: Calendar) -> Due:
        """The last day of a duty that starts on ``started_on``, which is day 0. Raises NoSuchClock."""
        count = {
            "working_days": calendar.working_days_after,
            "calendar_days": calendar.calendar_days_after,
            "months": calendar.months_after,
        }.get(self.unit)
        if count is None or self.length is None:
            raise NoSuchClock(self.id)
        return count(started_on, self.length)

    def prewarn_on(self, due_on: date, calendar: Calendar) -> date | None:
        """The day of the pre-warning, counted back from the last day; None without one."""
        if self.prewarn_working_days is None:
            return None
        return calendar.working_days_before(due_on, self.prewarn_working_days)


@dataclass(frozen=True, slots=True)
class ClockRules:
    """The rules by id, each id's rows by the day they came into force."""

    rows: Mapping[str, Sequence[ClockRule]]

    @classmethod
    def read(cls, file: Path) -> "ClockRules":
        """Read the rows of ``clocks.yaml``. Raises ClocksMalformed."""
        found: dict[str, list[ClockRule]] = {}
        given = yaml.safe_load(file.read_text(encoding="utf-8"))
        rows = given.get("clocks") if isinstance(given, Mapping) else given
        if not isinstance(rows, list):
            raise ClocksMalformed(str(file))
        for row in rows:
            rule = _rule(row)
            found.setdefault(rule.id, []).append(rule)
        return cls({name: sorted(rules, key=lambda r: r.in_force_from) for name, rules in found.items()})

    def rule(self, rule_id: str, on: date) -> ClockRule:
        """The row in force on a day; the first row for a day before it. Raises NoSuchClock."""
        rows = self.rows.get(rule_id)
        if not rows:
            raise NoSuchClock(rule_id)
        return next((row for row in reversed(rows) if row.in_force_from <= on), rows[0])


def _rule(row: Any) -> ClockRule:
    try:
        unit, length = str(row["unit"]), row.get("length")
        if (unit == "none") != (length is None) or unit not in {
            "working_days",
            "calendar_days",
            "months",
            "none",
        }:
            raise ClocksMalformed(str(row["id"]))
        warn = row.get("prewarn_working_days")
        return ClockRule(
            str(row["id"]),
            unit,
            None if length is None else int(length),
            None if warn is None else int(warn),
            row["in_force_from"],
        )
    except (KeyError, TypeError, ValueError, AttributeError) as malformed:
        raise ClocksMalformed(str(row)[:80]) from malformed


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clocks of one transaction."""

    connection: Connection
    rules: ClockRules
    calendar: Calendar

    async def start(self, rule_id: str, entity_id: str, organ: str, started_on: date) -> Due:
        """Start a clock, once; returns its last day. Raises NoSuchClock for an id that is no rule's."""
        rule = self.rules.rule(rule_id, started_on)
        due = rule.due(started_on, self.calendar)
        await self.connection.execute(
            INSERT_CLOCK,
            rule_id,
            entity_id,
            organ,
            started_on,
            due.day,
            rule.prewarn_on(due.day, self.calendar),
            due.provisional,
            self.calendar.version,
        )
        return due

    async def appoint(self, rule_id: str, entity_id: str, organ: str, started_on: date, due_on: date) -> None:
        """Start a clock whose last day a person set; the rule gives its pre-warning alone."""
        rule = self.rules.rule(rule_id, started_on)
        await self.connection.execute(
            INSERT_CLOCK,
            rule_id,
            entity_id,
            organ,
            started_on,
            due_on,
            rule.prewarn_on(due_on, self.calendar),
            False,
            self.calendar.version,
        )

    async def meet(self, rule_id: str, entity_id: str, on: date) -> None:
        """The duty was done ``on`` that day; a clock met after its last day stays recorded as late."""
        await self.connection.execute(MEET_CLOCK, rule_id, entity_id, on)

    async def waive(self, rule_id: str, entity_id: str) -> None:
        """The duty fell away; the clock tells nothing more."""
        await self.connection.execute(WAIVE_CLOCK, rule_id, entity_id)

    async def extend(self, rule_id: str, entity_id: str, started_on: date, to: date) -> None:
        """Move the last day of a running clock on to ``to``, which an approval granted."""
        rule = self.rules.rule(rule_id, started_on)
        await self.connection.execute(
            EXTEND_CLOCK, rule_id, entity_id, to, rule.prewarn_on(to, self.calendar), self.calendar.version
        )


async def sweep(connection: Connection, today: date) -> list[Fired]:
    """What the clocks have to tell on ``today`` (local), each thing exactly once, in one transaction.

    A clock that another sweep holds is left to it; nothing is told unless the caller commits.
    """
    found = []
    for kind, query in ((Kind.PREWARN, FIRE_PREWARNING), (Kind.DUE, FIRE_DUE), (Kind.LATE, FIRE_LATE)):
        rows = await connection.fetch(query, today)
        found += [Fired(r["rule_id"], r["entity_id"], r["organ"], kind, r["due_on"]) for r in rows]
    return found


async def recount(connection: Connection, rules: ClockRules, calendar: Calendar) -> int:
    """Count provisional clocks anew after a year's table was added; returns how many."""
    rows = await connection.fetch(SELECT_PROVISIONAL, calendar.version)
    for row in rows:
        rule = rules.rule(row["rule_id"], row["started_on"])
        due = rule.due(row["started_on"], calendar)
        await connection.execute(
            SET_DUE,
            row["rule_id"],
            row["entity_id"],
            due.day,
            rule.prewarn_on(due.day, calendar),
            due.provisional,
            calendar.version,
        )
    return len(rows)


async def run_clocks(
    pool: Pool,
    rules: ClockRules,
    calendar: Calendar,
    stop: asyncio.Event,
    every_seconds: float,
    now: Callable[[], datetime],
    told: Callable[[Connection, Sequence[Fired]], Awaitable[None]] | None = None,
) -> None:
    """Sweep until told to stop; ``now`` gives the instant, ``told`` acts in the sweep's transaction."""
    while not stop.is_set():
        try:
            today = local_day(now())
            CALENDAR_HORIZON_DAYS.set((calendar.horizon - today).days)
            async with pool.acquire() as connection, connection.transaction():
                await recount(connection, rules, calendar)
                fired = await sweep(connection, today)
                if told is not None and fired:
                    await told(connection, fired)
                await _measure(connection, today)
                await crash_point("clocks.fired_not_committed")
            await crash_point("clocks.committed")
            for one in fired:
                CLOCKS_FIRED.labels(one.rule_id, one.kind.value).inc()
        except Exception as fault:
            if not is_world_fault(fault):
                raise
            LOG.warning("clocks-wait", extra={"cause": type(fault).__name__})
        try:
            await asyncio.wait_for(stop.wait(), every_seconds)
        except TimeoutError:
            continue


async def _measure(connection: Connection, today: date) -> None:
    rows = await connection.fetch(COUNT_RUNNING, today)
    CLOCKS_RUNNING.clear()
    for row in rows:
        CLOCKS_RUNNING.labels(row["rule_id"], row["near"]).set(row["clocks"])
