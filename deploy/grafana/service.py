"""One dashboard for each service: its doors, its processes, its facts and what only it has."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from deploy.grafana.panels import NEVER, AnyPanel, Limits, Query, board, curve, figure, or_zero
from deploy.grafana.words import duties
from deploy.local.processes import KINDS, WITH_KAFKA

NAMES = {
    "vault": "身份保管库 Vault",
    "intake": "受理登记 Intake",
    "referral": "分流转办 Referral",
    "review": "审核督办 Review",
    "reception": "领导接访 Reception",
    "analytics": "统计分析 Analytics",
    "console": "工作台 Console",
}
WITH_CLOCKS = ("intake", "referral", "review", "reception")


def _doors(service: str) -> list[AnyPanel]:
    of = f'{{service="{service}"}}'
    failed = f'sum(rate(petition_http_requests_total{{service="{service}", status=~"5.."}}[5m]))'
    seconds = f"rate(petition_http_request_seconds_bucket{of}[5m])"
    return [
        curve(
            "请求量 Requests by status",
            [Query(f"sum by (status) (rate(petition_http_requests_total{of}[5m]))", "{{status}}")],
            "每秒 per second",
            unit="reqps",
        ),
        curve("服务端差错 Faults of ours", [Query(or_zero(failed), "5xx")], "每秒 per second", unit="reqps"),
        curve(
            "应答时间 Time to answer",
            [
                Query(f"histogram_quantile({share}, sum by (le) ({seconds}))", name)
                for share, name in ((0.5, "p50"), (0.99, "p99"))
            ],
            "半数与最慢的百分之一 Half of them, and the slowest hundredth",
            unit="s",
        ),
    ]


def _processes(service: str) -> list[AnyPanel]:
    mine = f'process=~"{service}-.*"'
    return [
        figure("在线 Up", f'sum(up{{job="dengwen", {mine}}})', "应答的进程 Processes that answer"),
        figure(
            "拒绝的访问 Access denied",
            or_zero(f'sum(increase(petition_access_denied_total{{service="{service}"}}[1h]))'),
            "一小时内 within an hour",
        ),
        curve(
            "处理器 Processor",
            [Query(f"process:cpu:ratio_rate5m{{{mine}}}", "{{process}}")],
            "1 为一个核 1 is one core",
            unit="percentunit",
        ),
        curve(
            "内存 Memory",
            [Query(f"process_resident_memory_bytes{{{mine}}}", "{{process}}")],
            "常驻 resident",
            unit="bytes",
        ),
        curve(
            "事件循环迟滞 Loop late, p99",
            [Query(f"process:petition_loop_late_seconds:p99_5m{{{mine}}}", "{{process}}")],
            "过 0.25 秒为过载 Overloaded beyond 0.25 s",
            unit="s",
        ),
        curve(
            "数据库连接 Connections",
            [
                Query(
                    f"sum by (process, state) (petition_pool_connections{{{mine}}})", "{{process}} {{state}}"
                )
            ],
            "在用、空闲、上限 Busy, idle, the limit",
        ),
    ]


def _facts(service: str) -> list[AnyPanel]:
    of, by = f'{{service="{service}"}}', f'{{consumer="petition.{service}"}}'
    panels = [
        curve(
            "落后（秒） Behind, in seconds",
            [Query(f"consumer:petition_lag:seconds{by}", "落后")],
            "按现速赶上所需 At its present pace",
            unit="s",
        ),
        curve(
            "处理量 Records by ending",
            [Query(f"sum by (ending) (rate(petition_records_total{by}[5m]))", "{{ending}}")],
            "每秒 per second",
            unit="cps",
        ),
        curve(
            "到达时间 Delivery, p99",
            [Query(f"consumer:petition_delivery_seconds:p99_5m{by}", "p99")],
            "从说出到生效 From said to its effect",
            unit="s",
        ),
        figure(
            "等待 Waiting",
            f"max(petition_waiting_facts{by})",
            "前提未到的事实 Facts whose premise is missing",
        ),
        figure(
            "最久等待 Oldest waiting",
            f"max(petition_waiting_oldest_seconds{by})",
            "过 900 秒告警 Alert at 900 s",
            unit="s",
            limits=Limits(red=900),
        ),
        figure("死信 Dead letters", f"max(petition_dead_letters{by})", "runbook dead-letter", limits=NEVER),
    ]
    if service != "analytics":
        panels += [
            curve(
                "最早未发 Oldest unsent",
                [Query(f"max(petition_outbox_oldest_unsent_seconds{of})", "最早")],
                "过 60 秒告警 Alert at 60 s",
                unit="s",
            ),
            curve(
                "发出 Facts sent",
                [Query(f"sum(rate(petition_facts_sent_total{of}[5m]))", "发出")],
                "每秒 per second",
                unit="cps",
            ),
        ]
    return panels


def _clocks(service: str) -> list[AnyPanel]:
    running = f'max by (rule, near) (petition_clocks_running{{service="{service}"}})'
    late = f'max by (rule, near) (petition_clocks_running{{service="{service}", near="late"}})'
    return [
        curve(
            "未完成 Not yet done",
            [Query(or_zero(f"sum by (rule) ({running})"), "{{rule}}")],
            "按时限 By duty",
            names=duties(),
            span=12,
        ),
        curve(
            "其中已超期 Of these late",
            [Query(or_zero(f"sum by (rule) ({late})", f"sum by (rule) ({running})"), "{{rule}}")],
            "按时限 By duty",
            names=duties(),
            span=12,
        ),
    ]


def _only_analytics() -> list[AnyPanel]:
    return [
        curve(
            "实时记录 Live records",
            [Query(or_zero("sum by (ending) (rate(petition_live_records_total[5m]))"), "{{ending}}")],
            "每秒 per second",
            unit="cps",
        ),
        curve(
            "未写窗口 Windows unsaved",
            [Query("max(petition_live_windows_unsaved)", "未写")],
            "runbook live-view",
        ),
        curve(
            "与事实不符 Figures differing",
            [Query(or_zero("max by (kind) (petition_figures_differing)"), "{{kind}}")],
            "runbook figures-differ",
        ),
    ]


def _only_vault() -> list[AnyPanel]:
    vault = 'petition_http_requests_total{service="vault"'
    return [
        curve(
            "存入 Identities kept",
            [Query(or_zero(f'sum(increase({vault}, method="POST", status="201"}}[1h]))'), "存入")],
            "一小时内 within an hour",
        ),
        curve(
            "销毁 Identities erased",
            [Query(or_zero(f'sum(increase({vault}, method="DELETE", status="204"}}[1h]))'), "销毁")],
            "过一百告警 Alert beyond a hundred",
        ),
        curve(
            "被拒 Callers refused",
            [Query(or_zero(f'sum(increase({vault}, status=~"401|403"}}[1h]))'), "被拒")],
            "有一即告警 Alert at the first",
        ),
    ]


def dashboard(service: str) -> Dashboard:
    """The dashboard of one service."""
    rows = [("门 The doors", _doors(service)), ("进程 Processes", _processes(service))]
    if service in WITH_KAFKA:
        rows.append(("事实 Facts", _facts(service)))
    if service in WITH_CLOCKS:
        rows.append(("时限 Clocks", _clocks(service)))
    if service == "analytics":
        rows.append(("数字 Figures", _only_analytics()))
    if service == "vault":
        rows.append(("身份 Identities", _only_vault()))
    return board(f"dengwen-{service}", f"登闻 · {NAMES[service]}", "一个服务 One service", rows, since="6h")


def services() -> tuple[str, ...]:
    """Those that have a dashboard: all that have a process."""
    return tuple(KINDS)
