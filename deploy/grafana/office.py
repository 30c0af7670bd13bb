"""The dashboard for the office: what came, where it lies, what is late. No word of the machine."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from deploy.grafana.panels import NEVER, AnyPanel, Limits, Query, bars, board, curve, figure, or_zero
from deploy.grafana.words import channels, duties, states

WHOLE = "全系统合计，不分机关 The whole installation, all organs together"


def _came(within: str) -> str:
    return f'sum(max by (channel) (petition_receipts{{within="{within}"}}))'


def _lying(names: dict[str, str]) -> str:
    return f'max by (state) (petition_parts{{state=~"{"|".join(names)}"}})'


def _near(near: str) -> str:
    return f'max by (service, rule, near) (petition_clocks_running{{near="{near}"}})'


def _what_came() -> list[AnyPanel]:
    help_ = f"登记的件次 Receipts registered. {WHOLE}"
    return [
        figure("今日登记 Registered today", _came("today"), help_),
        figure("近七日 In seven days", _came("seven_days"), help_),
        figure("近三十日 In thirty days", _came("thirty_days"), help_),
        figure("累计 Ever", _came("ever"), help_),
        curve("今日登记走势 Registered today, over time", [Query(_came("today"), "件次")], help_),
        bars(
            "按渠道累计 By channel, ever",
            Query('max by (channel) (petition_receipts{within="ever"})', "{{channel}}"),
            help_,
            names=channels(),
        ),
        bars(
            "近三十日按渠道 By channel, thirty days",
            Query('max by (channel) (petition_receipts{within="thirty_days"})', "{{channel}}"),
            help_,
            names=channels(),
        ),
    ]


def _where_it_lies() -> list[AnyPanel]:
    help_ = f"件（报告在一个机关）按所处状态 Parts (a report at an organ) by state. {WHOLE}"
    waiting, open_, ended = states("waiting"), states("open"), states("terminal")
    return [
        figure("信访部门手上 With the petition office", f"sum({_lying(waiting)})", help_),
        figure("承办中 With a handler", f"sum({_lying(open_)})", help_),
        figure("已了结 Ended", f"sum({_lying(ended)})", help_),
        bars(
            "信访部门手上，按状态 With the petition office, by state",
            Query(_lying(waiting), "{{state}}"),
            help_,
            names=waiting,
        ),
        bars(
            "承办中，按状态 With a handler, by state", Query(_lying(open_), "{{state}}"), help_, names=open_
        ),
        bars("已了结，按去向 Ended, by way", Query(_lying(ended), "{{state}}"), help_, names=ended),
    ]


def _what_is_late() -> list[AnyPanel]:
    help_ = f"未完成且有期限的事项 Duties with a last day that are not yet done. {WHOLE}"
    every = "max by (rule) (petition_clocks_running)"
    return [
        figure("已超期 Late", or_zero(f"sum({_near('late')})"), help_, limits=Limits(red=1)),
        figure(
            "七日内到期 Due within seven days",
            or_zero(f"sum({_near('seven_days')})"),
            help_,
            limits=Limits(orange=1),
        ),
        figure("更晚到期 Due later", or_zero(f"sum({_near('later')})"), help_),
        figure(
            "一日内的预警与超期 Warnings and lapses in a day",
            or_zero("sum(increase(petition_clocks_fired_total[1d]))"),
            help_,
        ),
        curve(
            "超期走势 Late, over time",
            [
                Query(or_zero(f"sum({_near('late')})"), "已超期"),
                Query(or_zero(f"sum({_near('seven_days')})"), "七日内"),
            ],
            help_,
        ),
        bars(
            "已超期，按时限 Late, by duty",
            Query(or_zero(f"sum by (rule) ({_near('late')})", every), "{{rule}}"),
            help_,
            names=duties(),
        ),
        bars(
            "七日内到期，按时限 Due within seven days, by duty",
            Query(or_zero(f"sum by (rule) ({_near('seven_days')})", every), "{{rule}}"),
            help_,
            names=duties(),
        ),
    ]


def _can_it_be_trusted() -> list[AnyPanel]:
    return [
        figure(
            "与事实不符的数字 Figures that differ from the facts",
            or_zero("max(petition_figures_differing)"),
            "每六小时比对一次 Compared every six hours",
            limits=NEVER,
        ),
        figure(
            "因不自洽未给出的统计表 Tables withheld",
            or_zero("sum(petition_identities_broken_total)"),
            "进程启动以来 Since the process started",
            limits=NEVER,
        ),
        figure(
            "工作日历还有几天 Days of known calendar",
            "min(petition_calendar_horizon_days)",
            "过此日期限为暂定 Beyond it deadlines are provisional",
            unit="d",
        ),
        figure(
            "被搁置的信访件 Reports held up",
            or_zero("sum(max by (consumer) (petition_dead_letters))"),
            "死信所属信访件等待处理 A dead letter holds its report up until somebody looks",
            limits=NEVER,
        ),
    ]


def dashboard() -> Dashboard:
    """The dashboard 办公视图."""
    return board(
        "dengwen-office",
        "登闻 · 办公视图 The office",
        "来了什么、在哪里、什么超期 What came, where it lies, what is late",
        [
            ("来了什么 What came", _what_came()),
            ("在哪里 Where it lies", _where_it_lies()),
            ("什么超期 What is late", _what_is_late()),
            ("数字可信吗 Can the figures be trusted", _can_it_be_trusted()),
        ],
        since="7d",
    )
