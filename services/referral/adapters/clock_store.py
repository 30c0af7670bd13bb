"""The chassis' clocks as referral uses them: one at a time, or many in one statement for a set of facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.chassis.clocks import INSERT_CLOCK, Clocks


@dataclass(frozen=True, slots=True)
class TriageClocks:
    """The clocks of one transaction."""

    clocks: Clocks

    async def start(self, rule_id: str, entity_id: str, organ: str, started_on: date) -> None:
        """Start a clock; a second start is ignored."""
        await self.clocks.start(rule_id, entity_id, organ, started_on)

    async def start_all(self, starts: Sequence[tuple[str, str, str, date]]) -> None:
        """Start many: rule, entity, organ and day of each; sent together."""
        rules, calendar = self.clocks.rules, self.clocks.calendar
        rows = []
        for rule_id, entity_id, organ, started_on in starts:
            rule = rules.rule(rule_id, started_on)
            due = rule.due(started_on, calendar)
            warned = rule.prewarn_on(due.day, calendar)
            days = (started_on, due.day, warned, due.provisional, calendar.version)
            rows.append((rule_id, entity_id, organ, *days))
        if rows:
            await self.clocks.connection.executemany(INSERT_CLOCK, rows)

    async def meet(self, rule_id: str, entity_id: str, on: date) -> None:
        """The duty was done."""
        await self.clocks.meet(rule_id, entity_id, on)

    async def waive(self, rule_id: str, entity_id: str) -> None:
        """The duty fell away."""
        await self.clocks.waive(rule_id, entity_id)
