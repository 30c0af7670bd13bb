"""The script of the demo: what the staff do, which report is followed, which month is counted."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from rich.console import Console, Group, RenderableType
from rich.table import Table

from deploy.local.demo import figures
from deploy.local.demo.cases import SEEDED, Ending, for_rows
from deploy.local.demo.entry import EntryDesk, latest_month, to_play
from deploy.local.demo.play import Item, Play
from deploy.local.demo.routing import today
from deploy.local.demo.stage import Stage, awaited
from deploy.local.demo.visits import Reception
from deploy.local.desk import Refused

Moved = Callable[[int, int], None]
FOLLOWED = Ending.ASSIGNED_TWICE
LAST_FACT = "referral.report-concluded.v1"


@dataclass(slots=True)
class Script:
    """One run of the demo on a stage."""

    stage: Stage
    console: Console
    followed: str = ""
    _play: Play | None = None
    _counts: Counter[str] = field(default_factory=Counter)

    def work(self, told: Callable[[str, int], None], rows: int) -> str:
        """All the staff's work; returns the latest month of the register (YYYY-MM)."""
        entry = EntryDesk(self.stage)
        play = self._play = Play(self.stage, told)
        visit = self._receive(told)
        for case in SEEDED:
            play.items.append(Item(entry.enter(case), case))
            told("entry 录入", 1)
        self.followed = next(i.report_id for i in play.items if i.case.ending is FOLLOWED)
        imported = entry.imported_rows()
        drafts = to_play(imported, rows)
        for draft, case in zip(drafts, for_rows(), strict=False):
            play.items.append(Item(entry.complete(draft, case), case))
            told("entry 录入", 1)
        self._counts["rows of the register"] = len(drafts)
        self._counts["reports entered at the desk"] = len(SEEDED)
        self._counts["stopped at the gate, nothing kept"] = entry.stopped_at_the_gate()
        play.run()
        entry.of_visit(visit)
        self._counts["talks that became reports"] = 1
        return latest_month(imported) or today().isoformat()[:7]

    def _receive(self, told: Callable[[str, int], None]) -> str:
        reception = Reception(self.stage)
        reception.book(reception.session_on_a_free_day(today() + timedelta(days=7)))
        visit = reception.walk_in()
        told("reception 接访", 1)
        return visit

    def summary(self) -> RenderableType:
        """What was done, in numbers."""
        table = Table(box=None, show_header=False)
        ways = self._play.ways if self._play else Counter()
        for what, number in [*self._counts.items(), *sorted(ways.items())]:
            table.add_row(f"   {what}", str(number))
        return table

    def follow(self) -> None:
        """The facts of one report, as analytics tells them, to its end."""
        path = f"/analytics/v1/reports/{self.followed}/timeline"

        def ended() -> bool | None:
            try:
                facts = self.stage.desk("analyst-1").get(path)["facts"]
            except Refused as refused:
                if refused.status == 404:
                    return None
                raise
            return True if any(fact["type"] == LAST_FACT for fact in facts) else None

        awaited("the end of the report that is followed", ended)
        self.console.print(f"   {self.followed}", style="dim")
        figures.follow(self.stage, self.followed, self.console)

    def figures(self, month: str) -> RenderableType:
        """The statistic of a month, and what was done today, which counts in the present month."""
        shown, present = figures.shown(figures.month_of(self.stage, month)), today().isoformat()[:7]
        if month == present:
            return shown
        return Group(shown, figures.flow_of(figures.month_of(self.stage, present)))
