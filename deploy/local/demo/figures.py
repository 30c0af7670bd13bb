"""The statistic of one month as a table on the screen."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from deploy.local.demo.stage import Stage

SHOWN_ZEROS = {2, 3}
"""Blocks that show lines without a receipt too; the others show what there is."""

NO_LINE = "无 none"
NOTHING_MOVED = "本期内无流转，期初期末均无存量 nothing was done, nothing stood at either end"


def month_of(stage: Stage, month: str) -> Mapping[str, Any]:
    """The statistic of all organs the analyst sees, of one month (YYYY-MM)."""
    path = "/analytics/v1/statistics"
    found: Mapping[str, Any] = stage.desk("analyst-1").get(path, **{"from": month, "to": month})
    return found


def shown(statistic: Mapping[str, Any]) -> RenderableType:
    """Blocks 1 to 9, each share beside its base."""
    total = statistic["total"]
    head = Text(
        f"信访举报月统计 {statistic['since'][:7]}  受理 {total['item_times']} 件次 · {total['items']} 件  "
        f"本年累计 {total['year_to_date']}  同比 {total['year_on_year']['shown']}  "
        f"环比 {total['period_on_period']['shown']}",
        style="bold",
    )
    return Group(head, _blocks(statistic), flow_of(statistic))


def _blocks(statistic: Mapping[str, Any]) -> Table:
    """Blocks 2 to 8, each with its base; one without a line to show says so."""
    beside = {
        "channel": _visits(statistic["visits"]),
        "rank_group": f"  其中一把手 {statistic['unit_heads']}",
    }
    table = Table("", "件次", "占比", "同比", "环比", box=None, pad_edge=False)
    for block in statistic["blocks"]:
        table.add_row(
            f"[bold]{block['number']} {block['zh']}[/]", f"[dim]{block['base_zh']} {block['base']}[/]"
        )
        lines = [line for line in block["lines"] if line["count"] or block["number"] in SHOWN_ZEROS]
        for line in lines:
            place = "" if line["rank"] is None else f"{line['rank']}. "
            table.add_row(
                f"  {place}{line['zh']}",
                str(line["count"]),
                line["share"],
                line["year_on_year"]["shown"],
                line["period_on_period"]["shown"],
            )
        if not lines:
            table.add_row(f"  [dim]{NO_LINE}[/]")
        if block["code"] in beside:
            table.add_row(f"[dim]{beside[block['code']]}[/]")
    return table


def _visits(visits: Mapping[str, Any]) -> str:
    return f"  其中来访 {visits['item_times']} 件次 · {visits['batches']} 批次 · {visits['persons']} 人次"


def flow_of(statistic: Mapping[str, Any]) -> Table:
    """Block 9: what was done and what stood at both ends, or that there was neither."""
    table = Table(f"9 流转与存量 {statistic['since'][:7]}", "", box=None, pad_edge=False)
    for act in statistic["flow"]:
        if act["count"]:
            table.add_row(f"  {act['zh']}", str(act["count"]))
    for state in statistic["stock"]:
        if state["closing"] or state["opening"]:
            table.add_row(f"  期末 {state['zh']}", f"{state['opening']} → {state['closing']}")
    if not table.row_count:
        table.add_row(f"  [dim]{NOTHING_MOVED}[/]", "")
    return table


def follow(stage: Stage, report_id: str, console: Console, shown_before: int = 0) -> int:
    """Print the facts of one report that are new since the last look; returns how many there are."""
    path = f"/analytics/v1/reports/{report_id}/timeline"
    facts = stage.desk("analyst-1").get(path)["facts"]
    for fact in facts[shown_before:]:
        details = "  ".join(f"{one['zh']} {one['value_zh']}" for one in fact["details"][:6])
        console.print(
            Text.assemble(
                (f"   {fact['at'][11:19]} ", "dim"), (f"{fact['zh']:　<12}", "cyan"), f" {details}"
            ),
            soft_wrap=True,
        )
    return len(facts)
